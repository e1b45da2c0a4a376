/** What the caller prefers: to be answered at once, or to wait; null where it says nothing that we understand. */
export type Preference = { readonly waitMs: number } | null;

/** Longer waits run into the time-outs of proxies; `Preference-Applied` tells what was used. */
const LONGEST_WAIT_SECONDS = 300;

/**
 * Reads `Prefer: wait=SECONDS` and `Prefer: respond-async` (RFC 7240). With both, the wait comes first; what is malformed
 * is ignored, as the RFC asks.
 */
export function readPreference(prefer: string | undefined): Preference {
  const preferences = (prefer ?? '').split(',').map((part) => (part.split(';')[0] ?? '').trim().toLowerCase());
  const wait = preferences.map((part) => /^wait\s*=\s*"?(\d+)"?$/.exec(part)?.[1]).find((value) => value !== undefined);
  if (wait !== undefined) return { waitMs: Math.min(Number(wait), LONGEST_WAIT_SECONDS) * 1000 };
  return preferences.includes('respond-async') ? { waitMs: 0 } : null;
}

/** The value of `Preference-Applied` for the time that was waited for at most. */
export const appliedPreference = (waitedMs: number): string =>
  waitedMs === 0 ? 'respond-async' : `wait=${Math.ceil(waitedMs / 1000)}`;
