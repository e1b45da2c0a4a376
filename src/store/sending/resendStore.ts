import { sql, type Transaction } from 'kysely';
import { onceDone } from '../../domain/errors';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import { record } from '../access/auditLog';
import { moveRecipients, transitionBatch, type BatchPatch } from '../state/batchTransition';
import { CounterChanges, updateBroadcast } from '../state/counts/counters';
import { isBatchRetried } from '../state/retriedTexts';
import { lostItsKey, wasTold } from '../state/standing';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** `refused`: somebody relies on nobody being texted by it; a sentence for people. */
export type Resent =
  { readonly kind: 'done' } | { readonly kind: 'unknown' } | { readonly kind: 'refused'; readonly reason: string };

/** So many batches of a thousand people take some 30 ms; others have their turn in between. */
const AT_ONCE = 5;

/**
 * Has batches that failed sent again: those with these numbers, or all whose people no retry has taken. Each step is whole
 * by itself; what a crash leaves undone is still failed, and can be asked for again.
 */
export async function resendFailed(
  { db, engine, nextTurn }: Database,
  id: string,
  numbers: readonly number[] | null,
): Promise<Resent> {
  const found = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts where id = ${id} and hidden is null`.execute(db);
  const broadcastKey = found.rows[0]?.broadcast_key;
  if (broadcastKey === undefined) return { kind: 'unknown' };
  const failed = numbers ?? (await failedOf(db, broadcastKey));
  if (failed.length === 0) return { kind: 'refused', reason: await whyNone(db, broadcastKey) };
  for (let from = 0; from < failed.length; from += AT_ONCE) {
    if (from > 0) await nextTurn();
    const some = failed.slice(from, from + AT_ONCE);
    const step = undoable(() =>
      inTransaction(db, async (tx) => {
        await resendSome(tx, engine, broadcastKey, some);
        await record(tx, engine, { action: 'broadcast.resent', subject: id, details: { batches: some } });
      }),
    );
    const refusal = await (from > 0 ? step.catch(onceDone) : step);
    // Of some it was done: to refuse all would not be true, and what is left shows as failed.
    if (refusal !== null) return from > 0 ? { kind: 'done' } : refusal;
  }
  return { kind: 'done' };
}

async function failedOf(db: Database['db'], broadcastKey: number): Promise<number[]> {
  const found = await sql<{ number: number }>`
    select b.number from batches b
    where b.broadcast_key = ${broadcastKey} and b.status = 'failed' and not ${isBatchRetried()}
    order by b.number`.execute(db);
  return found.rows.map(({ number }) => number);
}

const RETRIED = 'A retry of this broadcast has taken their people.';

async function whyNone(db: Database['db'], broadcastKey: number): Promise<string> {
  const failed = await sql`
    select 1 from batches where broadcast_key = ${broadcastKey} and status = 'failed' limit 1`.execute(db);
  return failed.rows.length > 0 ? RETRIED : 'No batch of this broadcast has failed.';
}

/** Undoes a transaction. */
class RefusedError extends Error {
  constructor(readonly refusal: Resent) {
    super('What failed may not be sent again.');
  }
}

async function undoable(work: () => Promise<void>): Promise<Resent | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}

const AS_NEW: BatchPatch = {
  attempts: 0,
  looks: 0,
  fruitless_looks: 0,
  busy_looks: 0,
  last_look_at: null,
  unconfirmed_at: null,
  claim_failures: 0,
  refused_at: null,
  refusals: 0,
  error_code: null,
  error_status: null,
  error_reason: null,
};

/** The broadcast's row comes last, as in every transaction; what it forbids undoes the rest. */
async function resendSome(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  numbers: readonly number[],
): Promise<void> {
  const changes = new CounterChanges();
  for (const number of await withoutRetried(tx, engine, broadcastKey, numbers)) {
    const ref = { broadcastKey, number };
    const moved = await transitionBatch(tx, engine, ref, 'resend', changes, { ...AS_NEW, next_attempt_at: engine.now });
    if (moved !== null) await moveRecipients(tx, engine, ref, ['failed', 'invalid'], 'queued', changes);
  }
  await refuseWhatCouldDouble(tx, engine, broadcastKey);
  await tx.updateTable('broadcasts').set({ failed_in_a_row: 0 }).where('broadcast_key', '=', broadcastKey).execute();
  await updateBroadcast(tx, engine, broadcastKey, { changes, event: 'reopen' });
}

/** Locked before it is asked, as a retry locks them before it takes their people. */
async function withoutRetried(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  numbers: readonly number[],
): Promise<number[]> {
  const isOne = sql`b.broadcast_key = ${broadcastKey} and b.number in (${sql.join(numbers)})`;
  await sql`select 1 from batches b where ${isOne} order by b.number ${engine.forUpdate}`.execute(tx);
  const found = await sql<{ number: number }>`
    select b.number from batches b where ${isOne} and not ${isBatchRetried()} order by b.number`.execute(tx);
  if (found.rows.length === 0) throw new RefusedError({ kind: 'refused', reason: RETRIED });
  return found.rows.map(({ number }) => number);
}

/** @throws RefusedError where somebody relies on nobody being texted by this broadcast */
async function refuseWhatCouldDouble(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const found = await sql<{ status: BroadcastStatus; was_told: boolean | number; lost_its_key: boolean | number }>`
    select status, ${wasTold()} as was_told, ${lostItsKey()} as lost_its_key
    from broadcasts where broadcast_key = ${broadcastKey} ${engine.forUpdate}`.execute(tx);
  const broadcast = found.rows[0];
  const refuse = (reason: string) => new RefusedError({ kind: 'refused', reason });
  if (broadcast?.status === 'cancelled') throw refuse('The broadcast was cancelled.');
  if (broadcast?.was_told)
    throw refuse('Its caller was answered with an error, which says that nobody will be texted: send a new broadcast.');
  if (broadcast?.lost_its_key)
    throw refuse('Its Idempotency-Key was used again since it failed: another broadcast stands for it.');
}
