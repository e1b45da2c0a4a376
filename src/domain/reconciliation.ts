/**
 * How it is found out whether Plivo took a batch whose answer was lost. Plivo's message list holds no text and no
 * reference of ours, so a listed message counts for a batch only if no other batch accounts for it.
 */

/** What the list shows for one recipient, and what we know of that person's other messages in the same window. */
export type Probe = {
  /** Uuids of the messages listed for the person. */
  readonly listed: readonly string[];
  /** Uuids known to belong to other batches, by their answers or by reports. */
  readonly accounted: ReadonlySet<string>;
  /** Other batches that may have texted the person too and whose message we cannot name. */
  readonly unnamedOthers: number;
};

export type ProbeVerdict = 'found' | 'absent' | 'unclear';

/**
 * More unaccounted messages than other batches can explain: one of them is this batch's. `uuid` names it where there is
 * no choice.
 */
export function judgeProbe({ listed, accounted, unnamedOthers }: Probe): {
  verdict: ProbeVerdict;
  uuid: string | null;
} {
  const unaccounted = [...new Set(listed.filter((uuid) => !accounted.has(uuid)))];
  if (unaccounted.length === 0) return { verdict: 'absent', uuid: null };
  if (unaccounted.length <= unnamedOthers) return { verdict: 'unclear', uuid: null };
  return { verdict: 'found', uuid: unaccounted.length === 1 ? (unaccounted[0] ?? null) : null };
}

export type LookResult = ProbeVerdict | 'refused';

/** So many absent ones tell that the batch was not taken; fewer may be numbers that Plivo refused. */
const ENOUGH_ABSENT = 3;

/** One probe found is proof. Absence needs several, or all there are. */
export function judgeLook(verdicts: readonly ProbeVerdict[]): ProbeVerdict {
  if (verdicts.includes('found')) return 'found';
  const absent = verdicts.filter((verdict) => verdict === 'absent').length;
  const isAll = absent > 0 && absent === verdicts.length;
  return isAll || absent >= ENOUGH_ABSENT ? 'absent' : 'unclear';
}

/** Whether further probes could change the judgement. */
export const isDecided = (verdicts: readonly ProbeVerdict[]): boolean =>
  verdicts.at(-1) === 'found' || verdicts.filter((verdict) => verdict === 'absent').length >= ENOUGH_ABSENT;

/** A request that timed out here may be taken by Plivo a little later, and records may show late: one look is not enough. */
const LOOKS_BEFORE_NOT_SENT = 2;
const FRUITLESS_LOOKS_BEFORE_HELD = 4;

/** `looks` and `fruitlessLooks` include the last one. */
export function afterLook(
  result: LookResult,
  counts: { readonly looks: number; readonly fruitlessLooks: number },
): 'sent' | 'not_sent' | 'held' | 'look_again' {
  if (result === 'found') return 'sent';
  if (result === 'absent') return counts.looks >= LOOKS_BEFORE_NOT_SENT ? 'not_sent' : 'look_again';
  return counts.fruitlessLooks >= FRUITLESS_LOOKS_BEFORE_HELD ? 'held' : 'look_again';
}

/** Our clock and Plivo's may differ, or ours may have been set: the window is far wider than a call takes. */
const CLOCK_MARGIN_MS = 2 * 3_600_000;

/** When the messages of a call may have been recorded, in milliseconds since 1970. The upper bound stays while paging. */
export function searchWindow(calledAt: number, timeoutMs: number): { readonly from: number; readonly to: number } {
  return { from: calledAt - CLOCK_MARGIN_MS, to: calledAt + timeoutMs + CLOCK_MARGIN_MS };
}

/** With logging off Plivo masks numbers; such a list cannot be searched by number. */
export const isMasked = (number: string): boolean => !/^\+?\d+$/.test(number);

/** Picks at most `count` of the items, spread evenly from the first to the last. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / Math.max(1, count - 1);
  const places = Array.from({ length: count }, (_, index) => Math.round(index * step));
  return [...new Set(places)].flatMap((place) => items.slice(place, place + 1));
}
