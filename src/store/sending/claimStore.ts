import { sql, type Transaction } from 'kysely';
import { backlogMs, untilRoom, type Pace, type Queue } from '../../domain/time/pacing';
import { nextOpening, parseQuietHours } from '../../domain/time/quietHours';
import { transitionBatch } from '../state/batchTransition';
import { CounterChanges, updateBroadcast } from '../state/counters';
import { inTransaction, type Database } from '../engine/database';
import { recipientsToText } from './claimRecipients';
import type { Engine } from '../engine/engine';
import type { BatchesTable, BroadcastsTable, Schema } from '../engine/schema';

/** A batch that its claimer, and nobody else, may now send. */
export type Claim = {
  readonly broadcastKey: number;
  readonly broadcastId: string;
  readonly number: number;
  readonly claimNumber: number;
  /** The try that is about to be made, from 1. */
  readonly attempt: number;
  readonly callbackToken: string;
  /** Whom to text: opted-out people are gone already. */
  readonly recipients: readonly string[];
  readonly text: string;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  /** What Plivo's queue is filled by, and the bill: parts of texts, or messages with media. */
  readonly units: number;
  /** The broadcast is this batch alone. */
  readonly isSingleCall: boolean;
};

export type ClaimOptions = {
  readonly owner: string;
  readonly leaseMs: number;
  /** Only broadcasts whose caller is waiting: all that may go while an account fault stops the others. */
  readonly onlyAwaited: boolean;
  /** What may wait with Plivo at most; null without a limit. */
  readonly pace: Pace | null;
  /** Who got the same text within this time is left out; 0 leaves nobody out. */
  readonly duplicateWindowMs: number;
};

/**
 * What came of looking for a batch: one that may now be sent; `emptied`: one that had nobody left to text was settled
 * without a call; `deferred`: one that met quiet hours waits for their end; `paced`: Plivo has as much waiting as it may.
 * Null when there is none.
 */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'emptied' | 'deferred' }
  | { readonly kind: 'paced'; readonly waitMs: number }
  | null;

export type ClaimStore = {
  /** Takes the next batch: of the broadcasts that can go on, that of the one that has waited longest. */
  claimNextBatch(options: ClaimOptions): Promise<ClaimResult>;
  /** Milliseconds until a batch that waits for its next try is due; null when none waits. */
  nextAttemptInMs(): Promise<number | null>;
};

/** Longest wait that a back-off can ask for; a later time can only come from a clock that was set back. */
const LONGEST_BACKOFF_MS = 60_000;

export function createClaimStore({ db, engine }: Database): ClaimStore {
  return {
    async claimNextBatch(options) {
      try {
        return await inTransaction(db, (tx) => claimNextBatch(tx, engine, options));
      } catch (error) {
        if (error instanceof StoppedMeanwhileError) return null;
        throw error;
      }
    },
    async nextAttemptInMs() {
      const found = await sql<{ wait: number | null }>`
        select min(case when b.not_before > b.next_attempt_at then b.not_before else b.next_attempt_at end)
          - ${engine.now} as wait
        from broadcasts c join batches b on b.broadcast_key = c.broadcast_key and b.status = 'pending'
        where c.status in ('queued', 'processing') and c.batches_pending > 0`.execute(db);
      const wait = found.rows[0]?.wait ?? null;
      return wait === null ? null : Math.min(Math.max(wait, 0), LONGEST_BACKOFF_MS);
    },
  };
}

/** Undoes a claim. */
class StoppedMeanwhileError extends Error {}

async function claimNextBatch(tx: Transaction<Schema>, engine: Engine, options: ClaimOptions): Promise<ClaimResult> {
  const next = await pickBatch(tx, engine, options.onlyAwaited);
  if (next === null) return null;
  const { batch, broadcast, now, queue } = next;
  const ref = { broadcastKey: batch.broadcast_key, number: batch.number };
  const opening = openingOf(batch, broadcast, now);
  if (opening > now) {
    await deferBatches(tx, engine, batch, opening);
    return { kind: 'deferred' };
  }
  const units = batch.size * broadcast.segments_per_message;
  // With the clock set back, taking the slot brings the queue in line with it.
  const isKnown = now >= queue.writtenAt;
  const waitMs = options.pace === null || !isKnown ? 0 : untilRoom(options.pace, units, backlogMs(queue, now));
  if (waitMs > 0) return { kind: 'paced', waitMs };
  const changes = new CounterChanges();

  const guard = { textHash: broadcast.text_hash, duplicateWindowMs: options.duplicateWindowMs };
  const recipients = await recipientsToText(tx, engine, ref, { waiting: batch.recipients, guard, changes });

  const claimNumber = batch.claim_number + 1;
  await transitionBatch(tx, engine, ref, 'claim', changes, {
    recipients: null,
    claim_number: claimNumber,
    attempts: batch.attempts + 1,
    lease_owner: options.owner,
    lease_expires_at: sql<number>`${engine.now} + ${options.leaseMs}`,
    lease_ms: options.leaseMs,
    claimed_at: engine.now,
    called_at: null,
    answered_at: null,
    messages_taken: null,
  });
  if (recipients.length === 0) await transitionBatch(tx, engine, ref, 'accept', changes);
  const status = await updateBroadcast(tx, engine, ref.broadcastKey, { changes, event: 'start' });
  // Paused or cancelled since the batch was picked; the row is locked now, so this is the last word.
  if (status === 'paused' || status === 'cancelled') throw new StoppedMeanwhileError();
  if (recipients.length === 0) return { kind: 'emptied' };

  const hasOwnOrigin = batch.sender !== null || batch.powerpack_uuid !== null;
  const { sender, powerpack_uuid: powerpackUuid } = hasOwnOrigin ? batch : broadcast;
  const claim: Claim = {
    ...ref,
    claimNumber,
    recipients,
    sender,
    powerpackUuid,
    broadcastId: broadcast.id,
    attempt: batch.attempts + 1,
    callbackToken: batch.callback_token,
    text: broadcast.message_text,
    expirySeconds: broadcast.expiry_seconds,
    mediaUrls: broadcast.media_urls === null ? null : (JSON.parse(broadcast.media_urls) as string[]),
    units: recipients.length * broadcast.segments_per_message,
    isSingleCall: broadcast.batches_total === 1,
  };
  return { kind: 'claimed', claim };
}

