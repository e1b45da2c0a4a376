import { sql, type Transaction } from 'kysely';
import { erasedAmong, erasedNumber, LIKE_ERASED } from '../../domain/numbers/erasedNumber';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { tellsOfOpenCalls } from '../state/openCalls';

export type AnonymizingStore = {
  /**
   * Masks a little of what ended longer ago than `ageMs`: the numbers and texts of broadcasts, whose counts stay, and of
   * texts that came in and wait for nobody. Returns false where nothing is left to mask.
   */
  anonymizeSome(ageMs: number): Promise<boolean>;
};

/** So many rows take some 20 ms; then others get their turn. */
const ROWS_AT_ONCE = 1000;
const BATCHES_AT_ONCE = 200;

export function createAnonymizingStore({ db, engine }: Database): AnonymizingStore {
  return {
    async anonymizeSome(ageMs) {
      const broadcastKey = await inTransaction(db, (tx) => nextBroadcast(tx, engine, ageMs));
      if (broadcastKey === null) return await inTransaction(db, (tx) => maskTexts(tx, engine, ageMs));
      await inTransaction(db, async (tx) => {
        const isWhole = (await maskBatches(tx, broadcastKey)) && (await maskRecipients(tx, engine, broadcastKey));
        if (!isWhole) return;
        await sql`
          update broadcasts set message_text = '', first_answer = null, anonymized_at = ${engine.now}
          where broadcast_key = ${broadcastKey}`.execute(tx);
      });
      return true;
    },
  };
}

/** One of which nothing is on its way, and nothing is waited for. */
async function nextBroadcast(tx: Transaction<Schema>, engine: Engine, ageMs: number): Promise<number | null> {
  const isEvidence = await tellsOfOpenCalls(tx, engine, ageMs);
  const found = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts
    where processed_at < ${engine.now} - ${ageMs} and anonymized_at is null and hidden is null
      and status in ('completed', 'partially_failed', 'failed', 'cancelled')
      and batches_pending + batches_sending + batches_unconfirmed + batches_held = 0 and not ${isEvidence}
    order by processed_at, broadcast_key limit 1`.execute(tx);
  return found.rows[0]?.broadcast_key ?? null;
}

/** Batches before recipients, as in every transaction. True where none is left that says something of somebody. */
async function maskBatches(tx: Transaction<Schema>, broadcastKey: number): Promise<boolean> {
  const found = await sql<{ number: number; recipients: string | null }>`
    select number, recipients from batches
    where broadcast_key = ${broadcastKey} and (message_text is not null or plivo_invalid_numbers is not null
      or error_reason is not null or recipients like ${'%"+%'})
    order by number limit ${BATCHES_AT_ONCE}`.execute(tx);
  for (const { number, recipients } of found.rows) {
    await sql`
      update batches set message_text = null, plivo_invalid_numbers = null, error_reason = null,
        recipients = ${recipients === null ? null : JSON.stringify(erasedAmong(number, namesOf(recipients), null))}
      where broadcast_key = ${broadcastKey} and number = ${number}`.execute(tx);
  }
  return found.rows.length < BATCHES_AT_ONCE;
}

/** Of a batch that was cancelled before anybody claimed it. */
const namesOf = (recipients: string) => JSON.parse(recipients) as string[];

async function maskRecipients(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<boolean> {
  const found = await sql<{ batch: number; position: number }>`
    select batch_number as batch, position from broadcast_recipients
    where broadcast_key = ${broadcastKey} and recipient_number not like ${LIKE_ERASED}
    order by batch_number, position limit ${ROWS_AT_ONCE}`.execute(tx);
  const rows = found.rows.map(({ batch, position }) => ({ batch, position, name: erasedNumber(batch, position) }));
  if (rows.length > 0)
    await sql`
      update broadcast_recipients set recipient_number = p.name, canonical_number = null
      from ${engine.recordRows(rows, { batch: 'integer', position: 'integer', name: 'text' })} as p
      where broadcast_recipients.broadcast_key = ${broadcastKey} and broadcast_recipients.batch_number = p.batch
        and broadcast_recipients.position = p.position`.execute(tx);
  return rows.length < ROWS_AT_ONCE;
}

/** What is posted again must be known again: the message's name stays. */
async function maskTexts(tx: Transaction<Schema>, engine: Engine, ageMs: number): Promise<boolean> {
  const masked = await sql`
    update inbound_messages set from_number = 'erased', message_text = '' where inbound_key in (
      select inbound_key from inbound_messages
      where (from_number < 'erased' or from_number > 'erased') and needs_review = 0
        and created_at < ${engine.now} - ${ageMs}
      limit ${ROWS_AT_ONCE})`.execute(tx);
  return (masked.numAffectedRows ?? 0n) > 0n;
}
