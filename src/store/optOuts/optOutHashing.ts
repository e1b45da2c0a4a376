import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { hashedNumberOf } from '../state/guards/hashedNumber';
import { mergeOptOuts } from '../state/optOutMerge';

/**
 * Puts a keyed hash in the place of the number, on the list and in the history, and takes away what somebody noted down about
 * the person. They are still left out wherever their number is named.
 */
export async function hashOptOut(tx: Transaction<Schema>, engine: Engine, number: string): Promise<void> {
  const hashOf = await hashedNumberOf(tx);
  const hashed = hashOf(number);
  await mergeOptOuts(tx, engine, [{ from: number, to: hashed }]);
  await sql`
    update opt_out_events set recipient_number = ${hashed}, note = null where recipient_number = ${number}`.execute(tx);
}
