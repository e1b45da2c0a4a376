import { sql, type Transaction } from 'kysely';
import type { AuditAction } from '../../domain/access/audit';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

export type AuditNote = {
  readonly action: AuditAction;
  /** What it is done to: an id, a name, or a masked number. */
  readonly subject: string;
  /** What else there is to know of it; no texts, and no numbers but masked ones. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The service itself does it. What nobody asks for is not written down else. */
  readonly bySelf?: true;
};

/** Writes down who does it, in the transaction that does it: there is no change without its line, and no line without its change. */
export async function record(
  tx: Transaction<Schema>,
  engine: Engine,
  { action, subject, details = {}, bySelf }: AuditNote,
): Promise<void> {
  const actor = bySelf === true ? null : engine.actor();
  if (actor === null && bySelf !== true) return;
  await sql`
    insert into audit_log (at, actor_id, actor_name, address, request_id, action, subject, details)
    values (${engine.now}, ${actor?.id ?? null}, ${actor?.name ?? null}, ${actor?.address ?? null},
      ${actor?.requestId ?? null}, ${action}, ${subject}, ${JSON.stringify(details)})`.execute(tx);
}
