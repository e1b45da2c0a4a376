import { numbers } from '../../support/client';
import { CLAIM, newBroadcast, openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { watchStatements, type StatementPlans } from '../../support/statementPlans';
import { ENGINES } from '../../support/testDatabase';

const HOUR_MS = 3_600_000;

describe.each(ENGINES)('texts that wait for people’s clocks, on %s', (engine) => {
  let fixture: StoreFixture;
  let plans: StatementPlans;
  beforeEach(async () => {
    plans = watchStatements(engine);
    fixture = await openStoreFixture(engine, { onStatement: plans.onStatement });
  });
  afterEach(() => fixture.close());

  it('are found by their time and not by reading all that wait', async () => {
    const { store, db } = fixture;
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
      const plan = await plans.planOf(db, words, START_OF_TIME);
      expect(plan).not.toMatch(/SCAN b\b|Seq Scan on batches/);
      // Of few rows PostgreSQL takes one index for as good as another.
      if (engine === 'postgres') continue;
      for (const index of [/batches_free/, /batches_held_back/]) expect(plan).toMatch(index);
      expect(plan).not.toMatch(/batches_to_claim/);
    }
    fixture.setClock(START_OF_TIME + HOUR_MS);
    const first = await store.claims.claimNextBatch(CLAIM);
    expect(first).toMatchObject({ kind: 'claimed', claim: { number: 1 } });
    expect(await store.claims.claimNextBatch(CLAIM)).toMatchObject({ kind: 'claimed', claim: { number: 5 } });
  });
});
