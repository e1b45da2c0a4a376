import { randomUUID } from 'node:crypto';
import { broadcastWhen, get, numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import {
  addUpAndStop,
  allBatches,
  broadcast,
  expectAllAddUp,
  LIST_ONLY,
  lostBroadcast,
  SETTLES_SOON,
} from '../../support/settling';
import { claimNext, newBroadcast } from '../../support/storeFixture';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';
import { openStore, type Store } from '../../../src/store/store';

const LEASE_MS = 10_000;
const HOUR_MS = 3_600_000;
const error = { code: 'refused', status: 400, reason: 'Plivo refused the request.' };
const answerOf = (apiId: string) => ({
  apiId,
  message: 'message(s) queued',
  messageUuids: [`${apiId}-1`, `${apiId}-2`],
  invalidNumbers: [],
});

describe.each(ENGINES)('a process that wakes up after its lease ran out, on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let id: string;
  let now: number;
  const claim = async (owner: string) => (await claimNext(store, { owner, leaseMs: LEASE_MS }))!;
  const expire = async () => {
    now += LEASE_MS + 1;
    return await store.leases.expire({ soleOwner: null });
  };
  const disprove = async () => {
    const [lost] = await store.reconciling.takeDue({ firstAfterMs: 0, nextAfterMs: 0 });
    expect(await store.reconciling.disprove(lost!, { maxAttempts: 5 })).toBe(true);
  };
  const batch = async () => {
    const { broadcastKey } = (await store.broadcasts.find(id))!;
    return (await store.broadcasts.batches(broadcastKey, { limit: 1, after: 0 })).items[0]!;
  };

  beforeEach(async () => {
    now = Date.now();
    database = await createTestDatabase(engine);
    store = await openStore({ url: database.url, clock: () => now });
    id = randomUUID();
    await store.accepting.accept(newBroadcast(id, numbers(2), 2));
  });
  afterEach(async () => {
    await expectNobodyMissing(store, id);
    await store.close();
    await database.drop();
  });

  it('holds its batch alone until then: nobody else gets it', async () => {
    await claim('first');
    expect(await claimNext(store, { owner: 'second', leaseMs: LEASE_MS })).toBeNull();
    now += LEASE_MS - 1;
    expect(await store.leases.expire({ soleOwner: null })).toBe(0);
    expect((await batch()).status).toBe('sending');
  });

  it('still counts as having sent it when it brings the answer before anything else was decided', async () => {
    const first = await claim('first');
    expect(await expire()).toBe(1);
    expect(await batch()).toMatchObject({ status: 'unconfirmed', error: { code: 'sender_lost' } });
    expect(await store.settling.recordAccepted(first, answerOf('late'))).toBe(true);
    expect(await batch()).toMatchObject({ status: 'sent', answer: { apiId: 'late' }, error: null });
    expect((await store.broadcasts.find(id))!.recipients).toMatchObject({ queued: 2, unknown: 0 });
  });

  it('still counts also when a person has been asked meanwhile', async () => {
    const first = await claim('first');
    await expire();
    await store.reconciling.hold(first, { code: 'held', status: null, reason: 'Nobody knows.' });
    expect(await store.settling.recordAccepted(first, answerOf('late'))).toBe(true);
    expect((await batch()).status).toBe('sent');
  });

  it.each(['sending', 'sent', 'failed', 'pending'] as const)(
    'changes nothing when another has taken the batch over, which is now %s',
    async (state) => {
      const first = await claim('first');
      await expire();
      await disprove();
      const second = await claim('second');
      expect(second.claimNumber).toBe(first.claimNumber + 1);
      if (state === 'sent') await store.settling.recordAccepted(second, answerOf('second'));
      if (state === 'failed') await store.settling.recordRefusedForGood(second, error, { pauseAt: 0 });
      if (state === 'pending') {
        await store.settling.recordRefusedForNow(second, error, { retryInMs: 1000, countsAsTry: true });
      }
      const before = { batch: await batch(), broadcast: await store.broadcasts.find(id) };
      expect(before.batch.status).toBe(state);

      const { settling, reconciling } = store;
      expect(await settling.recordAccepted(first, answerOf('first'))).toBe(false);
      expect(await settling.recordRefusedForGood(first, error, { pauseAt: 1 })).toBe(false);
      expect(await settling.recordRefusedForNow(first, error, { retryInMs: 0, countsAsTry: true })).toBe(false);
      expect(await settling.recordRefusedWhileAwaited(first, error)).toBe(false);
      expect(await settling.recordUnknown(first, error)).toBe(false);
      expect(await reconciling.prove(first, [])).toBe(false);
      expect(await reconciling.hold(first, error)).toBe(false);
      expect({ batch: await batch(), broadcast: await store.broadcasts.find(id) }).toEqual(before);
    },
  );
});

