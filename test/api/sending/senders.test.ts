import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { eventually } from '../../support/eventually';
import { expectProblem } from '../../support/problem';
import { post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const AMERICAN = '+14155550101';
const CANADIAN = '+16045550101';
const JAMAICAN = '+18765550101';
const BRITON = '+447700900101';
const GERMAN = '+4915123456789';
const SWEDE = '+46701234567';
const POWERPACK = '86bbb125-97bb-4d72-89fd-81d5c515b015';
const SENDERS = { PLIVO_SENDERS: `1:+14155550100,44:ACME,49:${POWERPACK},*:+46700000000` };

describe.each(ENGINES)('who a text comes from, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({ engine, env });
  };
  const send = (recipients: readonly string[], more: object = {}) =>
    postBroadcast(test, { recipients, message: 'Doors open at 9.', ...more }, { prefer: 'wait=20' });
  /** Recipient to what stood in the call to Plivo. */
  const origins = () =>
    new Map(
      test.simulator
        .calls()
        .flatMap(({ dst, src, body }) => dst.map((number) => [number, src || body['powerpack_uuid']] as const)),
    );
  afterEach(() => test.stop());

  it('is set for each calling code, so that one broadcast to several countries uses the right one in each', async () => {
    await start(SENDERS);
    const people = [AMERICAN, BRITON, GERMAN, SWEDE];
    const { body } = await send(people).expect(202);
    expect(body).toMatchObject({ status: 'completed', batches: { total: 4, sent: 4 } });
    expect(origins()).toEqual(
      new Map([
        [AMERICAN, '+14155550100'],
        [BRITON, 'ACME'],
        [GERMAN, POWERPACK],
        [SWEDE, '+46700000000'],
      ]),
    );
    const { body: batches } = await get(test, `/broadcast/${body.id}/batches`).expect(200);
    const shown = (batches.data as { sender: string | null }[]).map(({ sender }) => sender);
    // Nothing where it is the broadcast's own.
    expect(new Set(shown)).toEqual(new Set([null, '+46700000000', POWERPACK, 'ACME']));
    expectTextedOnce(test, people);
    await expectNobodyMissing(test, body.id as string);
  });

  it('is the one of the request where it names one', async () => {
    await start(SENDERS);
    await send([AMERICAN, BRITON], { sender: '+14155559999' }).expect(202);
    expect([...origins().values()]).toEqual(['+14155559999', '+14155559999']);
    expect(test.simulator.calls()).toHaveLength(1);
  });

  it.each([
    ['an American', AMERICAN, 'US'],
    ['a Canadian', CANADIAN, 'CA'],
  ])('is no name where %s is among the recipients, who would not be reached', async (_who, number, country) => {
    await start();
    const response = await send([BRITON, number], { sender: 'ACME' });
    expectProblem(response, 400);
    expect(response.body.errors[0]).toMatchObject({ path: 'sender', msg: expect.stringContaining(country) });
    expect(test.simulator.calls()).toHaveLength(0);
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });

  it('may be a name elsewhere, also where the calling code is that of the US', async () => {
    await start();
    await send([BRITON, JAMAICAN], { sender: 'ACME' }).expect(202);
    expectTextedOnce(test, [BRITON, JAMAICAN]);
  });

  it('is refused where a configured name does not reach somebody', async () => {
    await start({ PLIVO_SENDER_ID: 'ACME' });
    const response = await send([AMERICAN, BRITON]);
    expectProblem(response, 400);
    expect(response.body.detail).toContain('PLIVO_SENDERS');
  });

  it.each([
    ['too long a name', 'The Theatre'.padEnd(12, 'x')],
    ['signs', 'A-B'],
    ['nothing', ''],
    ['a number', 5],
  ])('cannot be %s', async (_what, sender) => {
    await start();
    const response = await send([AMERICAN], { sender });
    expectProblem(response, 400);
    expect(response.body.errors[0].path).toBe('sender');
  });

  it('sends pictures along as an MMS, which is billed as one message', async () => {
    await start();
    const mediaUrls = ['https://example.com/a.png', 'https://example.com/b.png'];
    const { body } = await send([AMERICAN], { mediaUrls, message: 'x'.repeat(500) }).expect(202);
    expect(test.simulator.calls()[0]!.body).toMatchObject({ type: 'mms', media_urls: mediaUrls });
    expect(body).toMatchObject({ mediaUrls, segments: { perMessage: 1, total: 1 } });
  });
});

