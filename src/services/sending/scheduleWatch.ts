import type { ScheduleStore } from '../../store/accepting/scheduleStore';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';

export type ScheduleWatchDeps = LoopDeps & {
  readonly schedule: ScheduleStore;
  readonly wakeDispatcher: () => void;
};

/** Another instance may schedule something nearer, or the clock may be set. */
const LOOK_EVERY_MS = 500;

/** Lets scheduled broadcasts go when their time comes: within milliseconds, as it sleeps until the next one. */
export function createScheduleWatch({ schedule, wakeDispatcher, ...deps }: ScheduleWatchDeps): Loop {
  const { lookEveryMs = LOOK_EVERY_MS } = deps;
  return createLoop(deps, {
    name: 'schedule',
    async step() {
      const released = await schedule.releaseDue();
      if (released > 0) {
        deps.logger.info('Scheduled broadcasts are due', { broadcasts: released });
        wakeDispatcher();
      }
      const nextInMs = await schedule.nextInMs();
      return nextInMs === null ? lookEveryMs : Math.min(lookEveryMs, Math.max(1, nextInMs));
    },
  });
}
