import type { Kysely } from 'kysely';
import type { RecipientStatus } from '../../domain/states/recipientState';
import type { Schema } from '../engine/schema';

/** Who of a batch that was claimed has the status now, in the order of the list that was submitted. */
export async function numbersWithStatus(
  db: Kysely<Schema>,
  batch: { readonly broadcastKey: number; readonly number: number },
  status: RecipientStatus,
): Promise<string[]> {
  const rows = await db
    .selectFrom('broadcast_recipients')
    .select('recipient_number')
    .where('broadcast_key', '=', batch.broadcastKey)
    .where('batch_number', '=', batch.number)
    .where('status', '=', status)
    .orderBy('position')
    .execute();
  return rows.map((row) => row.recipient_number);
}
