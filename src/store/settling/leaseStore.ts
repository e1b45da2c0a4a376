import { sql } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import { recordUnknown, type BatchError, type ClaimRef } from '../sending/settleStore';

/**
 * Whose leases are lost: those that ran out, or end later than they can, which a clock that was set back brings about.
 * There is one process per SQLite file, the `soleOwner`: no clock is needed to know that all others are dead; and its own
 * are lost only where it knows nothing of them any more, an outcome that could not be written.
 */
export type LostLeases = {
  readonly soleOwner: string | null;
  /** Whether this process still has to do with the claim. */
  readonly isInHand?: (claim: ClaimRef) => boolean;
};

export type LeaseStore = {
  /** Batches whose sender is gone become unconfirmed; returns how many. */
  expire(lost: LostLeases): Promise<number>;
};

export const createLeaseStore = (database: Database): LeaseStore => ({ expire: (lost) => expire(database, lost) });

const LOST_LEASE: BatchError = {
  code: 'sender_lost',
  status: null,
  reason: 'The process that was sending this batch ended before it could record the outcome.',
};

/** Of leases that were taken before their length was kept with them: no time-out that can be set makes one longer. */
const LONGEST_LEASE_MS = 900_000;
/** The database's clock may be put right by less, and nobody is lost. */
const CLOCK_STEP_MS = 1000;

async function expire({ db, engine }: Database, { soleOwner, isInHand = () => false }: LostLeases): Promise<number> {
  const isOver = sql`(lease_expires_at <= ${engine.now}
    or lease_expires_at > ${engine.now} + coalesce(lease_ms, ${LONGEST_LEASE_MS}) + ${CLOCK_STEP_MS})`;
  const isLost = soleOwner === null ? isOver : sql`(lease_owner <> ${soleOwner} or ${isOver})`;
  const found = await sql<{ broadcast_key: number; number: number; claim_number: number; lease_owner: string | null }>`
    select broadcast_key, number, claim_number, lease_owner from batches
    where status = 'sending' and ${isLost} limit 1000`.execute(db);
  let expired = 0;
  for (const row of found.rows) {
    const claim = { broadcastKey: row.broadcast_key, number: row.number, claimNumber: row.claim_number };
    if (row.lease_owner === soleOwner && isInHand(claim)) continue;
    if (await inTransaction(db, (tx) => recordUnknown(tx, engine, claim, LOST_LEASE))) expired++;
  }
  return expired;
}
