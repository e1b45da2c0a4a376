const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after a try that has failed the next one comes; after the last there is none. The first is made at once. */
const PAUSES_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS];

/** `tries`: how many were made. Null where that was the last. */
export const webhookRetryInMs = (tries: number): number | null => PAUSES_MS[tries - 1] ?? null;

/** An address at which nothing was taken for so long is put aside. */
export const PUT_ASIDE_AFTER_MS = 5 * 24 * HOUR_MS;
