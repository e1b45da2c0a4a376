import { sql } from 'kysely';
import { openDatabase, type Database } from '../../../src/store/engine/database';
import { storeOn, type Store } from '../../../src/store/store';
import { numbers } from '../../support/client';
import { claimNext, newBroadcast, START_OF_TIME } from '../../support/storeFixture';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';

const MINUTE_MS = 60_000;
const LOST = { code: 'timeout', status: null, reason: 'No answer.' };

describe.each(ENGINES)('how everything stands, on %s', (engine) => {
  let file: TestDatabase;
  let database: Database;
  let store: Store;
  let statements: string[];
  let now: number;
  let ids: number;
  beforeEach(async () => {
    now = START_OF_TIME;
    statements = [];
    ids = 0;
    file = await createTestDatabase(engine);
    database = await openDatabase({
      url: file.url,
      clock: () => now,
      onStatement: (statement) => void statements.push(statement),
    });
    store = storeOn(database);
  });
  afterEach(async () => {
    await database.close();
    await file.drop();
  });

  const accept = async (people: number, change: object = {}): Promise<string> => {
    const id = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
    await store.accepting.accept({ ...newBroadcast(id, numbers(people, ids * 100), 2), ...change });
    return id;
  };
  const later = (ms: number) => (now += ms);
  const dueForMs = async () => (await store.stand.count()).dueForMs;

  it('nothing waits where nothing was accepted', async () => {
    expect(await store.stand.count()).toMatchObject({
      dueForMs: null,
      unsettledForMs: { unconfirmed: null, held: null },
      textedTwice: 0,
      replies: { count: 0, oldestForMs: null },
      webhooks: { count: 0, oldestForMs: null },
      balance: null,
    });
  });

  it('people are counted by their state, until their broadcast has ended', async () => {
    const id = await accept(5);
    await claimNext(store);
    const { recipients, batches } = await store.stand.count();
    expect(recipients).toMatchObject({ queued: 5, delivered: 0 });
    expect(batches).toMatchObject({ pending: 2, sending: 1 });
    await sql`update broadcasts set status = 'completed' where id = ${id}`.execute(database.db);
    expect((await store.stand.count()).recipients).toMatchObject({ queued: 0 });
  });

  it('the batch that may go waits from when its broadcast was queued; one that is tried again, from then', async () => {
    await accept(4);
    later(10 * MINUTE_MS);
    expect(await dueForMs()).toBe(10 * MINUTE_MS);
    const claim = (await claimNext(store))!;
    await store.settling.recordRefusedForNow(claim, LOST, { retryInMs: MINUTE_MS, countsAsTry: false });
    later(2 * MINUTE_MS);
    // The broadcast began two minutes ago.
    expect(await dueForMs()).toBe(2 * MINUTE_MS);
    await claimNext(store);
    await claimNext(store);
    expect(await dueForMs()).toBeNull();
  });

  it('what is paused, or waits for people’s clocks, does not wait for its turn', async () => {
    const paused = await accept(4);
    await store.control.pause(paused);
    const notBefore = now + 30 * MINUTE_MS;
    const held = newBroadcast('', numbers(2, 900), 2).batches.map((batch) => ({ ...batch, notBefore, token: 'held' }));
    await accept(2, { batches: held });
    later(10 * MINUTE_MS);
    expect(await dueForMs()).toBeNull();
    later(25 * MINUTE_MS);
    expect(await dueForMs()).toBe(5 * MINUTE_MS);
    await store.control.resume(paused);
    later(10 * MINUTE_MS);
    expect(await dueForMs()).toBe(15 * MINUTE_MS);
  });

  it('an answer that was lost counts until it is settled, also where its broadcast was cancelled', async () => {
    const id = await accept(4);
    const claim = (await claimNext(store))!;
    await store.settling.recordUnknown(claim, LOST);
    later(3 * MINUTE_MS);
    await store.control.cancel(id);
    const stand = await store.stand.count();
    expect(stand.batches).toMatchObject({ unconfirmed: 1, held: 0, pending: 0 });
    expect(stand.unsettledForMs).toEqual({ unconfirmed: 3 * MINUTE_MS, held: null });
    await store.reconciling.hold(claim, LOST);
    expect((await store.stand.count()).unsettledForMs).toEqual({ unconfirmed: null, held: 3 * MINUTE_MS });
  });

  it('is found by indexes alone, so that it costs no more with every broadcast that has ended', async () => {
    await accept(4);
    statements = [];
    await store.stand.count();
    const asked = [...statements];
    expect(asked.length).toBeGreaterThan(5);
    for (const statement of asked) expect(await fullReadsOf(statement)).toEqual([]);
  });

  /** Which lines of its plan read a whole table but that of one row. Its parameters are times and keys. */
  const fullReadsOf = (statement: string): Promise<string[]> =>
    database.db.connection().execute(async (one) => {
      if (engine === 'postgres') await sql`set enable_seqscan = off`.execute(one);
      const explain = `explain ${engine === 'sqlite' ? 'query plan ' : ''}`;
      const { rows } = await sql
        .raw<Record<string, unknown>>(explain + statement.replaceAll(/\?|\$\d+/g, String(now)))
        .execute(one);
      const lines = rows.map((row) => String(row['detail'] ?? row['QUERY PLAN']));
      return lines.filter((line) =>
        engine === 'sqlite'
          ? /^SCAN (?!\S+ USING (COVERING )?INDEX|CONSTANT|counted$|c$|\(|pacing)/.test(line)
          : /Seq Scan on (?!pacing)/.test(line),
      );
    });
});
