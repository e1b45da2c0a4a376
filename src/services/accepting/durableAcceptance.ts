import type { Timers } from '../../domain/time/timers';
import { OutcomeUnknownError } from '../../domain/errors';
import type { Accepted, AcceptStore } from '../../store/accepting/acceptStore';
import type { NewBroadcast } from '../../store/accepting/broadcastInsert';

export type DurableAcceptanceDeps = {
  readonly accepting: Pick<AcceptStore, 'accept'>;
  readonly isStorageUnavailable: (error: unknown) => boolean;
  /** The connection broke where a commit may have been under way. */
  readonly mayHaveCommitted: (error: unknown) => boolean;
  readonly timers: Pick<Timers, 'monotonicMs' | 'sleep'>;
};

const TRY_AGAIN_MS = 200;
/** How long a request whose commit is in doubt waits for the database to come back. */
const LONGEST_DOUBT_MS = 20_000;

/**
 * When the connection to the database breaks during the commit, the broadcast may have been accepted. An error status
 * would then be a lie, so the same broadcast is written again until one try is sure: it can be there only once.
 *
 * @throws OutcomeUnknownError when the doubt remains; any other error means that nothing was accepted
 */
export async function acceptDurably(
  { accepting, isStorageUnavailable, mayHaveCommitted, timers }: DurableAcceptanceDeps,
  broadcast: NewBroadcast,
): Promise<Accepted> {
  const until = timers.monotonicMs() + LONGEST_DOUBT_MS;
  for (let isInDoubt = false; ;) {
    try {
      return await accepting.accept(broadcast);
    } catch (error) {
      isInDoubt ||= mayHaveCommitted(error);
      if (!isInDoubt) throw error;
      if (!isStorageUnavailable(error) || timers.monotonicMs() > until) throw new OutcomeUnknownError(error);
      await timers.sleep(TRY_AGAIN_MS);
    }
  }
}
