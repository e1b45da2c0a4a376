import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Timers } from '../domain/time/timers';

/** Node's own timers and clock. */
export const realTimers: Timers = {
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  nextTurn: () => setImmediate(),
};
