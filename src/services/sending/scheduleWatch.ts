import type { CanaryStore, JudgedCanary } from '../../store/accepting/canaryStore';
import type { ApprovalStore } from '../../store/sending/approvalStore';
import type { ScheduleStore } from '../../store/accepting/scheduleStore';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';

export type ScheduleWatchDeps = LoopDeps & {
  readonly schedule: ScheduleStore;
  readonly canaries: CanaryStore;
  readonly approvals: Pick<ApprovalStore, 'expireDue'>;
  readonly wakeDispatcher: () => void;
};

/** Another instance may schedule something nearer, or the clock may be set. */
const LOOK_EVERY_MS = 500;

/**
 * Lets scheduled broadcasts go when their time comes: within milliseconds, as it sleeps until the next one. And those who
 * wait for a canary, when its time is up.
 */
export function createScheduleWatch({
  schedule,
  canaries,
  approvals,
  wakeDispatcher,
  ...deps
}: ScheduleWatchDeps): Loop {
  const { lookEveryMs = LOOK_EVERY_MS, logger } = deps;

  function tell({ broadcastId, whyStopped, ...counts }: JudgedCanary): void {
    if (whyStopped === null) logger.info('A canary is well, and the rest goes', { broadcastId, ...counts });
    else logger.warn('A canary is not well, and its broadcast is paused', { broadcastId, ...counts });
  }

  return createLoop(deps, {
    name: 'schedule',
    async step() {
      const released = await schedule.releaseDue();
      if (released > 0) {
        logger.info('Scheduled broadcasts are due', { broadcasts: released });
        wakeDispatcher();
      }
      for (const broadcastId of await approvals.expireDue())
        logger.warn('A broadcast is cancelled: nobody has approved it in time', { broadcastId });
      const { nextInMs, hasCanaries } = await schedule.outlook();
      const judged = hasCanaries ? await canaries.judgeDue() : [];
      for (const canary of judged) tell(canary);
      if (judged.length > 0) wakeDispatcher();
      return nextInMs === null ? lookEveryMs : Math.min(lookEveryMs, Math.max(1, nextInMs));
    },
  });
}
