/** A time in which texts that came in may not have been heard; milliseconds since 1970. */
export type DeafTime = { readonly from: number; readonly until: number };

/**
 * Plivo posts a text again 60, 120 and 240 s after nobody took it, and waits 8 s for each answer: whatever comes in may
 * have been posted first so long ago, if nobody heard it then.
 */
export const POSTED_AGAIN_WITHIN_MS = 8 * 60_000;

/** Whether a text that came in at `at` may have been posted first, unheard, before another that came in at `other`. */
export function mayBeOlder(at: number, other: number, deafTimes: readonly DeafTime[]): boolean {
  return deafTimes.some(({ from, until }) => Math.max(from, at - POSTED_AGAIN_WITHIN_MS) < Math.min(until, other));
}

/**
 * The only deaf time that is remembered, when another one comes: as long as texts from the earlier may still come, all
 * between the two counts as deaf as well.
 */
export function joined(earlier: DeafTime | null, later: DeafTime): DeafTime {
  if (earlier === null || earlier.until < later.from - POSTED_AGAIN_WITHIN_MS) return later;
  return { from: Math.min(earlier.from, later.from), until: Math.max(earlier.until, later.until) };
}
