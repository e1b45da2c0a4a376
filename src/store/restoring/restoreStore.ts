import { sql } from 'kysely';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import { searchWaiting } from '../reading/waitingSearch';

/** What this store knows at the start of an instance; milliseconds since 1970, by the database's clock. */
export type KnownStand = {
  /** The last moment of which it knows what was sent. */
  readonly until: number;
  readonly now: number;
  /** The last broadcast that it has. */
  readonly lastKey: number;
  /** People who wait in batches to be sent. */
  readonly waiting: number;
  /** Whether all that waits is in doubt already, since nothing was sent after somebody said so. */
  readonly isInDoubt: boolean;
  /** When an instance last said that it runs. */
  readonly aliveAt: number;
};

export type RestoreStore = {
  /** Null where it knows of no moment yet. */
  stand(): Promise<KnownStand | null>;
  /** Notes that this store knows up to now what was sent. */
  beat(): Promise<void>;
  /** Who of these people wait in a batch that is to be sent, and are in no call whose outcome is unknown; at most so many. */
  waitingAmong(numbers: readonly string[], stand: KnownStand, most: number): Promise<string[]>;
  /** Some people of the batches that come next, of the broadcasts that have waited longest. */
  nextPeople(stand: KnownStand): Promise<string[]>;
  /** From now on, whatever waited then goes only once Plivo was asked whether it has it; nobody vouches for it any more. */
  doubt(stand: KnownStand): Promise<void>;
  /** Somebody knows that this store is no copy: what it knows counts as known for `VOUCHED_FOR_MS` from now on. */
  vouch(): Promise<void>;
  /** Whether somebody vouched for it, or an instance found it as known, after that moment. */
  isKnownAfter(moment: number): Promise<boolean>;
};

/** Calls that began so long before may still have been under way. */
const LONGEST_CALL_MS = 15 * 60_000;
/** An instance that waits finds it within seconds; one that has to be started has so long for it. */
export const VOUCHED_FOR_MS = 600_000;
const MOST_BROADCASTS = 5;
const PEOPLE_OF_EACH = 2;

export function createRestoreStore(database: Database): RestoreStore {
  const { db, engine } = database;
  return {
    async stand() {
      const found = await sql<{
        until: number | null;
        now: number;
        last_key: number;
        waiting: number;
        doubted: number | null;
        alive_at: number | null;
      }>`
        select ${engine.now} as now, coalesce(known.last_key, 0) as last_key,
          (select case when doubt_until >= coalesce(dispatched_until, alive_at) then doubt_from end
            from pacing where id = 1) as doubted,
          (select case when coalesce(dispatched_until, 0) > coalesce(alive_at, 0) and dispatched_until <= ${engine.now}
              then dispatched_until else alive_at end
            from pacing where id = 1) as alive_at,
          (select coalesce(sum(c.batches_pending * c.accepted / case when c.batches_total = 0 then 1 else c.batches_total end), 0)
            from broadcasts c where c.hidden is null and c.batches_pending > 0) as waiting,
          (select max(at) from (
            select coalesce(dispatched_until, alive_at) as at from pacing where id = 1
            union all select max(claimed_at) from batches where claimed_at is not null
            union all select created_at from broadcasts where broadcast_key = known.last_key) as times) as until
        from (select max(broadcast_key) as last_key from broadcasts) as known`.execute(db);
      const [row] = found.rows;
      if (row === undefined || row.until === null) return null;
      const { now, waiting, last_key: lastKey, doubted, alive_at: aliveAt } = row;
      const until = Math.min(doubted ?? now, row.until, now);
      return { until, now, lastKey, waiting, isInDoubt: doubted !== null, aliveAt: aliveAt ?? 0 };
    },

    async beat() {
      await sql`update pacing set dispatched_until = ${engine.now} where id = 1`.execute(db);
    },

    async waitingAmong(numbers, stand, most) {
      const found: string[] = [];
      const inCalls = await unknownAmong(database, numbers, stand);
      for (const number of numbers) {
        if (found.length >= most) break;
        if (!inCalls.has(number) && (await waits(database, number, stand))) found.push(number);
      }
      return found;
    },

    nextPeople: (stand) => nextPeople(database, stand),

    doubt: ({ until, now, lastKey }) =>
      inTransaction(db, async (tx) => {
        await sql`
          update pacing set doubt_from = ${until}, doubt_until = ${now}, doubt_key = ${lastKey},
            dispatched_until = case when dispatched_until > ${now} then ${now} else dispatched_until end
          where id = 1`.execute(tx);
        // Their calls may have been made again by the other store: its messages show until then.
        await sql`
          update batches set answered_at = ${now}
          where status in ('sending', 'unconfirmed', 'held') and broadcast_key <= ${lastKey}`.execute(tx);
        await record(tx, engine, {
          action: 'database.putBack',
          subject: 'database',
          details: { since: new Date(until).toISOString() },
        });
      }),

    vouch: () =>
      inTransaction(db, async (tx) => {
        await sql`update pacing set dispatched_until = ${engine.now} + ${VOUCHED_FOR_MS} where id = 1`.execute(tx);
        await record(tx, engine, { action: 'database.vouchedFor', subject: 'database' });
      }),

    async isKnownAfter(moment) {
      const found = await sql`select 1 from pacing where id = 1 and dispatched_until > ${moment}`.execute(db);
      return found.rows.length > 0;
    },
  };
}