/** When the quiet hours of the batch's people end, or now. */
function openingOf(batch: BatchesTable, { quiet_hours: quietHours }: Candidate['broadcast'], now: number): number {
  const hours = quietHours === null ? null : parseQuietHours(quietHours);
  if (hours === null || batch.zones === null) return now;
  return nextOpening(hours, JSON.parse(batch.zones) as string[], now);
}

/** Quiet hours have begun: all that waits for people of the same zones waits for their end. */
async function deferBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  batch: BatchesTable,
  until: number,
): Promise<void> {
  const skipLocked = engine.kind === 'postgres' ? sql`for update skip locked` : sql``;
  const deferred = await sql`
    update batches set not_before = ${until}
    where broadcast_key = ${batch.broadcast_key} and number in (
      select number from batches
      where broadcast_key = ${batch.broadcast_key} and status = 'pending' and zones = ${batch.zones} ${skipLocked})`.execute(
    tx,
  );
  await sql`
    update broadcasts set held_until = cast(${until} as bigint), held_batches = ${Number(deferred.numAffectedRows ?? 0)}
      + case when held_until = ${until} then held_batches else 0 end
    where broadcast_key = ${batch.broadcast_key} and coalesce(held_until, 0) <= ${until}`.execute(tx);
}

type Candidate = {
  batch: BatchesTable;
  broadcast: Omit<BroadcastsTable, 'broadcast_key'>;
  now: number;
  queue: Queue;
};

async function pickBatch(tx: Transaction<Schema>, engine: Engine, onlyAwaited: boolean): Promise<Candidate | null> {
  const picked = await (engine.kind === 'postgres' ? pickPostgres : pickSqlite)(engine, onlyAwaited).execute(tx);
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
  return { batch, broadcast, now: ref.now, queue: { freeAt: ref.queue_free_at, writtenAt: ref.queue_written_at } };
}

type PickedBatch = {
  broadcast_key: number;
  number: number;
  now: number;
  queue_free_at: number;
  queue_written_at: number;
};

const queueColumns = sql.raw(`
  (select queue_free_at from pacing where id = 1) as queue_free_at,
  (select queue_written_at from pacing where id = 1) as queue_written_at`);

const isDue = (engine: Engine) =>
  sql`(b.next_attempt_at <= ${engine.now} or b.next_attempt_at > ${engine.now} + ${LONGEST_BACKOFF_MS})
      and (b.not_before is null or b.not_before <= ${engine.now})`;

const mayGo = (engine: Engine, onlyAwaited: boolean) =>
  sql`c.status in ('queued', 'processing') and c.batches_pending > 0
      ${onlyAwaited ? sql`and c.waiting_until > ${engine.now}` : sql``}`;

// Walks the broadcasts in the order of their turns by an index and stops at the first that has a batch due.
const pickSqlite = (engine: Engine, onlyAwaited: boolean) => sql<PickedBatch>`
  select broadcast_key, number, ${engine.now} as now, ${queueColumns} from (
    select c.broadcast_key, c.turn_at,
      (select b.number from batches b
       where b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${isDue(engine)}
       order by b.number limit 1) as number
    from broadcasts c where ${mayGo(engine, onlyAwaited)}
  ) where number is not null order by turn_at, broadcast_key limit 1`;

// Two instances never wait for each other here: what one has locked, the other passes over.
const pickPostgres = (engine: Engine, onlyAwaited: boolean) => sql<PickedBatch>`
  select d.broadcast_key, d.number, ${engine.now} as now, ${queueColumns}
  from broadcasts c
  cross join lateral (
    select b.broadcast_key, b.number from batches b
    where b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${isDue(engine)}
    order by b.number limit 1
    for update skip locked
  ) d
  where ${mayGo(engine, onlyAwaited)}
  order by c.turn_at, c.broadcast_key limit 1`;
