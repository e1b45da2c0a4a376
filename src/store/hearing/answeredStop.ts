import { sql, type Transaction } from 'kysely';
import type { Schema } from '../engine/schema';

/**
 * Whether the person's last text to us was STOP, and no call since has texted them: only then is a "yes" no answer to a
 * question of ours.
 */
export async function answersStop(tx: Transaction<Schema>, number: string): Promise<boolean> {
  const last = await tx
    .selectFrom('inbound_messages')
    .select(['keyword', 'created_at'])
    .where('from_number', '=', number)
    .orderBy('inbound_key', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.keyword !== 'optOut') return false;
  const sent = await sql`
    select 1 from broadcast_recipients r
    join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
    where (r.recipient_number = ${number} or r.canonical_number = ${number}) and r.status not in ('optedOut', 'invalid', 'cancelled')
      and coalesce(b.called_at, b.claimed_at) >= ${last.created_at} limit 1`.execute(tx);
  return sent.rows.length === 0;
}
