import { type Kysely, sql } from 'kysely';
import type { BatchStatus } from '../../domain/states/batchState';
import { isFinal, BROADCAST_STATUSES, type BroadcastStatus } from '../../domain/states/broadcastState';
import { RECIPIENT_STATUSES, type RecipientStatus } from '../../domain/states/recipientState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { RECIPIENT_COLUMNS } from '../state/counts/counts';
import { dueForMs } from './dueForMs';

/** How everything stands at a moment, in counts. Times are milliseconds that have gone by; null where there is nothing. */
export type Stand = {
  /** Of those that have ended, `MOST_ENDED` of each status at most. */
  readonly broadcasts: readonly { readonly status: BroadcastStatus; readonly count: number }[];
  /** Of broadcasts that have not ended; `unconfirmed` and `held` of all. */
  readonly batches: Readonly<Record<OpenStatus, number>>;
  /** People of broadcasts that have not ended. */
  readonly recipients: Readonly<Record<RecipientStatus, number>>;
  /** How long the batch that may go has waited for which that is longest. */
  readonly dueForMs: number | null;
  /** How long the batch has waited that nobody knows the outcome of, and the one that waits for a person. */
  readonly unsettledForMs: Readonly<Record<Unsettled, number | null>>;
  /** People of whom reports say that they have a second text. */
  readonly textedTwice: number;
  /** Replies that a person has to read. */
  readonly replies: Waiting;
  /** Webhooks that are still to be delivered, `MOST_WEBHOOKS` at most. */
  readonly webhooks: Waiting;
  /** What the account had when it was last asked, in billionths, and when, since 1970; null where dispatch does not ask. */
  readonly balance: { readonly nanos: number; readonly readAt: number } | null;
};

export type Waiting = { readonly count: number; readonly oldestForMs: number | null };
type Unsettled = 'unconfirmed' | 'held';
type OpenStatus = Exclude<BatchStatus, 'sent' | 'cancelled'>;

export type StandStore = {
  /** A handful of index scans; 5 ms with 300,000 broadcasts that ended (SQLite). None reads more for broadcasts that have ended, nor for more people in one. */
  count(): Promise<Stand>;
};

/** Enough to see that there are many; all of them would cost more with every broadcast. */
const MOST_ENDED = 10_000;
const MOST_WEBHOOKS = 100_000;

const UNDER_WAY = BROADCAST_STATUSES.filter((status) => !isFinal(status));

export function createStandStore({ db, engine }: Pick<Database, 'db' | 'engine'>): StandStore {
  return {
    async count() {
      const { batches, recipients } = await countUnderWay(db);
      const unsettled = await countUnsettled(db, engine);
      return {
        broadcasts: await countBroadcasts(db),
        batches: { ...batches, unconfirmed: unsettled.unconfirmed.count, held: unsettled.held.count },
        recipients,
        dueForMs: await dueForMs(db, engine),
        unsettledForMs: { unconfirmed: unsettled.unconfirmed.oldestForMs, held: unsettled.held.oldestForMs },
        textedTwice: await countTextedTwice(db),
        replies: await countReplies(db, engine),
        webhooks: await countWebhooks(db, engine),
        balance: await readBalance(db),
      };
    },
  };
}

async function countBroadcasts(db: Kysely<Schema>): Promise<Stand['broadcasts']> {
  const counts = BROADCAST_STATUSES.map((status) => {
    // Literals: the planner then knows how many there are of each.
    const of = sql.lit(status);
    const which = isFinal(status)
      ? sql`(select 1 from broadcasts where status = ${of} limit ${sql.lit(MOST_ENDED)}) as counted`
      : sql`broadcasts where status = ${of}`;
    return sql`select ${of} as status, (select count(*) from ${which}) as count`;
  });
  const found = await sql<{ status: BroadcastStatus; count: Count }>`${sql.join(counts, sql` union all `)}`.execute(db);
  return found.rows.map(({ status, count }) => ({ status, count: Number(count) }));
}