async function unknownAmong(
  { db, engine }: Database,
  numbers: readonly string[],
  { until }: KnownStand,
): Promise<Set<string>> {
  const found = await sql<{ value: string }>`
    select n.value from ${engine.stringRows(numbers)} as n
    where exists (
      select 1 from broadcast_recipients r
      join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
      where (r.recipient_number = n.value or r.canonical_number = n.value)
        and b.claimed_at >= ${until - LONGEST_CALL_MS} and b.status in ('sending', 'unconfirmed', 'held')
        and b.plivo_message_uuids is null)`.execute(db);
  return new Set(found.rows.map(({ value }) => value));
}

async function waits(database: Database, number: string, { lastKey }: KnownStand): Promise<boolean> {
  const written = await sql`
    select 1 from broadcast_recipients r
    join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
    where (r.recipient_number = ${number} or r.canonical_number = ${number}) and b.status = 'pending'
      and r.status = 'queued' and r.broadcast_key <= ${lastKey} limit 1`.execute(database.db);
  if (written.rows.length > 0) return true;
  const places = await searchWaiting(database, number, { before: lastKey + 1 });
  for (const { broadcastKey, batch } of places) {
    const found = await sql`
      select 1 from batches where broadcast_key = ${broadcastKey} and number = ${batch} and status = 'pending'`.execute(
      database.db,
    );
    if (found.rows.length > 0) return true;
  }
  return false;
}

async function nextPeople({ db }: Database, { lastKey }: KnownStand): Promise<string[]> {
  const batches = await sql<{ broadcast_key: number; number: number; recipients: string | null }>`
    select b.broadcast_key, b.number, b.recipients from (
      select c.broadcast_key, (
        select min(number) from batches where broadcast_key = c.broadcast_key and status = 'pending') as number
      from broadcasts c
      where c.status in ('queued', 'processing') and c.batches_pending > 0 and c.broadcast_key <= ${lastKey}
      order by c.turn_at, c.broadcast_key limit ${MOST_BROADCASTS}
    ) as next join batches b on b.broadcast_key = next.broadcast_key and b.number = next.number`.execute(db);
  const people: string[] = [];
  for (const { broadcast_key: key, number, recipients } of batches.rows) {
    if (recipients !== null) people.push(...(JSON.parse(recipients) as string[]).slice(0, PEOPLE_OF_EACH));
    else
      people.push(
        ...(
          await sql<{ value: string }>`
            select recipient_number as value from broadcast_recipients
            where broadcast_key = ${key} and batch_number = ${number} and status = 'queued'
            order by position limit ${PEOPLE_OF_EACH}`.execute(db)
        ).rows.map(({ value }) => value),
      );
  }
  return [...new Set(people)];
}
