import { broadcastWhen, get, numbers, postBroadcast, readBroadcast, type BroadcastBody } from '../../support/client';
import { optOut, send as requestWithKey, write } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import { addUpAndStop, post, textsTo } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const NOON = Date.parse('2026-06-15T12:00:00Z');
const TEN_MINUTES_MS = 600_000;
const CANARY = { recipients: 500, waitSeconds: 600, maxFailureRate: 0.1 };

type Canary = { state: string; picked: number; reported: number; failed: number; judgedAt: string | null };
type WithCanary = BroadcastBody & { canary: Canary; errors: { code: string; message: string }[] };

describe.each(ENGINES)('a canary on %s', (engine) => {
  let first: TestService;
  let test: TestService;
  let beside: TestService | null;
  let now: number;
  const start = async (options: TestServiceOptions = {}) => {
    now = NOON;
    beside = null;
    test = first = await startTestService({ engine, clock: () => now, ...options });
  };
  afterEach(async () => {
    await beside?.stop();
    await addUpAndStop(test);
    if (test !== first) await first.stop();
  });

  const send = async (recipients: readonly unknown[], more: object = {}) => {
    const body = { recipients, message: 'Doors open at 9.', canary: CANARY, ...more };
    return ((await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202)).body as { id: string }).id;
  };
  const when = async (id: string, fits: (broadcast: WithCanary) => boolean) =>
    (await broadcastWhen(test, id, (broadcast) => fits(broadcast as WithCanary))) as WithCanary;
  const inState = (id: string, state: string) => when(id, ({ canary }) => canary.state === state);
  const reported = (id: string, count: number) => when(id, ({ canary }) => canary.reported === count);
  const completed = (id: string) => when(id, ({ status }) => status === 'completed');
  const texted = (people: readonly string[]) => people.filter((number) => test.simulator.textsOf(number).length > 0);
  /** Whatever can go has gone: another broadcast goes through, which would have let a waiting one have its turn. */
  const othersGo = async (from: number) => {
    const { body } = await postBroadcast(test, { recipients: numbers(1, from), message: 'Hi' }).expect(202);
    await completed(body.id as string);
  };

  it('of 500, of whom 30 % are not reached, keeps the rest from going; resume sends it', async () => {
    await start({ simulator: { undeliveredShare: 0.3 } });
    const people = numbers(1500);
    const id = await send(people);
    const { canary } = await reported(id, 500);
    expect(canary).toMatchObject({
      ...CANARY,
      picked: 500,
      batches: 1,
      state: expect.stringMatching('sending|waiting'),
    });
    const waiting = await inState(id, 'waiting');
    expect(waiting.canary.judgedAt).toBe('2026-06-15T12:10:00.000Z');
    expect(waiting).toMatchObject({ status: 'processing', batches: { sent: 1, pending: 1 } });
    now += TEN_MINUTES_MS - 1;
    await othersGo(5000);
    expect(texted(people)).toHaveLength(500);

    now += 1;
    const stopped = await inState(id, 'stopped');
    const share = Math.round((stopped.canary.failed / 500) * 1000) / 10;
    expect(share).toBeGreaterThan(20);
    expect(stopped).toMatchObject({
      status: 'paused',
      errors: [
        {
          code: 'paused_by_canary',
          message:
            `Of the canary's 500 people, 500 were reported on, and ${stopped.canary.failed} of these (${share} %) failed, more than 10 %. ` +
            'Find out why, then resume the broadcast, which sends the rest, or cancel it.',
        },
      ],
    });
    await othersGo(5001);
    expect(texted(people)).toHaveLength(500);

    const resumed = await post(test, `/broadcast/${id}/resume`).expect(200);
    expect(resumed.body).toMatchObject({ canary: { state: 'released', failed: stopped.canary.failed }, errors: [] });
    await completed(id);
    expectTextedOnce(test, [...people, ...numbers(2, 5000)]);
  });

  it('that is well lets the rest go when its time is up, and is picked from the whole list', async () => {
    await start();
    const people = numbers(1500);
    const id = await send(people);
    await reported(id, 500);
    await inState(id, 'waiting');
    const picked = texted(people);
    expect(picked).toHaveLength(500);
    // A third of each third, and some 10 more or less.
    for (const third of [0, 500, 1000]) {
      const share = picked.filter((number) => people.slice(third, third + 500).includes(number)).length;
      expect(Math.abs(share - 167)).toBeLessThan(80);
    }
    now += TEN_MINUTES_MS;
    const done = await completed(id);
    expect(done.canary).toMatchObject({ state: 'passed', reported: 500, failed: 0 });
    expectTextedOnce(test, people);
  });

  it('of which no reports come pauses its broadcast, too', async () => {
    await start({ simulator: { callbackLossShare: 1 } });
    const people = numbers(60);
    const id = await send(people, { canary: { ...CANARY, recipients: 20 } });
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    const { status, errors, canary } = await inState(id, 'stopped');
    expect({ status, canary }).toMatchObject({ status: 'paused', canary: { reported: 0, failed: 0 } });
    expect(errors[0]?.message).toContain('0 were reported on within 600 seconds, fewer than half');
    expect(texted(people)).toHaveLength(20);
    expect((await post(test, `/broadcast/${id}/cancel`).expect(200)).body.delivery).toMatchObject({ cancelled: 40 });
    expect(texted(people)).toHaveLength(20);
  });

  it('is not well while it is known only that its texts were sent: they may still fail', async () => {
    await start({ simulator: { callbackLossShare: 1 } });
    const people = numbers(9);
    const id = await send(people, { canary: { ...CANARY, recipients: 4 } });
    await inState(id, 'waiting');
    const { body } = await get(test, `/broadcast/${id}/batches`).expect(200);
    const uuids = (body.data as { plivoResponse: { messageUuid: string[] } }[])[0]!.plivoResponse.messageUuid;
    for (const [place, number] of texted(people).entries()) {
      const sent = reportOf(number, uuids[place]!, { Status: 'sent', Sequence: '1' });
      await postReport(test, callbackUrlOf(test), sent).expect(204);
    }
    now += TEN_MINUTES_MS;
    const { errors } = await inState(id, 'stopped');
    expect(errors[0]?.message).toContain(
      '0 were reported on within 600 seconds (and 4 as sent, at which some carriers leave it), fewer than half',
    );
  });

  it('that Plivo refuses for good is one that has failed', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400 });
    const id = await send(numbers(30), { canary: { recipients: 10 } });
    await reported(id, 10);
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    const { errors } = await inState(id, 'stopped');
    expect(errors[0]?.message).toContain('10 of these (100 %) failed, more than 10 %');
    expect(test.simulator.texts().size).toBe(0);
  });

  it('goes on over restarts, and is judged after one that ends when its time is up', async () => {
    await start();
    const people = numbers(30);
    const id = await send(people, { canary: { ...CANARY, recipients: 10 } });
    await reported(id, 10);
    test = await test.restart();
    const { canary } = await inState(id, 'waiting');
    expect(canary.judgedAt).toBe('2026-06-15T12:10:00.000Z');
    now += TEN_MINUTES_MS - 1;
    await othersGo(5000);
    expect(texted(people)).toHaveLength(10);
    await test.crash();
    now += TEN_MINUTES_MS;
    test = await startTestService({ engine, clock: () => now, beside: first });
    await completed(id);
    expectTextedOnce(test, [...people, ...numbers(1, 5000)]);
  });

  it('goes on where a person pauses and resumes its broadcast meanwhile', async () => {
    await start({ simulator: { undeliveredShare: 1 } });
    const people = numbers(30);
    const id = await send(people, { canary: { ...CANARY, recipients: 10 } });
    await reported(id, 10);
    await inState(id, 'waiting');
    await post(test, `/broadcast/${id}/pause`).expect(200);
    now += 2 * TEN_MINUTES_MS;
    await othersGo(5000);
    expect((await readBroadcast(test, id))['canary']).toMatchObject({ state: 'waiting' });
    await post(test, `/broadcast/${id}/resume`).expect(200);
    expect(await inState(id, 'stopped')).toMatchObject({ status: 'paused', errors: [{ code: 'paused_by_canary' }] });
    expect(texted(people)).toHaveLength(10);
  });

  it('is everybody where it is as large as the list, and there is nobody to wait', async () => {
    await start();
    const people = numbers(12);
    await optOut(test, people[0]!);
    const id = await send(people, { canary: { ...CANARY, recipients: 11 } });
    expect((await completed(id)).canary).toMatchObject({ picked: 11, state: 'unneeded', judgedAt: null });
    expectTextedOnce(test, people.slice(1));
  });

  it('is judged by those who were texted: who says STOP before is none of them', async () => {
    await start();
    const people = numbers(12);
    const sendAt = new Date(NOON + TEN_MINUTES_MS).toISOString();
    const id = await send(people, { canary: { ...CANARY, recipients: 6 }, sendAt });
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    const picked = (body.data as { recipient: string; batch: number }[]).filter(({ batch }) => batch === 1);
    expect(picked).toHaveLength(6);
    // Of four, two would be fewer than half of six.
    for (const { recipient } of picked.slice(0, 4)) await write(test, recipient, 'STOP');
    now += TEN_MINUTES_MS;
    await reported(id, 2);
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    await completed(id);
    expect(test.log.find(({ message }) => message.startsWith('A canary'))?.data).toMatchObject({
      people: 2,
      reported: 2,
    });
  });

  it('all of whom say STOP before tells nothing, and pauses its broadcast', async () => {
    await start();
    const people = numbers(5);
    const sendAt = new Date(NOON + TEN_MINUTES_MS).toISOString();
    const id = await send(people, { canary: { ...CANARY, recipients: 4 }, sendAt });
    for (const number of people) await write(test, number, 'STOP');
    now += TEN_MINUTES_MS;
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    const { errors } = await inState(id, 'stopped');
    expect(errors[0]?.message).toContain('Nobody of the canary was texted');
  });

  it('is judged once where several instances look after it', async () => {
    await start();
    if (engine === 'postgres') beside = await startTestService({ engine, clock: () => now, beside: test });
    const people = numbers(40);
    const id = await send(people, { canary: { ...CANARY, recipients: 10 } });
    await reported(id, 10);
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    await completed(id);
    expectTextedOnce(test, people);
    const lines = [...test.log, ...(beside?.log ?? [])].filter(({ message }) => message.startsWith('A canary'));
    expect(lines).toMatchObject([{ level: 'info', data: { broadcastId: id, people: 10, reported: 10, failed: 0 } }]);
  });

  it('is told its own texts, and by the clocks of people those whose time comes first', async () => {
    await start();
    const british = Array.from({ length: 4 }, (_, index) => ({ to: `+44770090010${index}`, name: `Briton ${index}` }));
    const american = Array.from({ length: 3 }, (_, index) => ({
      to: `+1212555010${index}`,
      name: `American ${index}`,
    }));
    const id = await send([...american, ...british], {
      message: 'Hi {{name}}',
      sendAtLocal: '2026-06-16T09:00',
      canary: { ...CANARY, recipients: 2 },
    });
    // Nine in London.
    now = Date.parse('2026-06-16T08:00:00Z');
    await reported(id, 2);
    await inState(id, 'waiting');
    const britons = british.map(({ to }) => to);
    expect(texted(britons)).toHaveLength(2);
    now += TEN_MINUTES_MS;
    await eventually(() => texted(britons).length === 4);
    expect(texted(american.map(({ to }) => to))).toEqual([]);
    now = Date.parse('2026-06-16T13:00:00Z');
    await completed(id);
    for (const { to, name } of [...british, ...american]) expect(textsTo(test, to)).toEqual([`Hi ${name}`]);
  });

  it('goes to those for whom it is day, and the rest in the hours of each', async () => {
    await start({ env: { QUIET_HOURS: '21:00-08:00' } });
    const london = Array.from({ length: 5 }, (_, index) => `+44770090010${index}`);
    const tokyo = ['+819012345678', '+819012345679'];
    const id = await send([...tokyo, ...london], { canary: { ...CANARY, recipients: 3 } });
    await reported(id, 3);
    await inState(id, 'waiting');
    expect(texted(london)).toHaveLength(3);
    now += TEN_MINUTES_MS;
    await eventually(() => texted(london).length === 5);
    expect(texted(tokyo)).toEqual([]);
    now = Date.parse('2026-06-15T23:00:00Z');
    await completed(id);
    expectTextedOnce(test, [...london, ...tokyo]);
  });

  it('is picked from saved lists, too', async () => {
    await start();
    await requestWithKey(test, 'put', '/lists/guests', { recipients: numbers(20) }).expect(201);
    const id = await send([], { recipients: undefined, lists: ['guests'], canary: { ...CANARY, recipients: 5 } });
    await reported(id, 5);
    await inState(id, 'waiting');
    now += TEN_MINUTES_MS;
    await completed(id);
    expectTextedOnce(test, numbers(20));
  });

  it('is previewed, counts in the time it takes, and is part of what is promised', async () => {
    await start();
    const body = { recipients: numbers(20), message: 'Doors open at 9.', canary: { ...CANARY, recipients: 5 } };
    const { body: preview } = await requestWithKey(test, 'post', '/broadcast/preview', body).expect(200);
    expect(preview).toMatchObject({ canary: { recipients: 5, batches: 1 }, batches: 2, quietHours: null });
    expect(preview.expectedSeconds).toBeGreaterThanOrEqual(600);
    const match = { 'if-match': `"${preview.digest}"` };
    expectProblem(await postBroadcast(test, { ...body, canary: { ...CANARY, recipients: 6 } }, match), 412);
    const { body: accepted } = await postBroadcast(test, body, match).expect(202);
    const { expectedFinishAt } = await inState(accepted.id as string, 'waiting');
    expect(expectedFinishAt).toBe('2026-06-15T12:10:00.000Z');
  });

  it('comes from a form, and with what is usual where it says nothing else', async () => {
    await start();
    const form = new FormData();
    form.set('message', 'Doors open at 9.');
    form.set('canary', '{"recipients":1}');
    form.set('recipients', numbers(3).join());
    const headers = { 'x-api-key': API_KEY, prefer: 'respond-async' };
    const answer = await fetch(`${test.url}/broadcast`, { method: 'POST', body: form, headers });
    expect([answer.status, await answer.json()]).toMatchObject([202, { canary: { ...CANARY, recipients: 1 } }]);
  });

  it('is refused without PUBLIC_URL, as nothing would be heard of it', async () => {
    await start({ env: { PUBLIC_URL: '' } });
    const response = await postBroadcast(test, { recipients: numbers(3), message: 'Hi', canary: CANARY });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([
      expect.objectContaining({ path: 'canary', msg: expect.stringContaining('PUBLIC_URL') }),
    ]);
  });

  it.each([
    ['a number', 500, 'must be an object such as'],
    ['a list', [500], 'must be an object such as'],
    ['text', 'some', 'must be an object such as'],
    ['nobody', { recipients: 0 }, '"recipients", which must be a whole number from 1'],
    ['no number of people', { waitSeconds: 5 }, '"recipients", which must be a whole number from 1'],
    ['no time', { recipients: 5, waitSeconds: 0 }, '"waitSeconds", which must be a whole number of seconds from 1'],
    ['per cent', { recipients: 5, maxFailureRate: 10 }, '"maxFailureRate", which must be a part'],
    ['a word of its own', { recipients: 5, wait: 5 }, 'may hold recipients, waitSeconds, maxFailureRate, and nothing'],
  ])('is refused as %s', async (_what, canary, why) => {
    await start();
    const response = await postBroadcast(test, { recipients: numbers(3), message: 'Hi', canary });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([
      expect.objectContaining({ path: 'canary', msg: expect.stringContaining(why) }),
    ]);
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });
});