const BATCHES = ['pending', 'sending', 'failed'] as const;

async function countUnderWay(db: Kysely<Schema>) {
  const columns = [
    ...BATCHES.map((status) => [status, `batches_${status}`] as const),
    ...RECIPIENT_STATUSES.map((status) => [`people_${status}`, RECIPIENT_COLUMNS[status]] as const),
  ].map(([name, column]) => sql`sum(${sql.ref(column)}) as ${sql.ref(name)}`);
  const found = await sql<Partial<Record<string, Count | null>>>`
    select ${sql.join(columns)} from broadcasts where status in (${sql.join(UNDER_WAY.map((status) => sql.lit(status)))})`.execute(
    db,
  );
  const [sums = {}] = found.rows;
  const numbers = <Name extends string>(names: readonly Name[], prefix = '') =>
    Object.fromEntries(names.map((name) => [name, Number(sums[`${prefix}${name}`] ?? 0)])) as Record<Name, number>;
  return { batches: numbers(BATCHES), recipients: numbers(RECIPIENT_STATUSES, 'people_') };
}

/** Also of broadcasts that were cancelled: what became of their calls is found out all the same. */
async function countUnsettled(db: Kysely<Schema>, engine: Engine): Promise<Record<Unsettled, Waiting>> {
  const found = await sql<{ status: Unsettled; count: Count; oldest: Count | null }>`
    select status, count(*) as count, ${engine.now} - min(unconfirmed_at) as oldest
    from batches where status in ('unconfirmed', 'held') group by status`.execute(db);
  const of = (status: Unsettled) => waiting(found.rows.find((row) => row.status === status));
  return { unconfirmed: of('unconfirmed'), held: of('held') };
}

async function countTextedTwice(db: Kysely<Schema>): Promise<number> {
  const found = await sql<{ people: Count | null }>`
    select sum(texted_twice) as people from broadcasts where texted_twice > 0`.execute(db);
  return Number(found.rows[0]?.people ?? 0);
}

async function countReplies(db: Kysely<Schema>, engine: Engine): Promise<Waiting> {
  const found = await sql<{ count: Count; oldest: Count | null }>`
    select count(*) as count, ${engine.now} - (
      select created_at from inbound_messages where needs_review = 1 order by inbound_key limit 1) as oldest
    from inbound_messages where needs_review = 1`.execute(db);
  return waiting(found.rows[0]);
}

/** What is told anew waits from then on. */
async function countWebhooks(db: Kysely<Schema>, engine: Engine): Promise<Waiting> {
  const found = await sql<{ count: Count; oldest: Count | null }>`
    select count(*) as count, ${engine.now} - (
      select case when tries = 0 then status_updated_at else created_at end
      from webhook_deliveries where status = 'pending' order by delivery_key limit 1) as oldest
    from (select 1 from webhook_deliveries where status = 'pending' limit ${sql.lit(MOST_WEBHOOKS)}) as counted`.execute(
    db,
  );
  return waiting(found.rows[0]);
}

async function readBalance(db: Kysely<Schema>): Promise<Stand['balance']> {
  const row = await db
    .selectFrom('pacing')
    .select(['budget_balance', 'budget_read_at'])
    .where('id', '=', 1)
    .executeTakeFirst();
  const [nanos, readAt] = [row?.budget_balance ?? null, row?.budget_read_at ?? null];
  return nanos === null || readAt === null ? null : { nanos, readAt };
}

/** PostgreSQL counts in numbers too large for JavaScript's, and has null for the sum of nothing. */
type Count = number | string;

/** A clock that was set back lets nothing wait for less than no time. */
const waiting = (row: { readonly count: Count; readonly oldest: Count | null } | undefined): Waiting => ({
  count: Number(row?.count ?? 0),
  oldestForMs: row === undefined || row.oldest === null ? null : Math.max(0, Number(row.oldest)),
});
