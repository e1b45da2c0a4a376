import { sql, type Transaction } from 'kysely';
import { onceDone } from '../../domain/errors';
import { BROADCAST_STATES, type BroadcastEvent, type BroadcastStatus } from '../../domain/states/broadcastState';
import { CANARY_STATES } from '../../domain/states/canaryState';
import { nextState } from '../../domain/states/stateTable';
import { record } from '../access/auditLog';
import { moveRecipients, transitionBatch, type BatchRef } from '../state/batchTransition';
import { canaryCountsOf } from '../state/counts/canaryCounts';
import { CounterChanges, updateBroadcast, writeStatus } from '../state/counts/counters';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { resendFailed, type Resent } from './resendStore';

export type Controlled =
  | Resent
  /** The state does not allow it. */
  | { readonly kind: 'forbidden'; readonly status: string };

export type ControlStore = {
  /** When it returns, no further batch is claimed. */
  pause(id: string): Promise<Controlled>;
  resume(id: string): Promise<Controlled>;
  /** Batches that were not claimed yet never go; those under way or unconfirmed are settled as they turn out. */
  cancel(id: string): Promise<Controlled>;
  /** Ends what a process left half done that died while cancelling. */
  finishCancelling(): Promise<void>;
  /** A person has all batches that failed sent again. */
  resendFailed(id: string): Promise<Controlled>;
  /** A person settles a batch whose outcome is unknown, or has one that failed sent again. */
  resolveBatch(id: string, number: number, as: 'sent' | 'resend'): Promise<Controlled>;
};

const WORDS = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' } as const;

export function createControlStore(database: Database): ControlStore {
  const { db, engine } = database;
  const apply = (id: string, event: keyof typeof WORDS) =>
    inTransaction(db, async (tx) => {
      const changed = await changeStatus(tx, engine, id, event);
      if (changed.kind === 'done') await record(tx, engine, { action: `broadcast.${WORDS[event]}`, subject: id });
      return changed;
    });
  const finishCancelling = () => cancelPendingBatches(db, engine);
  return {
    pause: (id) => apply(id, 'pause'),
    resume: (id) => apply(id, 'resume'),
    // In two steps: with the status committed nothing new is claimed, so that the second finds all there is.
    async cancel(id) {
      const cancelled = await apply(id, 'cancel');
      if (cancelled.kind === 'done') await finishCancelling().catch(onceDone);
      return cancelled;
    },
    finishCancelling,
    resendFailed: (id) => resendFailed(database, id, null),
    async resolveBatch(id, number, as) {
      const resolved = await inTransaction(db, (tx) => resolveBatch(tx, engine, id, number, as));
      const hasFailed = resolved.kind === 'forbidden' && resolved.status === 'failed';
      return hasFailed && as === 'resend' ? await resendFailed(database, id, [number]) : resolved;
    },
  };
}

async function changeStatus(
  tx: Transaction<Schema>,
  engine: Engine,
  id: string,
  event: BroadcastEvent,
): Promise<Controlled> {
  const found = await sql<{
    broadcast_key: number;
    status: BroadcastStatus;
    has_started: boolean | number;
    is_early: boolean | number | null;
  }>`
    select broadcast_key, status, batches_pending < batches_total as has_started, scheduled_at > ${engine.now} as is_early
    from broadcasts where id = ${id} and hidden is null ${engine.forUpdate}`.execute(tx);
  const broadcast = found.rows[0];
  if (broadcast === undefined) return { kind: 'unknown' };
  const next = nextState(
    BROADCAST_STATES,
    broadcast.status,
    event === 'resume' && broadcast.is_early ? 'putBack' : event,
  );
  if (next === null) return { kind: 'forbidden', status: broadcast.status };
  const started = broadcast.has_started ? nextState(BROADCAST_STATES, next, 'start') : null;
  await writeStatus(tx, engine, broadcast.broadcast_key, broadcast.status, started ?? next);
  await tx
    .updateTable('broadcasts')
    .set({
      pause_reason: null,
      failed_in_a_row: 0,
      // What nobody has approved can only be cancelled here.
      ...(broadcast.status === 'awaiting_approval' ? { approval_state: 'withdrawn' as const } : {}),
    })
    .where('broadcast_key', '=', broadcast.broadcast_key)
    .execute();
  if (event === 'resume') await releaseFromCanary(tx, broadcast.broadcast_key);
  return { kind: 'done' };
}

