import type { Timers } from '../../../domain/time/timers';

/** Tells whether times by the database's clock can be compared: it may be set at any moment, and nothing in them tells. */
export type ClockWatch = {
  /** From when on it has not been set, as far as this process has seen; milliseconds since 1970, by that clock. */
  steadySince(): Promise<number>;
  /** The same for nobody in particular, now and then: the more often it is looked at, the closer a step is known. */
  glance(): Promise<void>;
};

export type ClockWatchDeps = {
  readonly clock: {
    readClock(): Promise<number>;
    /** When the last call was made, by that clock as it was then; null where none was. */
    latestCall(): Promise<number | null>;
  };
  readonly timers: Pick<Timers, 'monotonicMs'>;
};

/** Less is within the margins with which messages are looked for near a call. */
const TOLERATED_MS = 3000;
/** A reading that took longer tells too little, and is taken again. */
const QUICK_MS = 1000;
const TRIES = 3;
const GLANCE_EVERY_MS = 60_000;

/** Holds the database's clock against one that never steps. */
export function createClockWatch({ clock, timers }: ClockWatchDeps): ClockWatch {
  let last: { readonly clock: number; readonly at: number } | null = null;
  let since = Infinity;

  async function read(): Promise<{ clock: number; at: number; isQuick: boolean }> {
    for (let tries = 1; ; tries++) {
      const before = timers.monotonicMs();
      const now = await clock.readClock();
      const after = timers.monotonicMs();
      const isQuick = after - before <= QUICK_MS;
      if (isQuick || tries === TRIES) return { clock: now, at: after, isQuick };
    }
  }

  /** An earlier process may have called at what is now a time to come: the clock was set back meanwhile. */
  async function shownBefore(): Promise<number> {
    const latest = await clock.latestCall();
    return latest === null ? -Infinity : latest + 1;
  }

  async function steadySince(): Promise<number> {
    const reading = await read();
    const expected = last === null ? await shownBefore() : last.clock + reading.at - last.at;
    const isSteady = reading.isQuick && Math.abs(reading.clock - expected) <= TOLERATED_MS;
    // Set back, it shows times again that it has shown before; nothing is known of what was before the first look.
    if (last === null || !isSteady) since = Math.max(reading.clock, expected);
    last = reading;
    return since;
  }

  return {
    steadySince,
    async glance() {
      if (last === null || timers.monotonicMs() - last.at >= GLANCE_EVERY_MS) await steadySince();
    },
  };
}
