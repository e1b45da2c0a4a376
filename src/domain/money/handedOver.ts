/**
 * What Plivo was handed and is not known to have charged, oldest first: since when (milliseconds since 1970), and billionths.
 * What was handed over within some minutes is one entry.
 */
export type HandedOver = readonly (readonly [since: number, nanos: number])[];

const ENTRY_MS = 300_000;

export const totalOf = (handed: HandedOver): number => handed.reduce((all, [, nanos]) => all + nanos, 0);

export function handOver(handed: HandedOver, nanos: number, now: number): HandedOver {
  const last = handed.at(-1);
  if (nanos <= 0) return handed;
  if (last === undefined || now - last[0] >= ENTRY_MS) return [...handed, [now, nanos]];
  return [...handed.slice(0, -1), [last[0], last[1] + nanos]];
}

/** Plivo did not take what was handed over last. */
export const takeBack = (handed: HandedOver, nanos: number): HandedOver =>
  without([...handed].reverse(), nanos).reverse();

/** The account has so much less: Plivo sends what came first, and charges it then. */
export const charge = (handed: HandedOver, nanos: number): HandedOver => without(handed, nanos);

/**
 * Without what no longer waits: it was sent or dropped, and what of it was not charged never will be. Entries later than now
 * are from before the clock was set back: their time begins anew.
 */
export function stillWaiting(handed: HandedOver, now: number, longestWaitMs: number): HandedOver {
  const inTime = handed.map(([since, nanos]) => [Math.min(since, now), nanos] as const);
  return inTime.filter(([since]) => now - since < longestWaitMs + ENTRY_MS);
}

/** Takes so much off, from the first entry on. */
function without(handed: HandedOver, nanos: number): (readonly [number, number])[] {
  let left = Math.max(0, nanos);
  const rest: (readonly [number, number])[] = [];
  for (const [since, entry] of handed) {
    const taken = Math.min(entry, left);
    left -= taken;
    if (entry > taken) rest.push([since, entry - taken]);
  }
  return rest;
}
