import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { ORIGIN } from '../sending/batchOrigin';
import type { ClaimRef } from '../sending/settleStore';

/** A batch whose call was made, with what its messages can be found by in Plivo's list. */
export type CalledBatch = ClaimRef & {
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  /** When its call was about to be made; milliseconds since 1970. */
  readonly calledAt: number;
};

/** Which batch to take: SQL over a batch `b` and its broadcast `c`. */
export type DueLook<Columns> = {
  readonly isDue: RawBuilder<unknown>;
  /** The first in this order is taken. */
  readonly order: RawBuilder<unknown>;
  /** What else is to be read of it. */
  readonly columns: RawBuilder<Columns>;
};

type CalledRow = {
  broadcast_key: number;
  number: number;
  claim_number: number;
  sender: string | null;
  powerpack_uuid: string | null;
  claimed_at: number;
};

/**
 * Takes the first batch that is due for a look at Plivo's list, and notes that it was looked at now: no other instance
 * gets it meanwhile. Null where none is due.
 */
export async function takeForLook<Columns extends object>(
  tx: Transaction<Schema>,
  engine: Engine,
  { isDue, order, columns }: DueLook<Columns>,
): Promise<{ readonly called: CalledBatch; readonly columns: Columns } | null> {
  const skipLocked = engine.kind === 'postgres' ? sql`for update of b skip locked` : sql``;
  const due = await sql<CalledRow & Columns>`
    select b.broadcast_key, b.number, b.claim_number, b.claimed_at, ${ORIGIN}, ${columns}
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where ${isDue}
    order by ${order} limit 1 ${skipLocked}`.execute(tx);
  const row = due.rows[0];
  if (row === undefined) return null;
  await tx
    .updateTable('batches')
    .set({ last_look_at: engine.now })
    .where('broadcast_key', '=', row.broadcast_key)
    .where('number', '=', row.number)
    .execute();
  const called = {
    broadcastKey: row.broadcast_key,
    number: row.number,
    claimNumber: row.claim_number,
    sender: row.sender,
    powerpackUuid: row.powerpack_uuid,
    calledAt: row.claimed_at,
  };
  return { called, columns: row };
}
