import type { Timeline } from './timeline';

/** Milliseconds since 1970 as the database's clock shows them; it may be wrong and be set. */
export type WallClock = { readonly now: () => number; readonly step: (byMs: number) => void };

/** When every world begins; milliseconds since 1970. */
export const BEGINNING = Date.UTC(2026, 10, 24, 15);

export function createWallClock(timeline: Timeline, offsetMs: number): WallClock {
  let offset = offsetMs;
  return {
    now: () => BEGINNING + Math.floor(timeline.now() + offset),
    step(byMs) {
      offset += byMs;
    },
  };
}
