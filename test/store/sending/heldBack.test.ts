import { sql } from 'kysely';
import { openDatabase, type Database } from '../../../src/store/engine/database';
import { storeOn } from '../../../src/store/store';
import { numbers } from '../../support/client';
import { CLAIM, newBroadcast, START_OF_TIME } from '../../support/storeFixture';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';

const HOUR_MS = 3_600_000;

describe.each(ENGINES)('texts that wait for people’s clocks, on %s', (engine) => {
  let file: TestDatabase;
  let database: Database;
  let statements: string[];
  let now: number;
  beforeEach(async () => {
    now = START_OF_TIME;
    statements = [];
    file = await createTestDatabase(engine);
    database = await openDatabase({
      url: file.url,
      clock: () => now,
      onStatement: (statement) => void statements.push(statement),
    });
  });
  afterEach(async () => {
    await database.close();
    await file.drop();
  });

  /** The plan of the first statement that has these words: its only parameters are times. */
  const planOf = async (words: string): Promise<string> => {
    const statement = statements.find((one) => one.includes(words))!.replaceAll(/\?|\$\d+/g, String(now));
    return await database.db.connection().execute(async (one) => {
      if (engine === 'postgres') await sql`set enable_seqscan = off`.execute(one);
      const asked = `explain ${engine === 'sqlite' ? 'query plan ' : ''}${statement}`;
      const { rows } = await sql.raw<Record<string, unknown>>(asked).execute(one);
      return rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n');
    });
  };

  it('are found by their time and not by reading all that wait', async () => {
    const store = storeOn(database);
    const broadcast = newBroadcast('00000000-0000-4000-8000-000000000001', numbers(20), 1);
    const batches = broadcast.batches.map((batch, index) => ({
      ...batch,
      notBefore: START_OF_TIME + (1 + (index % 4)) * HOUR_MS,
    }));
    await store.accepting.accept({ ...broadcast, batches });
    statements = [];
    expect(await store.claims.claimNextBatch(CLAIM)).toBeNull();
    expect(await store.claims.nextAttemptInMs({ onlyAwaited: false })).toBe(60_000);
    for (const words of ['union all', 'as held']) {
      const plan = await planOf(words);
      expect(plan).toMatch(/batches_free/);
      expect(plan).toMatch(/batches_held_back/);
      expect(plan).not.toMatch(/batches_to_claim|SCAN b\b|Seq Scan on batches/);
    }
    now += HOUR_MS;
    const first = await store.claims.claimNextBatch(CLAIM);
    expect(first).toMatchObject({ kind: 'claimed', claim: { number: 1 } });
    expect(await store.claims.claimNextBatch(CLAIM)).toMatchObject({ kind: 'claimed', claim: { number: 5 } });
  });
});