describe.each(ENGINES)('a process that was stopped between its claim and its call, on %s', (engine) => {
  const stopAfter = {
    'it had its slot': ({ pacing }: Store) => asleepAfter(pacing, 'takeSlot'),
    'it had its part of the balance': ({ budgets }: Store) => asleepAfter(budgets, 'take'),
  };
  /** The first time that it is asked, eight seconds pass before the answer is read. */
  function asleepAfter<Key extends string>(
    store: Record<Key, (...args: never[]) => unknown>,
    name: Key,
  ): jest.Spied<(...args: unknown[]) => unknown> {
    const real = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const clock = performance.now.bind(performance);
    let asleepMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + asleepMs);
    return jest
      .spyOn(store as Record<string, (...args: unknown[]) => unknown>, name)
      .mockImplementationOnce(async (...args) => {
        const answer = await real(...args);
        asleepMs += 8000;
        return answer;
      });
  }
  afterEach(() => jest.restoreAllMocks());

  it.each(Object.entries(stopAfter))(
    'after %s, makes no call when it wakes too late, and the batch is sent once, later',
    async (_, stopIn) => {
      const test = await startTestService({ engine, env: { PLIVO_BATCH_DELAY_MS: '1', PLIVO_MIN_BALANCE: '1' } });
      const stopped = stopIn(test.service.store);
      const id = await broadcast(test, numbers(3));
      await allBatches(test, id, 'sent');
      expect(stopped).toHaveBeenCalledTimes(2);
      expect(test.simulator.calls()).toHaveLength(1);
      expectTextedOnce(test, numbers(3));
      await expectAllAddUp(test);
      jest.restoreAllMocks();
      await test.stop();
    },
  );
});

