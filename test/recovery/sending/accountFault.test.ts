import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { allBatches, broadcast, expectAllAddUp, lostBroadcast, post, SETTLES_SOON } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(60);

describe.each(ENGINES)('while Plivo refuses the account on %s', (engine) => {
  let test: TestService;
  /** The instance that runs at the end. */
  let running: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_RETRY_BASE_MS: '4', ...SETTLES_SOON, ...env },
    });
    running = test;
  };
  const refuse = (status: number) => test.simulator.addFault({ kind: 'status', status, times: 0 });
  const plivoHealth = async () => (await get(test, '/health/ready').expect(200)).body.plivo as unknown;
  const inTrouble = (id: string) => broadcastWhen(test, id, ({ errors }) => (errors as unknown[]).length > 0);
  afterEach(async () => {
    await expectAllAddUp(running);
    if (running !== test) await running.stop();
    await test.stop();
  });

  it.each([
    [401, 'unauthorized'],
    [402, 'insufficient_credit'],
    [403, 'forbidden'],
  ])(
    'with %d in the middle of a broadcast, every batch is kept, it is shown, and all goes on by itself',
    async (status, code) => {
      // Long enough to be met in the middle on a busy machine, too.
      await start({ PLIVO_BATCH_DELAY_MS: '250' });
      const id = await broadcast(test, people);
      await broadcastWhen(test, id, ({ batches }) => batches['sent']! >= 2);
      refuse(status);
      const paused = await inTrouble(id);
      expect(paused).toMatchObject({ status: 'processing', errors: [{ code, plivoStatus: status }] });
      await eventually(async () => JSON.stringify(await plivoHealth()).includes(code));
      expect(test.log).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringContaining('refuses the account') }),
      );
      const kept = await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
      expect(kept.batches).toMatchObject({ failed: 0, cancelled: 0, unconfirmed: 0 });
      expect(kept.batches['pending']! + kept.batches['sent']!).toBe(12);

      test.simulator.clearFaults();
      const done = await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 60);
      expect(done).toMatchObject({ status: 'completed', errors: [] });
      expect(await plivoHealth()).toBe('ok');
      expectTextedOnce(test, people);
    },
  );

  it('more batches than the tries of one are refused, and none is used up', async () => {
    await start({ PLIVO_MAX_ATTEMPTS: '1' });
    refuse(402);
    const id = await broadcast(test, people);
    await eventually(() => test.simulator.calls().length >= 5);
    test.simulator.clearFaults();
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, people);
  });

  it('a caller who waits for a single call is told at once, and is not texted afterwards', async () => {
    // So slow a retry that dispatch stands still: only the waiting caller's call is made.
    await start({ PLIVO_RETRY_BASE_MS: '2000' });
    refuse(402);
    const id = await broadcast(test, people);
    await inTrouble(id);
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    const calls = test.simulator.calls().length;
    const asked = performance.now();
    const refused = await postBroadcast(test, { recipients: numbers(2, 500), message: 'Just you two.' });
    expectProblem(refused, 402);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(test.simulator.calls()).toHaveLength(calls + 1);
    expect(await readBroadcast(test, refused.body.broadcastId as string)).toMatchObject({
      status: 'failed',
      delivery: { failed: 2 },
    });
    expect(await plivoHealth()).toMatchObject({ code: 'insufficient_credit' });
    await post(test, `/broadcast/${id}/cancel`).expect(200);
    expect(test.simulator.texts().size).toBe(0);
  });

  it('a single call whose caller does not wait is kept and goes when the fault is over', async () => {
    await start();
    refuse(401);
    const id = await broadcast(test, numbers(3));
    await inTrouble(id);
    expect(await readBroadcast(test, id)).toMatchObject({ batches: { failed: 0 }, errors: [{ code: 'unauthorized' }] });
    test.simulator.clearFaults();
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, numbers(3));
  });

  it('a broadcast can be paused and cancelled, and what was not sent never goes', async () => {
    await start();
    refuse(403);
    const id = await broadcast(test, people);
    await inTrouble(id);
    await post(test, `/broadcast/${id}/cancel`).expect(200);
    await allBatches(test, id, 'cancelled');
    // The next try is due and there is nothing to try it with: dispatch rests all the same.
    await eventually(async () => (await test.service.store.faults.current())?.retryInMs === 0);
    const rounds = jest.spyOn(test.service.store.faults, 'current');
    const begun = performance.now();
    await eventually(() => performance.now() - begun > 500);
    expect(rounds.mock.calls.length).toBeLessThan(20);

    test.simulator.clearFaults();
    const other = await broadcast(test, numbers(5, 500));
    await allBatches(test, other, 'sent');
    expectTextedOnce(test, numbers(5, 500));
  });

  it('a restart does not forget it', async () => {
    await start({ PLIVO_RETRY_BASE_MS: '2000' });
    refuse(402);
    const id = await broadcast(test, people);
    await inTrouble(id);
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    const next = (running = await test.restart());
    expect((await get(next, '/health/ready').expect(200)).body.plivo).toMatchObject({ code: 'insufficient_credit' });
    test.simulator.clearFaults();
    // A waiting caller's call finds out for all that the fault is over.
    await postBroadcast(next, { recipients: numbers(2, 500), message: 'Just you two.' }).expect(202);
    await allBatches(next, id, 'sent');
    expectTextedOnce(test, [...people, ...numbers(2, 500)]);
  });

  it('a batch that was lost before is still settled', async () => {
    await start();
    test.simulator.addFault({ kind: 'accept-then-reset' });
    test.simulator.settings.callbackLossShare = 1;
    const id = await lostBroadcast(test, numbers(3));
    refuse(402);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, numbers(3));
  });
});
