import { VOUCHED_FOR_MS, type RestoreStore } from '../../store/restoring/restoreStore';
import { UsageError } from '../terminal/commandLine';

/**
 * Lets go what waits for Plivo's list, on the word of a person who knows that the database was not put back from a copy.
 * Returns what to tell.
 *
 * @throws UsageError where it is known to be a copy
 */
export async function vouchFor(restoring: Pick<RestoreStore, 'stand' | 'vouch'>): Promise<string> {
  const stand = await restoring.stand();
  if (stand === null) return 'Nothing was ever sent from this database: nothing waits for the list.';
  if (stand.isInDoubt)
    throw new UsageError(
      'This database is a copy that was put back, as somebody said or the list showed: what waits in it is looked for first.',
    );
  await restoring.vouch();
  return (
    `${stand.waiting} people wait. A service that runs sends to them within seconds, one that is started within ` +
    `${VOUCHED_FOR_MS / 60_000} minutes at once. STOPs that came while nothing ran are known only as far as Plivo posted them again.`
  );
}
