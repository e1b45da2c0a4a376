import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Origin } from '../../domain/plan/senders';
import type { Queue } from '../../domain/time/pacing';
import { waitsForNoCanary } from '../state/counts/canaryCounts';
import type { Engine } from '../engine/engine';
import type { BatchesTable, BroadcastsTable, Schema } from '../engine/schema';

/** A batch that is due, locked on PostgreSQL, with all that a claim needs to know of it. */
export type Candidate = {
  readonly batch: BatchesTable;
  readonly broadcast: Omit<BroadcastsTable, 'broadcast_key'>;
  readonly now: number;
  /** What Plivo has waiting for the account. */
  readonly queue: Queue;
  /** What this store, a copy that was put back, does not know of; null where it knows all. */
  readonly doubt: Doubt | null;
};

/** A batch of a broadcast up to `key` that was last claimed at `from`, or never, may have been sent by the store it was copied from. */
export type Doubt = { readonly from: number; readonly key: number };

/** Since when the batch may have been sent without this store's knowing; null where it knows. */
export const doubtedSince = ({ batch, doubt }: Pick<Candidate, 'batch' | 'doubt'>): number | null =>
  doubt !== null && batch.broadcast_key <= doubt.key && (batch.claimed_at ?? 0) <= doubt.from ? doubt.from : null;

/** Who the batch's texts come from. */
export function originOf({ batch, broadcast }: Pick<Candidate, 'batch' | 'broadcast'>): Origin {
  const hasOwn = batch.sender !== null || batch.powerpack_uuid !== null;
  const { sender, powerpack_uuid: powerpackUuid } = hasOwn ? batch : broadcast;
  return powerpackUuid === null ? { sender: sender ?? '' } : { powerpackUuid };
}

/** What is billed for so many people of the batch. */
export const unitsOf = ({ batch, broadcast }: Pick<Candidate, 'batch' | 'broadcast'>, people: number): number =>
  people * (batch.segments ?? broadcast.segments_per_message);

export type CandidateQuery = {
  readonly onlyAwaited: boolean;
  /** Batches that Plivo has refused less often go first: what is refused by itself must not take every turn of a probe. */
  readonly freshFirst: boolean;
  /** Whose turn it is not, whatever they have due. */
  readonly except: Passed;
};

/** Keys of broadcasts, and senders or uuids of Powerpacks: of all broadcasts, or of one alone. */
export type Passed = {
  readonly broadcasts: readonly number[];
  readonly senders: readonly string[];
  readonly shares: readonly { readonly broadcastKey: number; readonly sender: string }[];
};

/** Longest waits that can be asked for, after a failed claim and else; a later time comes from a clock that was set back. */
export const LONGEST_WAIT_AFTER_FAILURE_MS = 3_600_000;
export const LONGEST_BACKOFF_MS = 60_000;

/** Of the broadcasts that can go on, the next batch of the one that has waited longest; null where none is due. */
export async function pickCandidate(
  tx: Transaction<Schema>,
  engine: Engine,
  query: CandidateQuery,
): Promise<Candidate | null> {
  const picked = await (engine.kind === 'postgres' ? pickPostgres : pickSqlite)(engine, query).execute(tx);
  const ref = picked.rows[0];
  if (ref === undefined) return null;
  const batch = await tx
    .selectFrom('batches')
    .selectAll()
    .where('broadcast_key', '=', ref.broadcast_key)
    .where('number', '=', ref.number)
    .executeTakeFirstOrThrow();
  const broadcast = await tx
    .selectFrom('broadcasts')
    .selectAll()
    .where('broadcast_key', '=', ref.broadcast_key)
    .executeTakeFirstOrThrow();
  const { now, queue_free_at: freeAt, queue_written_at: writtenAt, doubt_from: from, doubt_key: key } = ref;
  const doubt = from === null || key === null ? null : { from, key };
  return { batch, broadcast, now, queue: { freeAt, writtenAt }, doubt };
}

