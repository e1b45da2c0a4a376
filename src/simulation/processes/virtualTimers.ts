import type { Timers } from '../../domain/time/timers';
import type { Ground } from '../ground/ground';
import type { SimulatedProcess } from './simulatedProcess';

/** Timers fire late, and sometimes a little early. */
const EARLY_MS = 0.8;
const LATE_MS = 4;
const TURN_MS = 0.3;
/** Who sleeps for so long at most only looks round whether there is something to do. */
const LONGEST_LOOK_MS = 1000;

/** How a simulated process waits. */
export function createTimers({ timeline, chance }: Ground, life: SimulatedProcess): Timers {
  return {
    monotonicMs: () => timeline.now(),
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const firesIn = Math.max(0, ms - EARLY_MS + chance.next() * (EARLY_MS + LATE_MS));
        const wake = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        const scheduled =
          ms <= LONGEST_LOOK_MS ? timeline.look(firesIn, life, wake) : timeline.after(firesIn, life, wake);
        const onAbort = () => {
          scheduled.cancel();
          wake();
        };
        signal?.addEventListener('abort', onAbort);
      });
    },
    nextTurn: () => new Promise((resolve) => timeline.after(chance.next() * TURN_MS, life, resolve)),
  };
}
