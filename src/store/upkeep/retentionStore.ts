import { sql, type Transaction } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { tellsOfOpenCalls } from '../state/openCalls';
import { letsGo } from '../state/retriedTexts';
import { giveBackTopic } from '../state/guards/topicGuard';

export type RetentionStore = {
  /**
   * Removes a little of what ended longer ago than `ageMs`: broadcasts with all that belongs to them, texts that
   * came in, and what others were told of these; not what they are still to be told, nor what tells of calls whose outcome
   * is open. Null begins nothing, and ends what was begun. Returns false where nothing is left to remove. The opt-out list
   * and its history stay.
   */
  removeSome(ageMs: number | null): Promise<boolean>;
};

/** So many rows take 10 ms to remove; then others get their turn. */
const ROWS_AT_ONCE = 2000;
const BATCHES_AT_ONCE = 100;
/** Some name hundreds of people. */
const DELIVERIES_AT_ONCE = 200;

export function createRetentionStore({ db, engine }: Database): RetentionStore {
  return {
    async removeSome(ageMs) {
      const leaving = await inTransaction(db, (tx) => takeLeaving(tx, engine, ageMs));
      if (leaving !== null) {
        await inTransaction(db, (tx) => removePart(tx, engine, leaving));
        return true;
      }
      if (ageMs === null) return false;
      return (
        (await inTransaction(db, (tx) => removeTexts(tx, engine, ageMs))) ||
        (await inTransaction(db, (tx) => removeDeliveries(tx, engine, ageMs))) ||
        (await inTransaction(db, removeAddresses))
      );
    },
  };
}

/** The broadcast that is being removed, or else the next one to be: nobody sees it from now on. */
async function takeLeaving(tx: Transaction<Schema>, engine: Engine, ageMs: number | null): Promise<number | null> {
  const begun = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts where hidden = 'leaving' order by broadcast_key limit 1`.execute(tx);
  const [one] = begun.rows;
  if (one !== undefined) return one.broadcast_key;
  if (ageMs === null) return null;
  const isEvidence = await tellsOfOpenCalls(tx, engine, ageMs);
  const next = await sql<{ broadcast_key: number }>`
    update broadcasts set hidden = 'leaving', idempotency_key = null where broadcast_key = (
      select broadcast_key from broadcasts
      where processed_at < ${engine.now} - ${ageMs} and hidden is null
        and status in ('completed', 'partially_failed', 'failed', 'cancelled')
        and batches_pending + batches_sending + batches_unconfirmed + batches_held = 0
        and not exists (
          select 1 from webhook_deliveries d
          where d.status = 'pending' and d.broadcast_key = broadcasts.broadcast_key)
        and not ${isEvidence}
      order by processed_at, broadcast_key limit 1 ${engine.forUpdate})
    returning broadcast_key`.execute(tx);
  return next.rows[0]?.broadcast_key ?? null;
}

async function removePart(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const last = await sql<{ batch_number: number; position: number }>`
    select batch_number, position from (
      select batch_number, position from broadcast_recipients where broadcast_key = ${broadcastKey}
      order by batch_number, position limit ${ROWS_AT_ONCE}) as oldest
    order by batch_number desc, position desc limit 1`.execute(tx);
  const [place] = last.rows;
  if (place !== undefined) {
    const upTo = { batch: place.batch_number, position: place.position };
    await giveBackTopic(tx, engine, { broadcastKey, upTo });
    for (const table of ['retried_texts', 'broadcast_recipients'])
      await sql`
        delete from ${sql.table(table)} where broadcast_key = ${broadcastKey}
          and (batch_number, position) <= (${place.batch_number}, ${place.position})`.execute(tx);
    return;
  }
  const removed = await sql`
    delete from batches where broadcast_key = ${broadcastKey} and number in (
      select number from batches where broadcast_key = ${broadcastKey} order by number limit ${BATCHES_AT_ONCE})`.execute(
    tx,
  );
  if (removed.numAffectedRows !== 0n || (await letPeopleGo(tx, broadcastKey))) return;
  const told = await sql`
    delete from webhook_deliveries where delivery_key in (
      select delivery_key from webhook_deliveries where broadcast_key = ${broadcastKey}
      order by delivery_key limit ${DELIVERIES_AT_ONCE})`.execute(tx);
  if (told.numAffectedRows === 0n) await sql`delete from broadcasts where broadcast_key = ${broadcastKey}`.execute(tx);
}

/**
 * Of a retry that texted nobody and never will: without its row, nothing would tell so. Returns false where it has let all
 * go. Whoever another one has taken keeps having been taken when it is removed.
 */
async function letPeopleGo(tx: Transaction<Schema>, broadcastKey: number): Promise<boolean> {
  const found = await sql<{ source: number }>`
    select c.retry_of_key as source from broadcasts c
    where c.broadcast_key = ${broadcastKey} and c.retry_of_key is not null and ${letsGo(null)}`.execute(tx);
  const [retry] = found.rows;
  if (retry === undefined) return false;
  const gone = await sql`
    delete from retried_texts where broadcast_key = ${retry.source} and retry_key = ${broadcastKey}
      and (batch_number, position) in (
        select batch_number, position from retried_texts
        where broadcast_key = ${retry.source} and retry_key = ${broadcastKey} limit ${ROWS_AT_ONCE})`.execute(tx);
  return (gone.numAffectedRows ?? 0n) > 0n;
}

/** What is posted again must be known again, however short retention is. */
const TEXTS_AT_LEAST_MS = 3_600_000;

/** The oldest come first by their key, so that the search ends with the first that is to stay. */
async function removeTexts(tx: Transaction<Schema>, engine: Engine, ageMs: number): Promise<boolean> {
  const removed = await sql`
    delete from inbound_messages where inbound_key in (
      select inbound_key from (
        select inbound_key, created_at from inbound_messages order by inbound_key limit ${ROWS_AT_ONCE}) as oldest
      where created_at < ${engine.now} - ${Math.max(ageMs, TEXTS_AT_LEAST_MS)})`.execute(tx);
  return (removed.numAffectedRows ?? 0n) > 0n;
}

/** Of no broadcast; those go with theirs. */
async function removeDeliveries(tx: Transaction<Schema>, engine: Engine, ageMs: number): Promise<boolean> {
  const removed = await sql`
    delete from webhook_deliveries where delivery_key in (
      select delivery_key from (
        select delivery_key, created_at, status from webhook_deliveries where broadcast_key is null
        order by delivery_key limit ${DELIVERIES_AT_ONCE}) as oldest
      where created_at < ${engine.now} - ${ageMs} and status <> 'pending')`.execute(tx);
  return (removed.numAffectedRows ?? 0n) > 0n;
}

/** Of which nothing is told or was told any more; what is remembered of them went with that. */
async function removeAddresses(tx: Transaction<Schema>): Promise<boolean> {
  const removed = await sql`
    delete from webhook_addresses where url in (
      select a.url from webhook_addresses a
      where a.is_default = 0 and not exists (select 1 from webhook_deliveries d where d.url = a.url)
      limit ${DELIVERIES_AT_ONCE})`.execute(tx);
  return (removed.numAffectedRows ?? 0n) > 0n;
}