type PickedBatch = {
  broadcast_key: number;
  number: number;
  now: number;
  queue_free_at: number;
  queue_written_at: number;
  doubt_from: number | null;
  doubt_key: number | null;
};

const queueColumns = sql.raw(`
  (select queue_free_at from pacing where id = 1) as queue_free_at,
  (select queue_written_at from pacing where id = 1) as queue_written_at,
  (select doubt_from from pacing where id = 1) as doubt_from,
  (select doubt_key from pacing where id = 1) as doubt_key`);

/** The broadcast `c` is one call, and its caller waits to be told. */
export const isAwaited = (engine: Engine) => sql`(c.waiting_until > ${engine.now} and c.batches_total = 1)`;

const isToBeTried = (engine: Engine) =>
  sql`(b.next_attempt_at <= ${engine.now} or b.next_attempt_at > ${engine.now}
        + case when b.claim_failures > 0 then ${sql.lit(LONGEST_WAIT_AFTER_FAILURE_MS)} else ${sql.lit(LONGEST_BACKOFF_MS)} end)`;

const mayGo = (engine: Engine, { onlyAwaited, except }: CandidateQuery) =>
  sql`c.status in ('queued', 'processing') and c.batches_pending > 0
      ${onlyAwaited ? sql`and ${isAwaited(engine)}` : sql``}
      ${except.broadcasts.length > 0 ? sql`and c.broadcast_key not in (${sql.join(except.broadcasts)})` : sql``}`;

const SENDER = sql`coalesce(b.sender, b.powerpack_uuid, c.sender, c.powerpack_uuid)`;

/** It is the turn of a sender: of that of the batch `b`, unless another is named. */
const isHeard = ({ except: { senders, shares } }: CandidateQuery, sender = SENDER) => sql`
  ${senders.length > 0 ? sql`and ${sender} not in (${sql.join(senders)})` : sql``}
  ${shares.length > 0 ? sql`and (c.broadcast_key, ${sender}) not in (values ${sql.join(shares.map(shareRow))})` : sql``}`;

// As rows, of which there may be any number; a chain of conditions may not be so long.
const shareRow = ({ broadcastKey, sender }: Passed['shares'][number]) =>
  sql`(cast(${broadcastKey} as bigint), cast(${sender} as text))`;

const REFUSALS = sql`
  (select b.refusals from batches b where b.broadcast_key = d.broadcast_key and b.number = d.number)`;

/** Somebody's turn is passed over, and not all that is due is read, as a probe does. */
const isBySender = ({ freshFirst, except: { senders, shares } }: CandidateQuery) =>
  !freshFirst && senders.length + shares.length > 0;

// Walks the broadcasts in the order of their turns by an index and stops at the first that has a batch due.
const pickSqlite = (engine: Engine, query: CandidateQuery) => sql<PickedBatch>`
  select broadcast_key, number, ${engine.now} as now, ${queueColumns} from (
    select c.broadcast_key, c.turn_at, ${isBySender(query) ? firstBySender(engine, query) : firstOf(engine, query)} as number
    from broadcasts c where ${mayGo(engine, query)}
  ) as d where number is not null
  order by ${query.freshFirst ? sql`${REFUSALS}, ` : sql``} turn_at, broadcast_key limit 1`;

const waitsAtAll = (engine: Engine) => sql`
  b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${waitsForNoCanary} and ${isToBeTried(engine)}`;
const waits = (engine: Engine) => sql`
  ${waitsAtAll(engine)} and (b.not_before is null or b.not_before <= ${engine.now})`;

/** The next one that nothing holds back, and the next of those that are held back no longer: an index leads to each. */
const waitsFree = (engine: Engine) => sql`${waitsAtAll(engine)} and b.not_before is null`;
const waitedLong = (engine: Engine) => sql`${waitsAtAll(engine)} and b.not_before <= ${engine.now}`;

const NEVER_REFUSED = sql`and b.refusals = 0`;
/** An index leads to these, too: there are as many as there were calls, and a probe must not read a million to find them. */
const wasRefused = (engine: Engine) => sql`${waits(engine)} and b.refusals > 0`;
const LEAST_REFUSED = sql`b.refusals, b.number`;

