import { sql } from 'kysely';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { CLAIM, START_OF_TIME, claimNext, openStoreFixture, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import { isStorageUnavailable } from '../../../src/store/engine/storageErrors';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const ANSWER = { apiId: 'api', message: 'message(s) queued', messageUuids: ['u-1', 'u-2'], invalidNumbers: [] };

describe.each(ENGINES)('a batch that cannot be claimed, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  const look = () => fixture.store.claims.claimNextBatch(CLAIM);
  /** What is wrong with the next batch, as it is told. */
  const failure = async (): Promise<Error> => {
    const told: unknown = await look().catch((error: unknown) => error);
    if (!(told instanceof Error)) throw new Error(`It could be claimed: ${JSON.stringify(told)}`);
    return told;
  };
  const keyOf = async (id: string) => (await fixture.store.broadcasts.find(id))!.broadcastKey;
  const writeRecipients = (text: string) =>
    sql`update batches set recipients = ${text} where broadcast_key = 1 and number = 1`.execute(fixture.db);
  const trouble = async (id: string) => await fixture.store.broadcasts.batchesInTrouble(await keyOf(id), 100);

  it('stops no other batch, of its broadcast or of others', async () => {
    const damaged = await fixture.accept(numbers(6), 2);
    const other = await fixture.accept(numbers(4, 100), 2);
    await writeRecipients('["+1415555');
    fixture.setClock(START_OF_TIME + 1);
    const { message } = await failure();
    expect(message).toContain(damaged);
    expect(message).toContain('batch 1');
    const claims: [string, number][] = [];
    for (let claim = await claimNext(fixture.store); claim !== null; claim = await claimNext(fixture.store))
      claims.push([claim.broadcastId, claim.number]);
    // It is the other's turn.
    expect(claims[0]).toEqual([other, 1]);
    expect(claims.sort()).toEqual([
      [damaged, 2],
      [damaged, 3],
      [other, 1],
      [other, 2],
    ]);
    await expectNobodyMissing(fixture.store, other);
  });

  it('is tried again, less and less often, and goes when it can', async () => {
    const id = await fixture.accept(numbers(2), 2);
    await writeRecipients('no list');
    const waits: number[] = [];
    for (let now = START_OF_TIME; waits.length < 16;) {
      await failure();
      const { next } = await fixture.db
        .selectFrom('batches')
        .select('next_attempt_at as next')
        .executeTakeFirstOrThrow();
      waits.push((next - now) / SECOND);
      fixture.setClock(next - 1);
      expect(await look()).toBeNull();
      fixture.setClock((now = next));
    }
    expect(waits.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
    expect(waits.slice(-4)).toEqual([HOUR, HOUR, HOUR, HOUR].map((ms) => ms / SECOND));
    await writeRecipients(JSON.stringify(numbers(2)));
    const claim = await claimNext(fixture.store);
    expect(claim).toMatchObject({ broadcastId: id, attempt: 1, recipients: numbers(2) });
    expect(await trouble(id)).toEqual([]);
    expect(await fixture.store.settling.recordAccepted(claim!, ANSWER)).toBe(true);
    expect(await fixture.store.broadcasts.find(id)).toMatchObject({ status: 'completed' });
    await expectNobodyMissing(fixture.store, id);
  });

  it('is shown among the errors of its broadcast, without anything that it holds', async () => {
    const id = await fixture.accept(numbers(4), 2);
    await writeRecipients(`${JSON.stringify(numbers(2))} and more`);
    await failure();
    expect(await trouble(id)).toMatchObject([
      { number: 1, status: 'pending', attempts: 0, error: { code: 'claim_failed', status: null } },
    ]);
    expect((await trouble(id))[0]!.error!.reason).not.toMatch(/\d{4}/);
    await fixture.store.control.cancel(id);
    expect(await trouble(id)).toEqual([]);
  });

  it.each<[what: string, damage: ReturnType<typeof sql>]>([
    ['quiet hours that cannot be read', sql`update broadcasts set quiet_hours = 'at night' where broadcast_key = 1`],
    ['media that cannot be read', sql`update broadcasts set media_urls = '[' where broadcast_key = 1`],
    ['zones that cannot be read', sql`update batches set zones = 'London' where broadcast_key = 1`],
    ['zones that nobody knows', sql`update batches set zones = '["Europe/Atlantis"]' where broadcast_key = 1`],
    [
      'people who are in another batch, too',
      sql`update batches set recipients = ${JSON.stringify(numbers(2))} where broadcast_key = 1 and number = 2`,
    ],
  ])('may have %s', async (_what, damage) => {
    const id = await fixture.accept(numbers(4), 2);
    const other = await fixture.accept(numbers(1, 100), 1);
    await sql`update broadcasts set quiet_hours = '21:00-08:00' where broadcast_key = 1`.execute(fixture.db);
    await sql`update batches set zones = '["Europe/London"]' where broadcast_key = 1`.execute(fixture.db);
    await damage.execute(fixture.db);
    const claimed: string[] = [];
    const failures: string[] = [];
    for (let looks = 0; looks < 5; looks++) {
      const result = await look().catch((error: unknown) => String(error));
      if (typeof result === 'string') failures.push(result);
      else if (result?.kind === 'claimed') claimed.push(result.claim.broadcastId);
    }
    expect(claimed).toContain(other);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((told) => !told.includes(id))).toEqual([]);
  });

  it('is not put aside for what the database cannot do at present', async () => {
    const people = numbers(1000);
    const id = await fixture.accept(people, 1000);
    const disk = engine === 'sqlite' ? fullSqlite : fullPostgres;
    await disk.fill.execute(fixture.db);
    expect(isStorageUnavailable(await failure())).toBe(true);
    await disk.free.execute(fixture.db);
    expect(await trouble(id)).toEqual([]);
    expect((await claimNext(fixture.store))?.recipients).toEqual(people);
  });
});

/** No disk is filled: SQLite is told that it is, and PostgreSQL says so. */
const fullSqlite = { fill: sql`pragma max_page_count = 1`, free: sql`pragma max_page_count = 1000000` };
const fullPostgres = {
  fill: sql`
    create function fill_up() returns trigger language plpgsql as $$
      begin raise exception 'no space left' using errcode = '53100'; end $$;
    create trigger full_disk before insert on broadcast_recipients for each statement execute function fill_up()`,
  free: sql`drop trigger full_disk on broadcast_recipients`,
};
