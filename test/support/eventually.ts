import { setTimeout as sleepFor } from 'node:timers/promises';

/** Most conditions are met at once; to ask whether the others are takes processor time from what they wait for. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/**
 * Waits until `condition` returns something truthy and returns that; fails with what it last saw. Tests wait for
 * conditions with it, never for a time.
 */
export async function eventually<T>(condition: () => T | Promise<T>, timeoutMs = 120_000): Promise<NonNullable<T>> {
  const until = performance.now() + timeoutMs;
  for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    const seen = await condition();
    if (seen !== null && seen !== undefined && seen !== (false as T)) return seen;
    if (performance.now() > until)
      throw new Error(`The condition was not met within ${timeoutMs} ms; last seen: ${String(seen)}`);
    await sleepFor(pauseMs);
  }
}
