import { sql } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import { isStorageUnavailable } from '../engine/storageErrors';
import { LONGEST_WAIT_AFTER_FAILURE_MS, type Candidate } from './candidate';

/** Says which batch could not be claimed, for whoever is to find out why. */
export class ClaimFailedError extends Error {
  readonly candidate: Candidate;

  constructor(candidate: Candidate, cause: unknown) {
    const { batch, broadcast } = candidate;
    super(`The batch ${batch.number} of the broadcast ${broadcast.id} could not be claimed.`, { cause });
    this.name = 'ClaimFailedError';
    this.candidate = candidate;
  }
}

/** Runs a claim of the candidate. What the database cannot do at present is not the candidate's fault. */
export async function blaming<T>(
  candidate: Candidate,
  isNoFailure: (error: unknown) => boolean,
  claim: () => Promise<T>,
): Promise<T> {
  try {
    return await claim();
  } catch (error) {
    if (isNoFailure(error) || isStorageUnavailable(error)) throw error;
    throw new ClaimFailedError(candidate, error);
  }
}

const FIRST_WAIT_MS = 1000;

/**
 * Lets the others go first: the batch is tried again later, less and less often, and it is somebody else's turn. Nothing
 * is written over where somebody has claimed it meanwhile.
 */
export async function putAside(
  { db, engine }: Pick<Database, 'db' | 'engine'>,
  failed: ClaimFailedError,
): Promise<void> {
  const {
    broadcast_key: broadcastKey,
    number,
    claim_number: claimNumber,
    claim_failures: failures,
  } = failed.candidate.batch;
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_AFTER_FAILURE_MS);
  await inTransaction(db, async (tx) => {
    await sql`
      update batches set claim_failures = claim_failures + 1, next_attempt_at = ${engine.now} + ${waitMs},
        error_code = 'claim_failed', error_status = null, error_reason = ${reasonOf(failed.cause)}
      where broadcast_key = ${broadcastKey} and number = ${number} and status = 'pending' and claim_number = ${claimNumber}`.execute(
      tx,
    );
    await sql`update broadcasts set turn_at = ${engine.now} where broadcast_key = ${broadcastKey}`.execute(tx);
  });
}

/** Names the kind of error only: its words may hold what the batch holds. */
const reasonOf = (cause: unknown): string =>
  `It could not be taken up (${cause instanceof Error ? cause.name : 'unknown'}) and is tried again. The log says more.`;
