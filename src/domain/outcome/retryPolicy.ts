const MAX_DELAY_MS = 30_000;

/**
 * Milliseconds to wait before the next try. `attempt` counts from 1 and is the try that just failed; `random` is 0 to
 * 1.
 */
export function retryDelayMs(input: { attempt: number; baseMs: number; random: number }): number {
  // The doubling is bounded only to keep out infinity.
  const nominal = input.baseMs * 2 ** Math.min(input.attempt - 1, 40);
  // A fifth either way spreads batches that failed together. At most 1.2 times one step is below 0.8 times the next,
  // whole milliseconds included, so that a wait is always longer than the one before it until the cap.
  return Math.min(MAX_DELAY_MS, Math.round(nominal * (0.8 + 0.4 * input.random)));
}