describe.each(ENGINES)('when the wall clock is set by an hour in the middle of a broadcast, on %s', (engine) => {
  let test: TestService;
  let offset: number;
  const start = async (env: Record<string, string>) => {
    offset = 0;
    test = await startTestService({ engine, env, clock: () => Date.now() + offset });
  };
  afterEach(() => addUpAndStop(test));

  it.each([
    ['forward', [HOUR_MS]],
    ['back', [-HOUR_MS]],
    ['forward and back', [HOUR_MS, 0]],
    ['back and forward', [-HOUR_MS, 0]],
  ])('%s, everybody is texted once and it ends in time', async (_, steps) => {
    await start({ ...SETTLES_SOON, PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '50' });
    test.simulator.settings.latencyMs = 100;
    const id = await broadcast(test, numbers(60));
    for (const [turn, step] of steps.entries()) {
      await eventually(() => test.simulator.calls().length >= 3 + turn * 3);
      offset = step;
      test.simulator.addFault({ kind: 'status', status: 429 });
    }
    await broadcastWhen(test, id, ({ status, delivery }) => status === 'completed' && delivery['delivered'] === 60);
    expectTextedOnce(test, numbers(60));
  });

  it('forward, a call under way still counts when its answer comes', async () => {
    await start({ ...LIST_ONLY, PLIVO_TIMEOUT_MS: '5000', PLIVO_RECONCILE_AFTER_MS: '60000' });
    test.simulator.settings.latencyMs = 2500;
    const id = await broadcast(test, numbers(3));
    await eventually(() => test.simulator.calls().length === 1);
    offset = HOUR_MS;
    // The only process on a SQLite file knows that its leases are its own.
    if (engine === 'postgres') await broadcastWhen(test, id, ({ batches }) => batches['unconfirmed'] === 1);
    const done = await allBatches(test, id, 'sent');
    expect(done).toMatchObject({ status: 'completed', delivery: { queued: 3, unknown: 0 }, errors: [] });
    expect(test.simulator.listRequests()).toBe(0);
    expectTextedOnce(test, numbers(3));
  });

  it.each([HOUR_MS, -HOUR_MS])('(%d ms) a lost batch that Plivo took is still settled, and in time', async (step) => {
    await start({ ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '700' });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, numbers(3));
    offset = step;
    await allBatches(test, id, 'sent');
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(test, numbers(3));
  });
});

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres('two instances on one PostgreSQL', () => {
  const env = { ...SETTLES_SOON, PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_MAX_CONCURRENCY: '1' };

  it('share the batches of a broadcast, and each goes out once', async () => {
    const one = await startTestService({ engine: 'postgres', env, simulator: { latencyMs: 60 } });
    const two = await startTestService({ engine: 'postgres', env, beside: one });
    // So many that the first is not through before the other, which nobody woke, has looked: once a second.
    const people = numbers(300);
    const id = await broadcast(one, people);
    await broadcastWhen(two, id, ({ delivery }) => delivery['delivered'] === 300);
    for (const instance of [one, two]) {
      const taken = instance.log.filter(({ message }) => message === 'Plivo took a batch');
      expect(taken.length).toBeGreaterThan(2);
    }
    expect(one.simulator.calls()).toHaveLength(60);
    expectTextedOnce(one, people);
    await expectAllAddUp(two);
    await two.stop();
    await one.stop();
  });

  it('settle a lost batch between them once: one of them looks, one sends', async () => {
    // Two that look at the same time come close to what Plivo's list answers a minute.
    const looking = { ...env, PUBLIC_URL: '', PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' };
    const one = await startTestService({ engine: 'postgres', env: looking, simulator: { listRequestsPerMinute: 0 } });
    const two = await startTestService({ engine: 'postgres', env: looking, beside: one });
    one.simulator.addFault({ kind: 'reset', times: 2 });
    const id = await broadcast(one, numbers(10));
    await allBatches(two, id, 'sent');
    expect(one.simulator.calls()).toHaveLength(4);
    expectTextedOnce(one, numbers(10));
    expect((await get(two, `/broadcast/${id}`)).body).toMatchObject({ status: 'completed' });
    await expectAllAddUp(one);
    await two.stop();
    await one.stop();
  });

  it('let each other finish, whatever their time-outs, as while a new one is rolled out', async () => {
    const patient = await startTestService({
      engine: 'postgres',
      env: { ...env, PLIVO_TIMEOUT_MS: '60000' },
      simulator: { latencyMs: 3000 },
    });
    const id = await broadcast(patient, numbers(5));
    await eventually(() => patient.simulator.calls().length === 1);
    // Looks for lost leases at once, and once a second; its own are done long before the other's.
    const hasty = await startTestService({ engine: 'postgres', env, beside: patient });
    await allBatches(hasty, id, 'sent');
    expect(hasty.log.filter(({ message }) => message.startsWith('Batches lost their sender'))).toEqual([]);
    expect(patient.simulator.calls()).toHaveLength(1);
    expectTextedOnce(patient, numbers(5));
    await hasty.stop();
    await patient.stop();
  });

  it('go on for each other when one of them stops in the middle', async () => {
    const one = await startTestService({ engine: 'postgres', env, simulator: { latencyMs: 60 } });
    const two = await startTestService({ engine: 'postgres', env, beside: one });
    const id = await broadcast(two, numbers(100));
    await eventually(() => one.simulator.calls().length >= 6);
    await two.stop();
    await allBatches(one, id, 'sent');
    expectTextedOnce(one, numbers(100));
    await expectAllAddUp(one);
    await one.stop();
  });
});
