import { ConnectionError, ProblemError } from './problemError.ts';

/** How often a call is tried, and how long it waits for that. */
export type Patience = {
  /** All tries, the first included; 1 never tries again. */
  readonly tries: number;
  /** Before the second try; doubled each time, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A `Retry-After` that asks for more than this is not waited for: the error goes to the caller. */
  readonly longestRetryAfterMs: number;
};

export const USUAL_PATIENCE: Patience = { tries: 5, firstMs: 500, longestMs: 10_000, longestRetryAfterMs: 60_000 };

/**
 * How long to wait before the next try; null where there must be none.
 *
 * A call `cannotDouble` when doing it twice is doing it once: reads, dry runs, replacing, and sends with their
 * Idempotency-Key. Any other is tried again only after 429, which is answered before anything is done.
 *
 * @param failed how many tries there were
 */
export function pauseBefore(
  error: unknown,
  { failed, cannotDouble, patience }: { failed: number; cannotDouble: boolean; patience: Patience },
): number | null {
  if (failed >= patience.tries || !mayGoAgain(error, cannotDouble)) return null;
  const backOff = Math.min(patience.firstMs * 2 ** (failed - 1), patience.longestMs);
  const asked = error instanceof ProblemError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return asked > patience.longestRetryAfterMs ? null : Math.max(asked, backOff);
}

/** The same call may be answered otherwise in a moment. */
export const isForNow = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 429 || error.status === 503 || error.code === 'in_progress');

function mayGoAgain(error: unknown, cannotDouble: boolean): boolean {
  if (error instanceof ConnectionError) return cannotDouble;
  if (!(error instanceof ProblemError)) return false;
  if (error.status === 429) return true;
  // The first try, whose answer was lost, is still being answered: its answer can be had in a moment.
  if (error.code === 'in_progress') return cannotDouble;
  return error.status === 503 && cannotDouble;
}
