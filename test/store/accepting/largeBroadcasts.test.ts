import { sql } from 'kysely';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import {
  claimNext,
  newBroadcast,
  openStoreFixture,
  START_OF_TIME,
  type StoreFixture,
} from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { NewBatch, NewBroadcast } from '../../../src/store/accepting/broadcastInsert';

const ID = '00000000-0000-4000-8000-000000000001';
const people = numbers(440);

describe.each(ENGINES)('a broadcast so large that it is written in steps, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  /** 220 batches: five steps. `onRead` is told when the batch with this number is about to be written. */
  const large = (
    onRead: (number: number) => void = () => undefined,
    change: Partial<NewBroadcast> = {},
  ): NewBroadcast => {
    const broadcast = newBroadcast(ID, people, 2);
    const batches = broadcast.batches.map((batch, index): NewBatch => {
      const { recipients } = batch;
      const slice = (from: number, to: number) => {
        onRead(index + 1);
        return recipients.slice(from, to);
      };
      return {
        ...batch,
        recipients: { length: recipients.length, slice, at: (index: number) => recipients.at(index) },
      };
    });
    return { ...broadcast, ...change, batches };
  };
  const rows = async (table: 'broadcasts' | 'batches' | 'broadcast_countries') => {
    const counted = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(fixture.db);
    return counted.rows[0]!.rows;
  };
  /** What was given up is hidden at once; retention removes it. */
  const expectNothingLeft = async () => {
    while (await fixture.store.retention.removeSome(null));
    expect([await rows('broadcasts'), await rows('batches'), await rows('broadcast_countries')]).toEqual([0, 0, 0]);
  };

  /** As it stands between two steps. */
  const hide = () =>
    sql`update broadcasts set hidden = 'arriving', status = 'paused', arriving_until = ${START_OF_TIME + 1000}`.execute(
      fixture.db,
    );

  it('is seen and sent by nobody until it is complete', async () => {
    const { store } = fixture;
    await store.accepting.accept(large());
    await hide();
    expect(await store.broadcasts.find(ID)).toBeNull();
    expect((await store.broadcasts.list({ status: null, limit: 10, after: null })).items).toEqual([]);
    expect(await claimNext(store)).toBeNull();
    expect((await store.people.participations(people[0]!, { limit: 10, after: null })).items).toEqual([]);
    expect(await store.control.resume(ID)).toEqual({ kind: 'unknown' });
    expect(await store.control.resolveBatch(ID, 1, 'sent')).toEqual({ kind: 'unknown' });
    await sql`update broadcasts set hidden = null, status = 'queued'`.execute(fixture.db);
    expect(await store.broadcasts.find(ID)).toMatchObject({ status: 'queued', batchesTotal: 220 });
    expect((await claimNext(store))?.recipients).toEqual(people.slice(0, 2));
    await expectNobodyMissing(store, ID);
  });

  it('leaves nothing behind when a step fails', async () => {
    const fail = (number: number) => {
      if (number === 210) throw new Error('A test.');
    };
    await expect(fixture.store.accepting.accept(large(fail))).rejects.toThrow('A test.');
    await expectNothingLeft();
    await fixture.store.accepting.accept(large());
    await expectNobodyMissing(fixture.store, ID);
  });

  it('is removed when its writer is gone, and a writer that comes back too late accepts nothing', async () => {
    const { accepting } = fixture.store;
    let removal: Promise<void> = Promise.resolve();
    const sleep = (number: number) => {
      if (number !== 210) return;
      fixture.setClock(START_OF_TIME + 120_000);
      removal = accepting.removeAbandoned({ isOnlyProcess: false });
    };
    const late = accepting.accept(large(sleep)).catch((error: unknown) => error);
    await late;
    await removal;
    // Whoever came first has had its way, whole: there is all of it or nothing.
    const found = await fixture.store.broadcasts.find(ID);
    if (found === null) await expectNothingLeft();
    else await expectNobodyMissing(fixture.store, ID);
  });

  it('that a process left half written is removed, at once where there can be no other process', async () => {
    const { accepting } = fixture.store;
    await accepting.accept(large());
    await hide();
    await accepting.removeAbandoned({ isOnlyProcess: false });
    expect(await rows('broadcasts')).toBe(1);
    fixture.setClock(START_OF_TIME + 1001);
    await accepting.removeAbandoned({ isOnlyProcess: false });
    await expectNothingLeft();
    await accepting.accept(large());
    await sql`update broadcasts set hidden = 'arriving', arriving_until = ${START_OF_TIME + 9000}`.execute(fixture.db);
    await accepting.removeAbandoned({ isOnlyProcess: true });
    await expectNothingLeft();
  });

  it('is accepted once, however often it is written', async () => {
    const { accepting } = fixture.store;
    const idempotency = { key: 'spring', requestHash: 'a' };
    expect(await accepting.accept(large(undefined, { idempotency }))).toEqual({ kind: 'created' });
    expect(await accepting.accept(large(undefined, { idempotency }))).toEqual({ kind: 'repeated' });
    expect(await rows('batches')).toBe(220);
  });

  it('is written again where a lost first step turns up late', async () => {
    const { accepting } = fixture.store;
    await accepting.accept(large());
    await hide();
    expect(await accepting.accept(large())).toEqual({ kind: 'created' });
    await expectNobodyMissing(fixture.store, ID);
  });

  it('takes its idempotency key from the first step on: another request with it is told to wait', async () => {
    const { accepting } = fixture.store;
    const idempotency = { key: 'spring', requestHash: 'a' };
    await accepting.accept(large(undefined, { idempotency }));
    await hide();
    expect(await accepting.findKnown(idempotency.key)).toMatchObject({ id: ID, isAnswering: true, firstAnswer: null });
  });

  it('frees its key when its writer has been silent for as long as its lease, before anybody has removed it', async () => {
    const { accepting, broadcasts } = fixture.store;
    const idempotency = { key: 'spring', requestHash: 'a' };
    await accepting.accept(large(undefined, { idempotency }));
    await hide();
    fixture.setClock(START_OF_TIME + 1001);
    expect(await accepting.findKnown('spring')).toBeNull();
    const other = { ...newBroadcast(ID.replace('1', '2'), people, 100), idempotency };
    expect(await accepting.accept(other)).toEqual({ kind: 'created' });
    expect(await accepting.findKnown('spring')).toMatchObject({ id: other.id });
    while (await fixture.store.retention.removeSome(null));
    expect(await rows('broadcasts')).toBe(1);
    expect(await broadcasts.find(other.id)).not.toBeNull();
  });

  it('frees its key where a lease cannot be that long: the clock was set back', async () => {
    const { accepting } = fixture.store;
    await accepting.accept(large(undefined, { idempotency: { key: 'spring', requestHash: 'a' } }));
    await hide();
    fixture.setClock(START_OF_TIME - 3_600_000);
    expect(await accepting.findKnown('spring')).toBeNull();
    await accepting.removeAbandoned({ isOnlyProcess: false });
    await expectNothingLeft();
  });
});