const firstOf = (engine: Engine, query: CandidateQuery) =>
  query.freshFirst
    ? sql`coalesce(${firstHeard(engine, sql`${isHeard(query)} ${NEVER_REFUSED}`)}, (
        select b.number from batches b where ${wasRefused(engine)} ${isHeard(query)} order by ${LEAST_REFUSED} limit 1))`
    : firstHeard(engine, isHeard(query));

const firstHeard = (engine: Engine, which: RawBuilder<unknown>) => sql`
  (select min(number) from (
    select * from (
      select b.number from batches b where ${waitsFree(engine)} ${which} order by b.number limit 1) as free
    union all
    select * from (
      select b.number from batches b where ${waitedLong(engine)} ${which} order by b.not_before, b.number limit 1) as held
  ) as first)`;

/** A sender `s` of a broadcast `c` of several, whose turn it is, and its next batch: both are found by an index. */
const isHeardSender = (query: CandidateQuery) => sql`
  s.broadcast_key = c.broadcast_key and s.batches_pending > 0 ${isHeard(query, sql`s.sender`)}`;
// SQLite uses an index of an expression for what has no affinity, which a column has.
const isOfSender = sql`
  coalesce(b.sender, b.powerpack_uuid) = s.sender || '' and coalesce(b.sender, b.powerpack_uuid) is not null`;
const hasSenders = sql`exists (select 1 from broadcast_senders o where o.broadcast_key = c.broadcast_key)`;
const OWN_SENDER = sql`coalesce(c.sender, c.powerpack_uuid)`;

const firstBySender = (engine: Engine, query: CandidateQuery) => sql`
  case when ${hasSenders} then (
    select min((select b.number from batches b where ${waits(engine)} and ${isOfSender} order by b.number limit 1))
    from broadcast_senders s where ${isHeardSender(query)})
  else ${firstHeard(engine, isHeard(query, OWN_SENDER))} end`;

// Two instances never wait for each other here: what one has locked, the other passes over.
const pickPostgres = (engine: Engine, query: CandidateQuery) => sql<PickedBatch>`
  select d.broadcast_key, d.number, ${engine.now} as now, ${queueColumns}
  from broadcasts c
  cross join lateral (${isBySender(query) ? lockedBySender(engine, query) : lockedOf(engine, query, isHeard(query))}) d
  where ${mayGo(engine, query)}
  order by ${query.freshFirst ? sql`d.refusals, ` : sql``} c.turn_at, c.broadcast_key, d.number limit 1`;

const locked = (which: RawBuilder<unknown>, inOrder: RawBuilder<unknown>) => sql`
  select b.broadcast_key, b.number, b.refusals from batches b where ${which}
  order by ${inOrder} limit 1 for update skip locked`;

const lockedOf = (engine: Engine, query: CandidateQuery, which: RawBuilder<unknown>) =>
  query.freshFirst
    ? sql`${lockedFirst(engine, sql`${which} ${NEVER_REFUSED}`)}
      union all
      select * from (${locked(sql`${wasRefused(engine)} ${which}`, LEAST_REFUSED)}) as refused`
    : lockedFirst(engine, which);

const lockedFirst = (engine: Engine, which: RawBuilder<unknown>) => sql`
  select * from (${locked(sql`${waitsFree(engine)} ${which}`, sql`b.number`)}) as free
  union all
  select * from (${locked(sql`${waitedLong(engine)} ${which}`, sql`b.not_before, b.number`)}) as held`;

const lockedOfSender = (engine: Engine) => locked(sql`${waits(engine)} and ${isOfSender}`, sql`b.number`);

const lockedBySender = (engine: Engine, query: CandidateQuery) => sql`
  select * from (${lockedOf(engine, query, sql`and not ${hasSenders} ${isHeard(query, OWN_SENDER)}`)}) as own
  union all
  select f.* from broadcast_senders s
  cross join lateral (${lockedOfSender(engine)}) f
  where ${isHeardSender(query)}`;
