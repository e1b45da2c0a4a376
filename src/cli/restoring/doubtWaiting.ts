import type { RestoreStore } from '../../store/restoring/restoreStore';
import { UsageError } from '../terminal/commandLine';

/** An instance says three times in so long that it runs. */
const RUNS_WITHIN_MS = 15_000;

/**
 * Has the next instance look for all that waits in Plivo's list before it is sent, and hold whoever wrote since: as it
 * would by itself where the list shows that the database was put back from a copy. Returns what to tell.
 *
 * `since`: when the copy was made, milliseconds since 1970; null for the last moment that the database knows of
 *
 * @throws UsageError while an instance runs on it
 */
export async function doubtWaiting(
  restoring: Pick<RestoreStore, 'stand' | 'doubt'>,
  since: number | null,
): Promise<string> {
  const stand = await restoring.stand();
  if (stand === null) return 'Nothing was ever sent from this database: there is nothing to look for.';
  if (stand.now - stand.aliveAt < RUNS_WITHIN_MS)
    throw new UsageError('A service runs on this database. Stop all its instances, wait 15 seconds, and try again.');
  const until = Math.min(stand.until, since ?? Infinity);
  await restoring.doubt({ ...stand, until });
  return (
    `${stand.waiting} people wait. The next start looks for each of their batches in Plivo's list, from ` +
    `${new Date(until).toISOString()} on, before it is sent, and holds whoever wrote since.`
  );
}
