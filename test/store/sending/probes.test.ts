import { numbers } from '../../support/client';
import {
  claimNext,
  newBroadcast,
  openStoreFixture,
  START_OF_TIME,
  type StoreFixture,
} from '../../support/storeFixture';
import { watchStatements, type StatementPlans } from '../../support/statementPlans';
import { ENGINES } from '../../support/testDatabase';

const ERROR = { code: '900', status: 402, reason: 'A test.' };

describe.each(ENGINES)('what a probe tries, on %s', (engine) => {
  let fixture: StoreFixture;
  let plans: StatementPlans;
  let now: number;
  beforeEach(async () => {
    now = START_OF_TIME;
    plans = watchStatements(engine);
    fixture = await openStoreFixture(engine, { onStatement: plans.onStatement });
  });
  afterEach(() => fixture.close());

  const idOf = (place: number) => `00000000-0000-4000-8000-00000000000${place}`;
  const accept = (place: number, people: number, notBefore: number | null = null) => {
    const broadcast = newBroadcast(idOf(place), numbers(people, place * 100), 1);
    const batches = broadcast.batches.map((batch) => ({ ...batch, notBefore }));
    return fixture.store.accepting.accept({ ...broadcast, batches });
  };
  /** The batch that a probe takes, which Plivo refuses once more. */
  const probe = async () => {
    const claim = await claimNext(fixture.store, { isProbe: true });
    if (claim === null) return null;
    await fixture.store.settling.recordRefusedForNow(claim, ERROR, { retryInMs: 0, countsAsTry: false });
    fixture.setClock((now += 1000));
    return `${claim.broadcastId.slice(-1)}/${claim.number}`;
  };
  const probes = async (count: number) => {
    const tried: (string | null)[] = [];
    while (tried.length < count) tried.push(await probe());
    return tried;
  };

  it('is what was refused least often, whatever stands before it', async () => {
    await accept(1, 3);
    expect(await probes(7)).toEqual(['1/1', '1/2', '1/3', '1/1', '1/2', '1/3', '1/1']);
  });

  it('is first of all what was never refused, in whichever broadcast it is', async () => {
    await accept(1, 1);
    expect(await probes(2)).toEqual(['1/1', '1/1']);
    await accept(2, 2);
    expect(await probes(3)).toEqual(['2/1', '2/2', '2/1']);
  });

  it('is nothing that is held back for people’s clocks, until that is over', async () => {
    await accept(1, 2, START_OF_TIME + 3000);
    await accept(2, 1);
    expect(await probes(3)).toEqual(['2/1', '2/1', '2/1']);
    expect(await probes(3)).toEqual(['1/1', '1/2', '1/1']);
  });

  it('is found without reading all that is due', async () => {
    await accept(1, 20);
    await probes(2);
    plans.forget();
    await probe();
    const plan = await plans.planOf(fixture.db, 'refusals', now);
    expect(plan).not.toMatch(/SCAN b\b|Seq Scan on batches/);
    // Of few rows PostgreSQL takes one index for as good as another.
    if (engine === 'postgres') return;
    for (const index of [/batches_free/, /batches_held_back/, /batches_refused/]) expect(plan).toMatch(index);
    expect(plan).not.toMatch(/batches_to_claim/);
  });
});
