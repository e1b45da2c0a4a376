/** A shorter time without an instance is a restart; nobody puts back a copy so fast. */
export const SHORT_GAP_MS = 60_000;

const ENOUGH_FOUND = 3;

/**
 * So many people who wait for a text by this store, and have one of which it knows nothing, show that it is a copy that was
 * put back. Other software on the account may have texted one or two of many; of very few, half.
 */
export const enoughToDoubt = (waiting: number): number => Math.max(1, Math.min(ENOUGH_FOUND, Math.ceil(waiting / 2)));
