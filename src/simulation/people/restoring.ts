import { createRestoreStore } from '../../store/restoring/restoreStore';
import { onlooking } from '../ground/onlooking';
import type { DatabaseCopy } from '../database/sharedDatabase';
import type { Fault } from '../faults/fault';
import type { Ground } from '../ground/ground';
import type { Processes } from '../processes/processes';
import type { Callers } from './callers';

/** Somebody makes a copy of the database, and later puts it back. */
export type Restoring = { begin(fault: Extract<Fault, { kind: 'restored copy' }>): void };

const TRY_AGAIN_MS = 50;

/**
 * The copy is made once every caller has been told what became of theirs: of what was accepted later, nothing would be left,
 * which the answer cannot know. Whoever puts it back says so, as `npm run verify -- --after-restore` does.
 */
export function createRestoring(ground: Ground, processes: Processes, callers: Pick<Callers, 'underWay'>): Restoring {
  const { shared, moments, timeline, clock, trace } = ground;
  const restoring = createRestoreStore(onlooking(ground));

  function putBack(copy: DatabaseCopy, copiedAt: number, downMs: number): void {
    processes.crashAll(downMs);
    shared.rollBack();
    shared.putBack(copy);
    trace('operator', 'puts a copy back', { copiedAt });
    void restoring.stand().then(async (stand) => {
      if (stand !== null) await restoring.doubt({ ...stand, until: Math.min(stand.until, copiedAt) });
    });
  }

  function begin(fault: Extract<Fault, { kind: 'restored copy' }>): void {
    if (callers.underWay() > 0 || shared.isInTransaction()) {
      moments.at({ atMs: timeline.now() + TRY_AGAIN_MS }, () => begin(fault));
      return;
    }
    const copy = shared.copy();
    const copiedAt = clock.now();
    trace('operator', 'makes a copy');
    moments.at({ atMs: timeline.now() + fault.forMs }, () => putBack(copy, copiedAt, fault.downMs));
  }

  return { begin };
}
