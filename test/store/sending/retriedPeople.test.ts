import { sql } from 'kysely';
import type { NewBroadcast } from '../../../src/store/accepting/broadcastInsert';
import type { NewRetry } from '../../../src/store/accepting/retryTaking';
import { numbers } from '../../support/client';
import { ENGINES } from '../../support/testDatabase';
import {
  claimAllAtOnce,
  claimNext,
  newBroadcast,
  openStoreFixture,
  START_OF_TIME,
  type StoreFixture,
} from '../../support/storeFixture';

const DAY_MS = 86_400_000;
const people = numbers(4);
const error = { code: '300', status: 400, reason: 'refused' };

describe.each(ENGINES)('people who are retried, on %s', (engine) => {
  let fixture: StoreFixture;
  let root: string;
  let ids: number;
  beforeEach(async () => {
    ids = 100;
    fixture = await openStoreFixture(engine, { plansAsWithMany: true });
    root = await fixture.accept(people, 2);
    for (let batch = 0; batch < 2; batch++)
      await fixture.store.settling.recordRefusedForGood((await claimNext(fixture.store))!, error, { pauseAt: 0 });
  });
  afterEach(() => fixture.close());

  const keyOf = async (id: string) =>
    (await fixture.db.selectFrom('broadcasts').select('broadcast_key').where('id', '=', id).executeTakeFirstOrThrow())
      .broadcast_key;
  /** Those at these places of the root, who are texted by these numbers. */
  const retryOf = async (places: readonly (readonly [number, number])[], texted: readonly string[]) => {
    const ofKey = await keyOf(root);
    const rows = places.map(([batch, position]) => ({ batch, position }));
    const retry: NewRetry = { of: root, ofKey, rootKey: ofKey, statuses: ['failed'], people: rows };
    const id = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
    return { ...newBroadcast(id, texted, 1), retry };
  };
  const accept = (broadcast: NewBroadcast) => fixture.store.accepting.accept(broadcast);
  const removeAll = async () => {
    while (await fixture.store.retention.removeSome(DAY_MS));
  };
  const EVERYBODY = [
    [1, 0],
    [1, 1],
    [2, 0],
    [2, 1],
  ] as const;

  it('have one text where two retries have them under two entries and are claimed at the same moment', async () => {
    const [person = ''] = people;
    for (const places of [[[1, 0]], [[1, 1]], [[2, 0]]] as const)
      expect(await accept(await retryOf(places, [person]))).toEqual({ kind: 'created' });
    const claims = await claimAllAtOnce(fixture.store, 3);
    expect(claims.flatMap(({ recipients }) => recipients)).toEqual([person]);
  });

  it('who are read twice make the retry look again, and nobody is taken', async () => {
    const twice = await retryOf([...EVERYBODY, [1, 1]], people);
    expect(await accept(twice)).toEqual({ kind: 'notRetried', why: 'outdated' });
    expect(await accept(await retryOf(EVERYBODY, people))).toEqual({ kind: 'created' });
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['was cancelled before anything of it went', (id) => fixture.store.control.cancel(id)],
    [
      'failed entirely',
      async (id) => {
        await sql`update broadcasts set idempotency_key = 'k', request_hash = 'h' where id = ${id}`.execute(fixture.db);
        for (let claim = await claimNext(fixture.store); claim !== null; claim = await claimNext(fixture.store))
          await fixture.store.settling.recordRefusedForGood(claim, error, { pauseAt: 0 });
      },
    ],
    [
      'never came to be whole',
      (id) => sql`update broadcasts set hidden = 'leaving', arriving_until = 0 where id = ${id}`.execute(fixture.db),
    ],
  ])('are free again when the retry that %s is gone', async (_, end) => {
    const first = await retryOf(EVERYBODY, people);
    expect(await accept(first)).toEqual({ kind: 'created' });
    await end(first.id);
    // The broadcast itself is kept.
    await sql`update broadcasts set processed_at = ${START_OF_TIME + 9 * DAY_MS} where id = ${root}`.execute(
      fixture.db,
    );
    fixture.setClock(START_OF_TIME + 2 * DAY_MS);
    await removeAll();
    expect(await fixture.db.selectFrom('broadcasts').select('id').execute()).toEqual([{ id: root }]);
    expect(await fixture.db.selectFrom('retried_texts').selectAll().execute()).toEqual([]);
    expect(await accept(await retryOf(EVERYBODY, people))).toEqual({ kind: 'created' });
  });
});