describe.each(ENGINES)('a caller who is being kept waiting on %s', (engine) => {
  let fixture: StoreFixture;
  let id: string;
  const idempotency = { key: 'spring', requestHash: 'a' };
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
    id = await fixture.accept(numbers(2), 10, { waitMs: 300_000, idempotency });
  });
  afterEach(() => fixture.close());

  const isAwaited = async () => (await fixture.store.broadcasts.find(id))!.isAwaited;
  const isAnswering = async () => (await fixture.store.accepting.findKnown('spring'))!.isAnswering;
  const error = { code: 'refused', status: 402, reason: 'A test.' };

  it('keeps the key busy for as long as the wait is renewed', async () => {
    for (let second = 0; second < 60; second += 4) {
      fixture.setClock(START_OF_TIME + second * 1000);
      await fixture.store.accepting.removeAbandoned({ isOnlyProcess: false });
      expect([await isAwaited(), await isAnswering()]).toEqual([true, true]);
      await fixture.store.accepting.keepWaiting(id);
    }
    await fixture.store.broadcasts.stopWaiting(id);
    expect([await isAwaited(), await isAnswering()]).toEqual([false, false]);
    await fixture.store.accepting.keepWaiting(id);
    expect(await isAwaited()).toBe(false);
  });

  it.each<[what: string, isOnlyProcess: boolean, at: number]>([
    ['after its lease', false, 5000],
    ['at once where there is no other process', true, 0],
    ['when the clock was set back since', false, -3_600_000],
  ])('and who dies meanwhile, blocks nothing %s', async (_what, isOnlyProcess, at) => {
    fixture.setClock(START_OF_TIME + at);
    await fixture.store.accepting.removeAbandoned({ isOnlyProcess });
    expect([await isAwaited(), await isAnswering()]).toEqual([false, false]);
  });

  it('stays known as the one who was told where the broadcast failed', async () => {
    const claim = await claimNext(fixture.store);
    expect(await fixture.store.settling.recordRefusedWhileAwaited(claim!, error)).toBe(true);
    await fixture.store.broadcasts.stopWaiting(id);
    fixture.setClock(START_OF_TIME + 60_000);
    await fixture.store.accepting.removeAbandoned({ isOnlyProcess: true });
    expect(await isAwaited()).toBe(true);
    expect(await fixture.store.accepting.findKnown('spring')).toBeNull();
  });
});