/** Of a canary that has stopped its broadcast: the rest goes. One that was under way when a person paused goes on. */
async function releaseFromCanary(tx: Transaction<Schema>, broadcastKey: number): Promise<void> {
  const row = await tx
    .selectFrom('broadcasts')
    .selectAll()
    .where('broadcast_key', '=', broadcastKey)
    .executeTakeFirstOrThrow();
  const released = row.canary_state === null ? null : nextState(CANARY_STATES, row.canary_state, 'resume');
  if (released === null) return;
  const { reported, failed } = canaryCountsOf(row);
  await tx
    .updateTable('broadcasts')
    .set({ canary_state: released, canary_reported: reported, canary_failed: failed })
    .where('broadcast_key', '=', broadcastKey)
    .execute();
}

const BATCHES_AT_ONCE = 200;

async function cancelPendingBatches(db: Database['db'], engine: Engine): Promise<void> {
  for (;;) {
    const found = await sql<{ broadcast_key: number }>`
      select broadcast_key from broadcasts where status = 'cancelled' and batches_pending > 0 limit 1`.execute(db);
    const broadcastKey = found.rows[0]?.broadcast_key;
    if (broadcastKey === undefined) return;
    await inTransaction(db, (tx) => cancelSomeBatches(tx, engine, broadcastKey));
  }
}

async function cancelSomeBatches(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const pending = await sql<{ number: number; size: number; has_rows: boolean | number }>`
    select number, size, recipients is null as has_rows from batches
    where broadcast_key = ${broadcastKey} and status = 'pending'
    order by number limit ${BATCHES_AT_ONCE} ${engine.forUpdate}`.execute(tx);
  const changes = new CounterChanges();
  for (const { number, size, has_rows: hasRows } of pending.rows) {
    const ref = { broadcastKey, number };
    const moved = await transitionBatch(tx, engine, ref, 'cancel', changes);
    if (moved === null) continue;
    // Until its first claim a batch's people stand in its array alone.
    if (hasRows) await moveRecipients(tx, engine, ref, ['queued'], 'cancelled', changes);
    else changes.moveRecipients('queued', 'cancelled', size);
  }
  await updateBroadcast(tx, engine, broadcastKey, { changes });
}

async function resolveBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  id: string,
  number: number,
  as: 'sent' | 'resend',
): Promise<Controlled> {
  const found = await sql<{ broadcast_key: number; status: string }>`
    select b.broadcast_key, b.status from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where c.id = ${id} and c.hidden is null and b.number = ${number}`.execute(tx);
  const batch = found.rows[0];
  if (batch === undefined) return { kind: 'unknown' };
  if (batch.status !== 'unconfirmed' && batch.status !== 'held') return { kind: 'forbidden', status: batch.status };

  const ref: BatchRef = { broadcastKey: batch.broadcast_key, number };
  const changes = new CounterChanges();
  const patch = as === 'sent' ? {} : { next_attempt_at: engine.now };
  const moved = await transitionBatch(tx, engine, ref, as === 'sent' ? 'prove' : 'disprove', changes, patch);
  if (moved === null) return { kind: 'forbidden', status: batch.status };
  await moveRecipients(tx, engine, ref, ['unknown'], 'queued', changes);
  await updateBroadcast(tx, engine, batch.broadcast_key, { changes });
  await record(tx, engine, { action: 'batch.resolved', subject: id, details: { batch: number, as } });
  return { kind: 'done' };
}
