import type { AcceptStore } from '../../../store/accepting/acceptStore';
import type { ControlStore } from '../../../store/sending/controlStore';
import type { LeaseStore, LostLeases } from '../../../store/settling/leaseStore';
import { createLoop, type Loop, type LoopDeps } from '../../upkeep/loop';

export type LeaseWatchDeps = LoopDeps & {
  readonly leases: LeaseStore;
  readonly control: ControlStore;
  readonly accepting: Pick<AcceptStore, 'removeAbandoned'>;
  readonly lost: LostLeases;
};

const LOOK_EVERY_MS = 1000;

/**
 * Picks up what a process left behind that died or hangs. Of a batch it was sending, nobody knows whether Plivo has it,
 * so it becomes unconfirmed; a broadcast it was cancelling is cancelled to the end; one it was writing is removed.
 */
export function createLeaseWatch({ leases, control, accepting, lost, ...deps }: LeaseWatchDeps): Loop {
  return createLoop(deps, {
    name: 'lease watch',
    async step() {
      const expired = await leases.expire(lost);
      if (expired > 0)
        deps.logger.warn('Batches lost their sender; it is unknown whether Plivo took them', { batches: expired });
      await control.finishCancelling();
      await accepting.removeAbandoned({ isOnlyProcess: false });
      return deps.lookEveryMs ?? LOOK_EVERY_MS;
    },
  });
}