describe.each(ENGINES)('retention on %s', (engine) => {
  const DAY_MS = 86_400_000;
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  const answer = { apiId: 'a', message: 'queued', messageUuids: [], invalidNumbers: [] };
  /** A broadcast that ends now. */
  const ended = async (from: number) => {
    const id = await fixture.accept(numbers(30, from), 10, { invalid: [{ value: 'x', reason: 'y' }], submitted: 31 });
    for (let claim = await claimNext(fixture.store); claim !== null; claim = await claimNext(fixture.store))
      await fixture.store.settling.recordAccepted(claim, answer);
    return id;
  };
  const removeAll = async () => {
    while (await fixture.store.retention.removeSome(DAY_MS));
  };
  const text = (uuid: string) => ({
    messageUuid: uuid,
    from: numbers(1)[0]!,
    to: '+14155550100',
    text: 'STOP',
    intent: null,
    keyword: 'optOut' as const,
  });

  it('removes what ended long ago, with all that belongs to it, and nothing else', async () => {
    const { store } = fixture;
    const old = await ended(0);
    await store.inbound.keep(text('old'));
    fixture.setClock(START_OF_TIME + DAY_MS - 1);
    const recent = await ended(1000);
    const waiting = await fixture.accept(numbers(3, 2000), 10);
    await store.inbound.keep(text('recent'));
    await removeAll();
    expect(await store.broadcasts.find(old)).not.toBeNull();

    fixture.setClock(START_OF_TIME + DAY_MS + 1);
    expect(await store.retention.removeSome(DAY_MS)).toBe(true);
    // Nobody sees a broadcast of which a part is gone.
    expect(await store.broadcasts.find(old)).toBeNull();
    await removeAll();
    for (const id of [recent, waiting]) await expectNobodyMissing(store, id);
    for (const table of ['broadcast_recipients', 'batches', 'broadcast_countries']) {
      const left = await sql`
        select 1 from ${sql.table(table)} t where not exists (
          select 1 from broadcasts c where c.broadcast_key = t.broadcast_key)`.execute(fixture.db);
      expect(left.rows).toEqual([]);
    }
    expect((await store.broadcasts.list({ status: null, limit: 10, after: null })).items).toHaveLength(2);
    expect((await store.inbound.list({ limit: 10, after: null })).items).toMatchObject([{ messageUuid: 'recent' }]);
    // Whoever said STOP stays opted out.
    expect(await store.optOuts.find(numbers(1)[0]!)).toMatchObject({ history: [{ event: 'opted_out' }] });
  });

  it('ends what it has begun when it is turned off, and begins nothing', async () => {
    const { store } = fixture;
    const old = await ended(0);
    await ended(1000);
    fixture.setClock(START_OF_TIME + 2 * DAY_MS);
    await store.retention.removeSome(DAY_MS);
    while (await store.retention.removeSome(null));
    const left = await sql<{ id: string }>`select id from broadcasts`.execute(fixture.db);
    expect(left.rows).toHaveLength(1);
    expect(await store.broadcasts.find(old)).toBeNull();
  });

  it('frees the idempotency key of what it removes', async () => {
    const idempotency = { key: 'spring', requestHash: 'a' };
    await fixture.accept(numbers(2), 10, { idempotency });
    for (let claim = await claimNext(fixture.store); claim !== null; claim = await claimNext(fixture.store))
      await fixture.store.settling.recordAccepted(claim, answer);
    fixture.setClock(START_OF_TIME + 2 * DAY_MS);
    await fixture.store.retention.removeSome(DAY_MS);
    expect(await fixture.store.accepting.findKnown(idempotency.key)).toBeNull();
  });

  it('leaves alone what is not settled, however old', async () => {
    const { store } = fixture;
    const id = await fixture.accept(numbers(10), 5);
    const claim = await claimNext(store);
    await store.settling.recordUnknown(claim!, { code: 'timeout', status: null, reason: 'A test.' });
    await store.control.cancel(id);
    fixture.setClock(START_OF_TIME + 10 * DAY_MS);
    await removeAll();
    await expectNobodyMissing(store, id);
  });
});
