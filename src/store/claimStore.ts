import { sql, type Transaction } from 'kysely';
import { transitionBatch } from './batchTransition';
import { CounterChanges, updateBroadcast } from './counters';
import { inTransaction, type Database } from './database';
import type { Engine } from './engine';
import type { BatchesTable, BroadcastsTable, Schema } from './schema';

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
  /** The broadcast is this batch alone. */
  readonly isSingleCall: boolean;
};

export type ClaimOptions = {
  readonly owner: string;
  readonly leaseMs: number;
  /** Only broadcasts whose caller is waiting: all that may go while an account fault stops the others. */
  readonly onlyAwaited: boolean;
};

export type ClaimStore = {
  /**
   * Takes the next batch: of the broadcasts that can go on, the one that has waited longest. Null when there is none;
   * 'emptied' when the batch had nobody left to text and was settled without a call.
   */
  claimNextBatch(options: ClaimOptions): Promise<Claim | 'emptied' | null>;
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
        select min(b.next_attempt_at) - ${engine.now} as wait
        from broadcasts c join batches b on b.broadcast_key = c.broadcast_key and b.status = 'pending'
        where c.status in ('queued', 'processing') and c.batches_pending > 0`.execute(db);
      const wait = found.rows[0]?.wait ?? null;
      return wait === null ? null : Math.min(Math.max(wait, 0), LONGEST_BACKOFF_MS);
    },
  };
}

/** Undoes a claim. */
class StoppedMeanwhileError extends Error {}

async function claimNextBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  options: ClaimOptions,
): Promise<Claim | 'emptied' | null> {
  const next = await pickBatch(tx, engine, options.onlyAwaited);
  if (next === null) return null;
  const { batch, broadcast } = next;
  const ref = { broadcastKey: batch.broadcast_key, number: batch.number };
  const changes = new CounterChanges();

  const recipients =
    batch.recipients === null
      ? await recipientsStillToText(tx, engine, ref, changes)
      : await writeRecipients(tx, engine, ref, JSON.parse(batch.recipients) as string[], changes);

  const claimNumber = batch.claim_number + 1;
  await transitionBatch(tx, engine, ref, 'claim', changes, {
    recipients: null,
    claim_number: claimNumber,
    attempts: batch.attempts + 1,
    lease_owner: options.owner,
    lease_expires_at: sql<number>`${engine.now} + ${options.leaseMs}`,
    claimed_at: engine.now,
  });
  if (recipients.length === 0) await transitionBatch(tx, engine, ref, 'accept', changes);
  const status = await updateBroadcast(tx, engine, ref.broadcastKey, { changes, event: 'start' });
  // Paused or cancelled since the batch was picked; the row is locked now, so this is the last word.
  if (status === 'paused' || status === 'cancelled') throw new StoppedMeanwhileError();
  if (recipients.length === 0) return 'emptied';

  return {
    ...ref,
    claimNumber,
    recipients,
    broadcastId: broadcast.id,
    attempt: batch.attempts + 1,
    callbackToken: batch.callback_token,
    text: broadcast.message_text,
    sender: broadcast.sender,
    powerpackUuid: broadcast.powerpack_uuid,
    expirySeconds: broadcast.expiry_seconds,
    isSingleCall: broadcast.batches_total === 1,
  };
}

type Candidate = { batch: BatchesTable; broadcast: Omit<BroadcastsTable, 'broadcast_key'> };

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
  return { batch, broadcast };
}

type PickedBatch = { broadcast_key: number; number: number };

const isDue = (engine: Engine) =>
  sql`(b.next_attempt_at <= ${engine.now} or b.next_attempt_at > ${engine.now} + ${LONGEST_BACKOFF_MS})`;

const mayGo = (engine: Engine, onlyAwaited: boolean) =>
  sql`c.status in ('queued', 'processing') and c.batches_pending > 0
      ${onlyAwaited ? sql`and c.waiting_until > ${engine.now}` : sql``}`;

// Walks the broadcasts in the order of their turns by an index and stops at the first that has a batch due.
const pickSqlite = (engine: Engine, onlyAwaited: boolean) => sql<PickedBatch>`
  select broadcast_key, number from (
    select c.broadcast_key, c.turn_at,
      (select b.number from batches b
       where b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${isDue(engine)}
       order by b.number limit 1) as number
    from broadcasts c where ${mayGo(engine, onlyAwaited)}
  ) where number is not null order by turn_at, broadcast_key limit 1`;

// Two instances never wait for each other here: what one has locked, the other passes over.
const pickPostgres = (engine: Engine, onlyAwaited: boolean) => sql<PickedBatch>`
  select d.broadcast_key, d.number
  from broadcasts c
  cross join lateral (
    select b.broadcast_key, b.number from batches b
    where b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${isDue(engine)}
    order by b.number limit 1
    for update skip locked
  ) d
  where ${mayGo(engine, onlyAwaited)}
  order by c.turn_at, c.broadcast_key limit 1`;

/** First claim: writes one row per recipient, leaving out of the call who has opted out since. */
async function writeRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: { broadcastKey: number; number: number },
  numbers: readonly string[],
  changes: CounterChanges,
): Promise<string[]> {
  const optedOut = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(numbers)} as r
    where exists (select 1 from opt_outs o where o.recipient_number = r.value)`.execute(tx);
  const gone = optedOut.rows.map((row) => row.value);
  const status =
    gone.length === 0
      ? sql`'queued'`
      : sql`case when r.value in (select value from ${engine.stringRows(gone)} as g) then 'optedOut' else 'queued' end`;
  await sql`
    insert into broadcast_recipients (broadcast_key, batch_number, position, recipient_number, status, status_updated_at)
    select ${ref.broadcastKey}, ${ref.number}, r.position, r.value, ${status}, ${engine.now}
    from ${engine.stringRows(numbers)} as r`.execute(tx);
  changes.moveRecipients('queued', 'optedOut', gone.length);
  const isGone = new Set(gone);
  return numbers.filter((number) => !isGone.has(number));
}

/** A later claim: the rows are there; those still queued go, less who has opted out since. */
async function recipientsStillToText(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: { broadcastKey: number; number: number },
  changes: CounterChanges,
): Promise<string[]> {
  const optedOut = await sql`
    update broadcast_recipients set status = 'optedOut', status_updated_at = ${engine.now}
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and exists (select 1 from opt_outs o where o.recipient_number = broadcast_recipients.recipient_number)`.execute(
    tx,
  );
  changes.moveRecipients('queued', 'optedOut', Number(optedOut.numAffectedRows ?? 0));
  const rows = await tx
    .selectFrom('broadcast_recipients')
    .select('recipient_number')
    .where('broadcast_key', '=', ref.broadcastKey)
    .where('batch_number', '=', ref.number)
    .where('status', '=', 'queued')
    .orderBy('position')
    .execute();
  return rows.map((row) => row.recipient_number);
}
