import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { send as requestWithKey, write } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const MINUTE_MS = 60_000;
/** Before Sydney's clocks go forward (4 October), Europe's are set back (25 October) and New York's, too (1 November). */
const EARLY_OCTOBER = Date.parse('2026-10-03T12:00:00Z');
const NINE = '2026-11-01T09:00';

const SYDNEY = '+61291234567';
const AUSTRALIAN_MOBILE = '+61491570156';
const BERLIN = '+4915123456789';
const LONDON = '+447700900101';
const NEW_YORK = '+12125550101';

/** When it is nine for each, with the clocks as they are by then. */
const NINE_FOR = new Map([
  [SYDNEY, '2026-10-31T22:00:00.000Z'],
  // On the Cocos Islands: a mobile may be anywhere in Australia.
  [AUSTRALIAN_MOBILE, '2026-11-01T02:30:00.000Z'],
  [BERLIN, '2026-11-01T08:00:00.000Z'],
  [LONDON, '2026-11-01T09:00:00.000Z'],
  [NEW_YORK, '2026-11-01T14:00:00.000Z'],
]);
const EVERYBODY = [...NINE_FOR.keys()];
const FIRST = '2026-10-31T22:00:00.000Z';

describe.each(ENGINES)('a broadcast by the clocks of its people on %s', (engine) => {
  let first: TestService;
  let test: TestService;
  let now: number;
  const start = async (env: Record<string, string> = {}) => {
    now = EARLY_OCTOBER;
    test = first = await startTestService({ engine, env, clock: () => now });
  };
  afterEach(async () => {
    await test.stop();
    if (test !== first) await first.stop();
  });

  const send = async (recipients: readonly unknown[], more: object = {}) => {
    const body = { recipients, message: 'Doors open at 9.', sendAtLocal: NINE, ...more };
    return (await postBroadcast(test, body).expect(202)).body as { id: string };
  };
  const linesOf = async <Line>(path: string) => (await get(test, path).expect(200)).body.data as Line[];
  const peopleOf = (id: string) =>
    linesOf<{ recipient: string; notBefore: string | null }>(`/broadcast/${id}/recipients`);
  const texted = () => EVERYBODY.filter((number) => test.simulator.textsOf(number).length > 0);
  const over = (id: string, status = 'completed') =>
    broadcastWhen(test, id, (broadcast) => broadcast.status === status);
  /** Whoever may be texted by now has been. */
  const settled = (id: string) =>
    eventually(async () => {
      const batches = await linesOf<{ status: string; notBefore: string }>(`/broadcast/${id}/batches`);
      const open = batches.filter(({ status }) => status !== 'sent');
      return open.every(({ notBefore }) => Date.parse(notBefore) > now);
    });

  it('texts each at nine by their own, after the clocks of four zones have changed meanwhile', async () => {
    await start();
    const { id } = await send(EVERYBODY);
    expect(await readBroadcast(test, id)).toMatchObject({
      status: 'scheduled',
      sendAtLocal: NINE,
      sendAt: FIRST,
      batches: { total: 5, pending: 5 },
    });
    const textedAt = new Map<string, string>();
    for (now = Date.parse(FIRST) - 30 * MINUTE_MS; textedAt.size < 5; now += 30 * MINUTE_MS) {
      await settled(id);
      for (const number of texted()) if (!textedAt.has(number)) textedAt.set(number, new Date(now).toISOString());
      expect(now).toBeLessThan(Date.parse('2026-11-02T00:00:00Z'));
    }
    expect(textedAt).toEqual(NINE_FOR);
    await over(id);
    expectTextedOnce(test, EVERYBODY);
    await expectNobodyMissing(test, id);
  });

  it('makes one call for all whose clocks agree, and shows each when they are texted', async () => {
    await start();
    const { id } = await send([LONDON, '+12125550102', '+447700900102', NEW_YORK, BERLIN]);
    const batches = await linesOf<{ size: number; notBefore: string }>(`/broadcast/${id}/batches`);
    expect(batches.map(({ size, notBefore }) => [size, notBefore])).toEqual([
      [1, NINE_FOR.get(BERLIN)],
      [2, NINE_FOR.get(LONDON)],
      [2, NINE_FOR.get(NEW_YORK)],
    ]);
    const known = (await peopleOf(id)).filter(({ recipient }) => NINE_FOR.has(recipient));
    expect(new Map(known.map(({ recipient, notBefore }) => [recipient, notBefore]))).toEqual(
      new Map([BERLIN, LONDON, NEW_YORK].map((number) => [number, NINE_FOR.get(number)])),
    );
    expect((await readBroadcast(test, id))['expectedFinishAt']).toBe(NINE_FOR.get(NEW_YORK));
  });

  it('is previewed with the times, and sent as it was previewed', async () => {
    await start();
    const body = { recipients: EVERYBODY, message: 'Doors open at 9.', sendAtLocal: NINE };
    const { body: preview } = await requestWithKey(test, 'post', '/broadcast/preview', body).expect(200);
    expect(preview).toMatchObject({
      localTimes: [...NINE_FOR.values()].map((sendAt) => ({ sendAt, recipients: 1 })),
      quietHours: null,
      batches: 5,
      // From nine in Sydney to nine in New York.
      expectedSeconds: 16 * 3600,
    });
    const later = { ...body, sendAtLocal: '2026-11-01T09:01' };
    expectProblem(await postBroadcast(test, later, { 'if-match': `"${preview.digest}"` }), 412);
    await postBroadcast(test, body, { 'if-match': `"${preview.digest}"` }).expect(202);
  });

  it('can be paused, resumed and cancelled between two of its times', async () => {
    await start();
    const { id } = await send(EVERYBODY);
    await post(test, `/broadcast/${id}/pause`).expect(200);
    expect((await post(test, `/broadcast/${id}/resume`).expect(200)).body.status).toBe('scheduled');
    now = Date.parse(FIRST);
    await eventually(() => texted().length === 1);
    await settled(id);
    await post(test, `/broadcast/${id}/pause`).expect(200);
    now = Date.parse('2026-11-01T08:30:00Z');
    // Whoever's time came meanwhile goes when it is resumed.
    expect((await post(test, `/broadcast/${id}/resume`).expect(200)).body.status).toBe('processing');
    await eventually(() => texted().length === 3);
    await settled(id);
    const { body } = await post(test, `/broadcast/${id}/cancel`).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', delivery: { cancelled: 2 } });
    expectTextedOnce(test, [SYDNEY, AUSTRALIAN_MOBILE, BERLIN]);
  });

  it('survives restarts, and leaves out who says STOP before their time', async () => {
    await start();
    const { id } = await send(EVERYBODY);
    test = await test.restart();
    now = Date.parse(FIRST);
    await eventually(() => texted().length === 1);
    await write(test, LONDON, 'STOP');
    test = await test.restart();
    now = Date.parse('2026-11-02T00:00:00Z');
    expect((await over(id)).delivery).toMatchObject({ optedOut: 1 });
    expectTextedOnce(
      test,
      EVERYBODY.filter((number) => number !== LONDON),
    );
  });

  it('waits for the end of quiet hours where they hold its time', async () => {
    await start({ QUIET_HOURS: '20:00-10:00' });
    const { id } = await send([LONDON, NEW_YORK]);
    expect((await peopleOf(id)).map(({ notBefore }) => notBefore)).toEqual([
      '2026-11-01T10:00:00.000Z',
      '2026-11-01T15:00:00.000Z',
    ]);
    now = Date.parse('2026-11-01T10:00:00Z');
    await eventually(() => texted().length === 1);
    expectTextedOnce(test, [LONDON]);
  });

  it('tells each their own', async () => {
    await start();
    const people = [
      { to: LONDON, name: 'Ann' },
      { to: NEW_YORK, name: 'Bob' },
      { to: '+447700900102', name: 'Ann' },
    ];
    const { id } = await send(people, { message: 'Good morning, {{name}}.' });
    now = Date.parse(NINE_FOR.get(LONDON)!);
    await eventually(() => test.simulator.calls().length === 1);
    expect(test.simulator.textsOf(LONDON)).toMatchObject([{ text: 'Good morning, Ann.' }]);
    now = Date.parse(NINE_FOR.get(NEW_YORK)!);
    await over(id);
    expect(test.simulator.textsOf(NEW_YORK)).toMatchObject([{ text: 'Good morning, Bob.' }]);
  });

  it('is repeated by its key after its time, and another time with that key is refused', async () => {
    await start();
    const body = { recipients: [LONDON], message: 'Doors open at 9.', sendAtLocal: NINE };
    const key = { 'idempotency-key': 'doors' };
    const { body: accepted } = await postBroadcast(test, body, key).expect(202);
    now = Date.parse('2026-11-03T00:00:00Z');
    const again = await postBroadcast(test, body, key).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.id).toBe(accepted.id);
    expectProblem(await postBroadcast(test, { ...body, sendAtLocal: '2026-11-01T09:01' }, key), 422);
    await over(accepted.id);
    expectTextedOnce(test, [LONDON]);
  });

  it('comes from a form, too', async () => {
    await start();
    const form = new FormData();
    form.set('message', 'Doors open at 9.');
    form.set('sendAtLocal', NINE);
    form.set('recipients', new Blob([`phone\n${LONDON}\n`], { type: 'text/csv' }), 'people.csv');
    const answer = await fetch(`${test.url}/broadcast`, {
      method: 'POST',
      body: form,
      headers: { 'x-api-key': API_KEY },
    });
    expect([answer.status, await answer.json()]).toMatchObject([202, { sendAtLocal: NINE }]);
  });

  it.each([
    ['a time that has passed everywhere', '2026-10-02T23:59', 'must lie in the future'],
    ['a time that has passed for one of them', '2026-10-03T12:30', 'has passed by the clocks of 1 of the recipients'],
    ['more than 30 days ahead', '2026-11-02T12:01', 'must be at most 30 days ahead'],
    ['a time with a zone', '2026-11-01T09:00Z', 'to the minute and without a zone'],
    ['a day that does not exist', '2026-10-32T09:00', 'to the minute'],
    ['a number', 9, 'to the minute'],
  ])('is refused for %s', async (_what, sendAtLocal, why) => {
    await start();
    const recipients = [NEW_YORK, BERLIN];
    const response = await postBroadcast(test, { recipients, message: 'Hi', sendAtLocal });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([expect.objectContaining({ path: 'sendAtLocal' })]);
    expect(response.body.errors[0].msg).toContain(why);
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });

  it('is refused beside a time for all', async () => {
    await start();
    const both = { recipients: numbers(1), message: 'Hi', sendAtLocal: NINE, sendAt: '2026-10-20T09:00:00Z' };
    const response = await postBroadcast(test, both);
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([
      expect.objectContaining({ path: 'sendAtLocal', msg: expect.stringContaining('"sendAt"') }),
    ]);
  });
});
