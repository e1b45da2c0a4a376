import type { Logger } from '../../config/logger';
import type { ControlStore } from '../store/controlStore';
import type { SettleStore } from '../store/settleStore';
import { createLoop, type Loop } from './loop';

export type LeaseWatchDeps = {
  readonly settling: SettleStore;
  readonly control: ControlStore;
  readonly logger: Logger;
  /** The only process that can hold leases, where that is so; all others' are lost from the start. */
  readonly soleOwner: string | null;
};

const LOOK_EVERY_MS = 1000;

/**
 * Picks up what a process left behind that died or hangs. Of a batch it was sending, nobody knows whether Plivo has it,
 * so it becomes unconfirmed; a broadcast it was cancelling is cancelled to the end.
 */
export function createLeaseWatch({ settling, control, logger, soleOwner }: LeaseWatchDeps): Loop {
  let exceptOwner = soleOwner;
  return createLoop({
    name: 'lease watch',
    logger,
    async step() {
      const expired = await settling.expireLeases({ exceptOwner });
      // Others' leases are looked for once: nobody else can take one while this process lives.
      exceptOwner = null;
      if (expired > 0)
        logger.warn('Batches lost their sender; it is unknown whether Plivo took them', { batches: expired });
      await control.finishCancelling();
      return LOOK_EVERY_MS;
    },
  });
}
