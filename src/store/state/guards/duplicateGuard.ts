import { sql, type Kysely, type Transaction } from 'kysely';
import type { Engine } from '../../engine/engine';
import type { Schema } from '../../engine/schema';

/** Keeps people from getting the same text twice by two broadcasts. */
export type DuplicateGuard = {
  /** Of what the broadcast says. */
  readonly textHash: string | null;
  /** What the batch says instead; null where that is the broadcast's. */
  readonly text: string | null;
  /** 0 turns it off. */
  readonly duplicateWindowMs: number;
};

/**
 * Who of these people was handed the same text by another broadcast within the window, or may have been: only those
 * count as missed whose text is known not to have arrived. Claims of one text wait for each other on PostgreSQL, so that
 * two of them do not overlook each other. `numbers` are canonical.
 */
export async function textedTheSameBefore(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: { broadcastKey: number },
  numbers: readonly string[],
  guard: DuplicateGuard,
): Promise<string[]> {
  const { duplicateWindowMs, textHash, text } = guard;
  if (duplicateWindowMs === 0 || textHash === null) return [];
  if (engine.kind === 'postgres') await sql`select pg_advisory_xact_lock(hashtext(${text ?? textHash}))`.execute(tx);
  return await gotTheSameBefore(tx, engine, ref, numbers, guard);
}

/** As `textedTheSameBefore`, where nothing hangs on two of them at the same moment. */
export async function gotTheSameBefore(
  db: Kysely<Schema>,
  engine: Engine,
  { broadcastKey }: { broadcastKey: number | null },
  numbers: readonly string[],
  { textHash, text, duplicateWindowMs }: DuplicateGuard,
): Promise<string[]> {
  const isOther = broadcastKey === null ? sql`` : sql`and o.broadcast_key <> ${broadcastKey}`;
  const saysTheSame =
    text === null
      ? sql`(b.message_text is null and c.text_hash = ${textHash})`
      : sql`(coalesce(b.message_text, c.message_text) = ${text})`;
  const texted = (column: string) => sql`exists (
      select 1 from broadcast_recipients o
      join broadcasts c on c.broadcast_key = o.broadcast_key
      join batches b on b.broadcast_key = o.broadcast_key and b.number = o.batch_number
      where ${sql.ref(`o.${column}`)} = r.value ${isOther} and ${saysTheSame} and c.is_test = 0
        and o.status in ('queued', 'sent', 'delivered', 'unknown') and b.claimed_at > ${engine.now} - ${duplicateWindowMs})`;
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(numbers)} as r
    where ${texted('recipient_number')} or ${texted('canonical_number')}`.execute(db);
  return found.rows.map((row) => row.value);
}
