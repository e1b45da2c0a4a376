import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { ORIGIN } from '../sending/batchOrigin';
import type { ClaimRef } from '../sending/settleStore';

/** A batch whose call was made, with what its messages can be found by in Plivo's list. */
export type CalledBatch = ClaimRef & {
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  /** When its call began, as far as is known; milliseconds since 1970. */
  readonly calledAt: number;
  /** How long the call took, or may have taken where its end is not known. Milliseconds. */
  readonly longestMs: number;
  /** When this look was begun. */
  readonly lookedAt: number;
};

/** Which batch to take: SQL over a batch `b` and its broadcast `c`. */
export type DueLook<Columns> = {
  readonly isDue: RawBuilder<unknown>;
  /** The first in this order is taken. */
  readonly order: RawBuilder<unknown>;
  /** What else is to be read of it. */
  readonly columns: RawBuilder<Columns>;
  readonly limit: number;
};

/** Of a call whose claim was made before leases were kept with their length. */
const ANY_LEASE_MS = 60_000;

/** When the call of a batch `b` began and ended, by what is known of it. */
export const CALL_TIMES = sql.raw(`
  coalesce(b.called_at, b.claimed_at) as called_at,
  coalesce(b.answered_at, b.claimed_at + coalesce(b.lease_ms, ${ANY_LEASE_MS})) as ended_at`);

type CalledRow = {
  broadcast_key: number;
  number: number;
  claim_number: number;
  sender: string | null;
  powerpack_uuid: string | null;
  called_at: number;
  ended_at: number;
  looked_at: number;
};

/**
 * Takes the first batches that are due for a look at Plivo's list, and notes that they were looked at now: no other
 * instance gets them meanwhile.
 */
export async function takeForLook<Columns extends object>(
  tx: Transaction<Schema>,
  engine: Engine,
  { isDue, order, columns, limit }: DueLook<Columns>,
): Promise<{ readonly called: CalledBatch; readonly columns: Columns }[]> {
  const skipLocked = engine.kind === 'postgres' ? sql`for update of b skip locked` : sql``;
  const due = await sql<CalledRow & Columns>`
    select b.broadcast_key, b.number, b.claim_number, ${CALL_TIMES}, ${engine.now} as looked_at, ${ORIGIN}, ${columns}
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where ${isDue}
    order by ${order} limit ${limit} ${skipLocked}`.execute(tx);
  const [first] = due.rows;
  if (first === undefined) return [];
  const places = due.rows.map(({ broadcast_key: broadcast, number }) => ({ broadcast, number }));
  await sql`
    update batches set last_look_at = ${first.looked_at} where (broadcast_key, number) in (
      select p.broadcast, p.number from ${engine.recordRows(places, { broadcast: 'bigint', number: 'integer' })} as p)`.execute(
    tx,
  );
  return due.rows.map((row) => ({ columns: row, called: calledBatch(row, first.looked_at) }));
}

const calledBatch = (row: CalledRow, lookedAt: number): CalledBatch => ({
  broadcastKey: row.broadcast_key,
  number: row.number,
  claimNumber: row.claim_number,
  sender: row.sender,
  powerpackUuid: row.powerpack_uuid,
  calledAt: row.called_at,
  longestMs: Math.max(0, row.ended_at - row.called_at),
  lookedAt,
});
