import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Why a batch is held whose outcome Plivo's list may still tell. */
export const LIST_AWAY = 'list_away';

const HOUR_MS = 3_600_000;
/** Plivo's clock may be two hours off, a call takes up to a quarter of one, and the hours here are whole. */
const AROUND_MS = 4 * HOUR_MS;

/**
 * Broadcasts whose texts went about when a call was made whose outcome is still to be found out. Without them their messages
 * in Plivo's list would pass for those of that call: they are to be kept, with their numbers, until it is known. SQL over
 * `broadcasts`.
 *
 * `ageMs`: how old the broadcasts are that are asked about, at least
 */
export async function tellsOfOpenCalls(
  tx: Transaction<Schema>,
  engine: Engine,
  ageMs: number,
): Promise<RawBuilder<boolean>> {
  const hours = await openHours(tx, engine, ageMs);
  if (hours.length === 0) return sql<boolean>`1 = 0`;
  return sql<boolean>`exists (
    select 1 from ${engine.recordRows(hours, { hour: 'bigint' })} as open
    where open.hour * ${sql.lit(HOUR_MS)} between broadcasts.created_at - ${sql.lit(AROUND_MS)}
      and broadcasts.processed_at + ${sql.lit(AROUND_MS)})`;
}

/** Of calls whose outcome is open, or who of whose people they texted. A few, however many calls were lost together. */
async function openHours(tx: Transaction<Schema>, engine: Engine, ageMs: number): Promise<{ hour: number }[]> {
  const found = await sql<{ hour: number }>`
    select distinct claimed_at / ${sql.lit(HOUR_MS)} as hour from batches
    where status in ('unconfirmed', 'held') and (status = 'unconfirmed' or error_code = ${LIST_AWAY})
    union
    select distinct claimed_at / ${sql.lit(HOUR_MS)} from batches
    where status = 'sent' and reports_closed_at is null and plivo_message_uuids is null
      and claimed_at < ${engine.now} - ${ageMs - AROUND_MS}`.execute(tx);
  return found.rows;
}
