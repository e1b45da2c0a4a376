import { sql, type Transaction, type UpdateObject } from 'kysely';
import { BATCH_STATES, type BatchEvent, type BatchStatus } from '../../domain/states/batchState';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { nextState } from '../../domain/states/stateTable';
import type { CounterChanges } from './counts/counters';
import { isLeftOut } from './guards/leftOut';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Which batch; `claimNumber` makes a change conditional on its claim being the last one. */
export type BatchRef = { readonly broadcastKey: number; readonly number: number; readonly claimNumber?: number };

/** Columns to write along with the status. */
export type BatchPatch = Omit<UpdateObject<Schema, 'batches'>, 'broadcast_key' | 'number' | 'status'>;

/**
 * The one place that changes a batch's status: reads it under lock, looks the event up in the state table, writes only
 * if the status is still the one read. Returns null, with nothing written, where the event does not apply or the claim
 * is no longer the last one.
 */
export async function transitionBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: BatchRef,
  event: BatchEvent,
  changes: CounterChanges,
  patch: BatchPatch = {},
): Promise<{ from: BatchStatus; to: BatchStatus } | null> {
  const found = await sql<{ status: BatchStatus; claim_number: number; origin: string | null }>`
    select status, claim_number, coalesce(sender, powerpack_uuid) as origin from batches
    where broadcast_key = ${ref.broadcastKey} and number = ${ref.number} ${engine.forUpdate}`.execute(tx);
  const batch = found.rows[0];
  if (batch === undefined) return null;
  if (ref.claimNumber !== undefined && ref.claimNumber !== batch.claim_number) return null;
  const to = nextState(BATCH_STATES, batch.status, event);
  if (to === null) return null;

  await tx
    .updateTable('batches')
    .set({
      ...patch,
      status: to,
      status_updated_at: engine.now,
      ...(to === 'sending' ? {} : { lease_owner: null, lease_expires_at: null }),
    })
    .where('broadcast_key', '=', ref.broadcastKey)
    .where('number', '=', ref.number)
    .where('status', '=', batch.status)
    .execute();
  changes.moveBatch(batch.status, to, batch.origin);
  return { from: batch.status, to };
}

/** Waits for whoever is changing the batch: what is read of its people after this is what they wrote. */
export async function lockBatch(tx: Transaction<Schema>, engine: Engine, ref: BatchRef): Promise<void> {
  if (engine.kind === 'sqlite') return;
  await sql`
    select 1 from batches where broadcast_key = ${ref.broadcastKey} and number = ${ref.number} ${engine.forUpdate}`.execute(
    tx,
  );
}

/** Why people are where they are moved to: a stable code, and words that are safe to show. */
export type MoveReason = { readonly code: string; readonly reason: string };

/**
 * Moves the recipients of a batch that are in one of the `from` states and of whom Plivo has told nothing: what a
 * report said of a person stays, whatever becomes of the batch. `why` takes the place of any earlier reason.
 */
export async function moveRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: BatchRef,
  from: readonly RecipientStatus[],
  to: RecipientStatus,
  changes: CounterChanges,
  why: MoveReason | null = null,
): Promise<void> {
  const reason = { error_code: why?.code ?? null, error_reason: why?.reason ?? null };
  for (const status of from) {
    const moved = await tx
      .updateTable('broadcast_recipients')
      .set({ status: to, status_updated_at: engine.now, ...reason })
      .where('broadcast_key', '=', ref.broadcastKey)
      .where('batch_number', '=', ref.number)
      .where('status', '=', status)
      .where('plivo_message_uuid', 'is', null)
      .where(sql<boolean>`not ${isLeftOut()}`)
      .executeTakeFirst();
    changes.moveRecipients(status, to, Number(moved.numUpdatedRows));
  }
}