describe.each(ENGINES)('the same text to the same person, on %s', (engine) => {
  const people = numbers(20);
  let test: TestService;
  const start = async (hours: string, clock?: () => number) => {
    test = await startTestService({
      engine,
      env: { DUPLICATE_WINDOW_HOURS: hours, PLIVO_BULK_MESSAGE_LIMIT: '10' },
      ...(clock === undefined ? {} : { clock }),
    });
  };
  const send = async (recipients: readonly string[], message = 'Doors open at 9.') => {
    const { body } = await postBroadcast(test, { recipients, message }, { prefer: 'wait=20' }).expect(202);
    return body.id as string;
  };
  afterEach(() => test.stop());

  it('is skipped within the window, and the person is told apart from the others', async () => {
    await start('24');
    await send(people.slice(0, 5));
    const id = await send(people);
    const done = await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, people);
    expect(done.delivery['cancelled']).toBe(5);
    const { body } = await get(test, `/broadcast/${id}/recipients?status=cancelled`).expect(200);
    expect(body.data).toHaveLength(5);
    expect(body.data[0]).toMatchObject({ recipient: people[0], errorCode: 'duplicate_text' });
    expect(body.data[0].errorReason).toContain('DUPLICATE_WINDOW_HOURS');
    await expectNobodyMissing(test, id);
  });

  it('goes when it says something else, when the window is over, and when it is off', async () => {
    let now = Date.now();
    await start('24', () => now);
    await send(people.slice(0, 1));
    await send(people.slice(0, 1), 'Doors open at 10.');
    now += 24 * 3_600_000 + 1;
    await send(people.slice(0, 1));
    expect(test.simulator.textsOf(people[0]!)).toHaveLength(3);
    await test.stop();
    await start('0');
    await send(people.slice(0, 1));
    await send(people.slice(0, 1));
    expect(test.simulator.textsOf(people[0]!)).toHaveLength(2);
  });

  it('goes to those whom the first one did not reach', async () => {
    await start('24');
    test.simulator.addFault({ kind: 'status', status: 400 });
    await postBroadcast(test, { recipients: people.slice(0, 3), message: 'Doors open at 9.' }).expect(400);
    await send(people.slice(0, 3));
    expectTextedOnce(test, people.slice(0, 3));
  });

  it('is skipped, too, where two broadcasts go at the same moment', async () => {
    await start('24');
    const ids = await Promise.all([send(people), send(people), send([...people].reverse())]);
    for (const id of ids) await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, people);
    for (const id of ids) await expectNobodyMissing(test, id);
    const skipped = await Promise.all(ids.map(async (id) => (await readBroadcast(test, id)).delivery['cancelled']));
    expect(skipped.reduce((sum, count) => Number(sum) + Number(count), 0)).toBe(40);
  });

  it('is skipped, too, when a batch that had to wait is claimed again', async () => {
    let now = Date.now();
    await start('1', () => now);
    test.simulator.addFault({ kind: 'status', status: 429 });
    const { body } = await postBroadcast(
      test,
      { recipients: people.slice(0, 5), message: 'Doors open at 9.' },
      { prefer: 'respond-async' },
    ).expect(202);
    await eventually(async () => {
      const { body: batches } = await get(test, `/broadcast/${body.id}/batches`).expect(200);
      return batches.data[0].status === 'pending' && batches.data[0].lastError !== null;
    });
    await post(test, `/broadcast/${body.id}/pause`).expect(200);
    now += 2 * 3_600_000;
    await send(people.slice(0, 5));
    now += 60_000;
    await post(test, `/broadcast/${body.id}/resume`).expect(200);
    const done = await broadcastWhen(test, body.id as string, ({ status }) => status === 'completed');
    expect(done.delivery['cancelled']).toBe(5);
    expectTextedOnce(test, people.slice(0, 5));
    await expectNobodyMissing(test, body.id as string);
  });

  it('may have a window that is no whole number', async () => {
    await start('1.1');
    await send(people.slice(0, 2));
    await send(people.slice(0, 3));
    expectTextedOnce(test, people.slice(0, 3));
  });

  it('stays skipped when the batch it was in turns out to have been sent', async () => {
    await start('24');
    await send(people.slice(0, 5));
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await send(people.slice(0, 10));
    const done = await broadcastWhen(test, id, ({ batches }) => batches['sent'] === 1);
    expect(done.delivery['cancelled']).toBe(5);
    await expectNobodyMissing(test, id);
  });
});
