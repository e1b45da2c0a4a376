import { openDatabase, type Database } from '../../../src/store/engine/database';
import { storeOn } from '../../../src/store/store';
import { numbers } from '../../support/client';
import { CLAIM, newBroadcast, START_OF_TIME } from '../../support/storeFixture';
import { watchStatements, type StatementPlans } from '../../support/statementPlans';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';

const HOUR_MS = 3_600_000;

describe.each(ENGINES)('texts that wait for people’s clocks, on %s', (engine) => {
  let file: TestDatabase;
  let database: Database;
  let plans: StatementPlans;
  let now: number;
  beforeEach(async () => {
    now = START_OF_TIME;
    plans = watchStatements();
    file = await createTestDatabase(engine);
    database = await openDatabase({ url: file.url, clock: () => now, onStatement: plans.onStatement });
  });
  afterEach(async () => {
    await database.close();
    await file.drop();
  });

  it('are found by their time and not by reading all that wait', async () => {
    const store = storeOn(database);
    const broadcast = newBroadcast('00000000-0000-4000-8000-000000000001', numbers(20), 1);
    const batches = broadcast.batches.map((batch, index) => ({
      ...batch,
      notBefore: START_OF_TIME + (1 + (index % 4)) * HOUR_MS,
    }));
    await store.accepting.accept({ ...broadcast, batches });
    plans.forget();
    expect(await store.claims.claimNextBatch(CLAIM)).toBeNull();
    expect(await store.claims.nextAttemptInMs({ onlyAwaited: false })).toBe(60_000);
    for (const words of ['union all', 'as held']) {
      const plan = await plans.planOf(database, words, now);
      expect(plan).not.toMatch(/SCAN b\b|Seq Scan on batches/);
      // Of few rows PostgreSQL takes one index for as good as another.
      if (engine === 'postgres') continue;
      for (const index of [/batches_free/, /batches_held_back/]) expect(plan).toMatch(index);
      expect(plan).not.toMatch(/batches_to_claim/);
    }
    now += HOUR_MS;
    const first = await store.claims.claimNextBatch(CLAIM);
    expect(first).toMatchObject({ kind: 'claimed', claim: { number: 1 } });
    expect(await store.claims.claimNextBatch(CLAIM)).toMatchObject({ kind: 'claimed', claim: { number: 5 } });
  });
});
