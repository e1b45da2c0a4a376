import { broadcastWhen, get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const message = 'Doors open at 9.';

/** Arrivals are measured, starts are promised: a call that arrives late shortens the gap to the next one. */
const TOLERANCE_MS = 15;
/** With a delay to spare, for a machine that is busy with other suites. */
const BUSY_TOLERANCE_MS = 120;

const gaps = (test: TestService) => {
  const starts = test.simulator.calls().map(({ at }) => at);
  return starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
};

describe.each(ENGINES)('dispatch on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string>, simulator: TestServiceOptions['simulator'] = {}) => {
    test = await startTestService({ engine, env: { PLIVO_BULK_MESSAGE_LIMIT: '10', ...env }, simulator });
  };
  afterEach(() => test.stop());

  const broadcast = async (count: number, extra: object = {}) => {
    const { body } = await postBroadcast(test, { recipients: numbers(count), message, ...extra }).expect(202);
    return body.id as string;
  };
  const settled = (id: string) =>
    broadcastWhen(test, id, ({ batches }) => batches['pending'] === 0 && batches['sending'] === 0);

  /** The SDK loads parts of itself during its first call, which then arrives late. */
  const warmUp = async () => {
    await broadcast(1);
    test.simulator.reset();
  };

  it('starts three calls at least the delay apart, each with its part of the list in order', async () => {
    await start({ PLIVO_BATCH_DELAY_MS: '300' });
    await warmUp();
    const id = await broadcast(25);
    await settled(id);
    for (const gap of gaps(test)) expect(gap).toBeGreaterThanOrEqual(300 - BUSY_TOLERANCE_MS);
    const all = numbers(25);
    expect(test.simulator.calls().map(({ dst }) => dst)).toEqual([all.slice(0, 10), all.slice(10, 20), all.slice(20)]);
    expectTextedOnce(test, all);
    await expectNobodyMissing(test, id);
  });

  it('keeps the delay between the calls of different broadcasts too', async () => {
    await start({ PLIVO_BATCH_DELAY_MS: '300' });
    await warmUp();
    const ids = await Promise.all([1, 2, 3].map((count) => broadcast(count)));
    for (const id of ids) await settled(id);
    expect(gaps(test)).toHaveLength(2);
    for (const gap of gaps(test)) expect(gap).toBeGreaterThanOrEqual(300 - BUSY_TOLERANCE_MS);
    for (const id of ids) await expectNobodyMissing(test, id);
  });

  it('begins at once, without waiting for a next look', async () => {
    await start({});
    await broadcast(1);
    const asked = performance.now();
    const ids = [];
    for (let times = 0; times < 5; times++) {
      ids.push(await broadcast(1));
      await settled(ids.at(-1)!);
    }
    // A look each second would find each a second after the one before.
    expect(performance.now() - asked).toBeLessThan(4000);
    for (const id of ids) await expectNobodyMissing(test, id);
  });

  it.each([429, 503])('tries a call that is refused with %d again after growing gaps', async (status) => {
    await start({ PLIVO_RETRY_BASE_MS: '100' });
    test.simulator.addFault({ kind: 'status', status, times: 3 });
    const id = await broadcast(2);
    const done = await settled(id);
    expect(done.status).toBe('completed');
    const [first = 0, second = 0, third = 0] = gaps(test);
    // A fifth either way of 100, 200 and 400.
    expect(first).toBeGreaterThanOrEqual(80 - TOLERANCE_MS);
    expect(second).toBeGreaterThanOrEqual(160 - TOLERANCE_MS);
    expect(third).toBeGreaterThanOrEqual(320 - TOLERANCE_MS);
    const { body } = await get(test, `/broadcast/${id}/batches`).expect(200);
    expect(body.data).toEqual([expect.objectContaining({ attempts: 4, status: 'sent', lastError: null })]);
    expectTextedOnce(test, numbers(2));
    await expectNobodyMissing(test, id);
  });

  it.each([429, 503])(
    'gives a call up that is refused with %d while others are taken, after the allowed tries',
    async (status) => {
      await start({ PLIVO_MAX_ATTEMPTS: '3', PLIVO_BATCH_DELAY_MS: '20' });
      test.simulator.addFault({ kind: 'status', status, times: 0, recipient: numbers(11)[10]! });
      const id = await broadcast(605);
      const done = await settled(id);
      expect(done).toMatchObject({ status: 'partially_failed', batches: { sent: 60, failed: 1 } });
      expect(done['errors']).toEqual([
        expect.objectContaining({ batch: 2, recipients: 10, code: 'tries_used_up', plivoStatus: status }),
      ]);
      // The first refusal might have been anybody's.
      expect(test.simulator.calls().filter((call) => call.status === status).length).toBeGreaterThanOrEqual(4);
      expectTextedOnce(test, [...numbers(10), ...numbers(585, 20)]);
      await expectNobodyMissing(test, id);
    },
  );

  it('gives up at once a batch that Plivo finds faulty, while the other batches go', async () => {
    await start({});
    test.simulator.addFault({ kind: 'status', status: 400, times: 0, recipient: numbers(11)[10]! });
    const id = await broadcast(25);
    const done = await settled(id);
    expect(done).toMatchObject({ status: 'partially_failed', batches: { sent: 2, failed: 1 } });
    expect(done.delivery['failed']).toBe(10);
    expect(done['errors']).toEqual([
      expect.objectContaining({ batch: 2, recipients: 10, status: 'failed', plivoStatus: 400 }),
    ]);
    expect(test.simulator.calls()).toHaveLength(3);
    expectTextedOnce(test, [...numbers(10), ...numbers(5, 20)]);
    await expectNobodyMissing(test, id);
  });

  it('says failed, not an error, when Plivo refuses every batch of a large broadcast', async () => {
    await start({});
    test.simulator.addFault({ kind: 'status', status: 400, times: 0 });
    const id = await broadcast(25);
    const done = await settled(id);
    expect(done).toMatchObject({ status: 'failed', batches: { failed: 3 }, delivery: { failed: 25 } });
    expect(test.simulator.texts().size).toBe(0);
    await expectNobodyMissing(test, id);
  });

  it('does not repeat a call that got no answer in time; its people count as unknown', async () => {
    await start({ PLIVO_TIMEOUT_MS: '400' }, { callbackLossShare: 1 });
    test.simulator.addFault({ kind: 'accept-then-hang', recipient: numbers(1)[0]! });
    const id = await broadcast(25);
    const done = await settled(id);
    expect(done).toMatchObject({ status: 'processing', batches: { unconfirmed: 1, sent: 2 } });
    expect(done.delivery).toMatchObject({ unknown: 10, queued: 15 });
    await settled(await broadcast(1));
    expect(test.simulator.calls().filter(({ dst }) => dst.length === 10)).toHaveLength(2);
    expect([...test.simulator.texts()].filter(([, texts]) => texts > 1)).toEqual([['14155550000', 2]]);
    await expectNobodyMissing(test, id);
  });

  it('takes delivery reports as proof that a call without an answer was taken', async () => {
    await start({ PLIVO_TIMEOUT_MS: '400' });
    test.simulator.addFault({ kind: 'accept-then-hang' });
    const id = await broadcast(3);
    const done = await reportedAndOver(test, id, 3);
    expect(done).toMatchObject({ status: 'completed', batches: { sent: 1, unconfirmed: 0 } });
    expectTextedOnce(test, numbers(3));
    await expectNobodyMissing(test, id);
  });

  it('has at most as many calls under way as allowed, and that many where it helps', async () => {
    await start({ PLIVO_MAX_CONCURRENCY: '2' }, { latencyMs: 300 });
    const id = await broadcast(60);
    await settled(id);
    const starts = test.simulator.calls().map(({ at }) => at);
    expect(starts).toHaveLength(6);
    starts.slice(2).forEach((at, index) => expect(at - starts[index]!).toBeGreaterThanOrEqual(300 - TOLERANCE_MS));
    expect(Math.min(...gaps(test))).toBeLessThan(250);
    await expectNobodyMissing(test, id);
  });

  it('marks the numbers that Plivo finds invalid, and them only', async () => {
    const [bad = '', ...fine] = numbers(12);
    await start({}, { invalidNumbers: [bad, fine[10]!], deliveryDelayMs: 1 });
    const id = await broadcast(12);
    const done = await reportedAndOver(test, id, 10);
    expect(done).toMatchObject({ status: 'completed', delivery: { invalid: 2 } });
    const { body } = await get(test, `/broadcast/${id}/recipients?status=invalid`).expect(200);
    expect(body.data).toMatchObject([
      { recipient: bad, errorReason: expect.stringMatching(/invalid/) },
      { recipient: fine[10], batch: 2 },
    ]);
    expectTextedOnce(test, fine.slice(0, 10));
    await expectNobodyMissing(test, id);
  });

  it('hands Plivo the text, the sender, the expiry and an address for reports of the batch alone', async () => {
    await start({});
    const id = await broadcast(12, { expirySeconds: 600 });
    await settled(id);
    const [first, second] = test.simulator.calls();
    expect(first).toMatchObject({ text: message, src: '+14155550100' });
    expect(first?.body).toMatchObject({ method: 'POST', type: 'sms' });
    expect(Number(first?.body['message_expiry'])).toBe(600);
    const address = /^http:\/\/127\.0\.0\.1:\d+\/webhooks\/plivo\/status\/[\w-]{32,}$/;
    expect(first?.body['url']).toMatch(address);
    expect(second?.body['url']).toMatch(address);
    expect(second?.body['url']).not.toBe(first?.body['url']);
    await expectNobodyMissing(test, id);
  });

  it('asks for no reports where nobody could receive them, and sends through a Powerpack where one is set', async () => {
    await start({ PUBLIC_URL: '', PLIVO_POWERPACK_UUID: '00000000-0000-4000-8000-000000000001' });
    const id = await broadcast(2);
    await settled(id);
    const [call] = test.simulator.calls();
    expect(call?.src).toBe('');
    expect(call?.body).toMatchObject({ powerpack_uuid: '00000000-0000-4000-8000-000000000001' });
    expect(call?.body).not.toHaveProperty('url');
    await expectNobodyMissing(test, id);
  });
});
