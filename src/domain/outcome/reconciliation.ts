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

/** One listed message that no other batch accounts for. */
export type ProofOfSending = {
  /** It was recorded when the call was made, by clocks that agree. */
  readonly isNear: boolean;
};

/**
 * Other software on the account may have texted one of the people too, unknown to us. So a message that was recorded hours
 * off the call counts only together with a second person's, if there is one.
 */
export function isProof(messages: readonly ProofOfSending[], recipients: number): boolean {
  return messages.some(({ isNear }) => isNear) || messages.length >= Math.min(2, recipients);
}

/** As many messages without an owner as the batch would have, or at least half of these: a hundred are looked at. */
const COUNTED_AT_MOST = 100;

/**
 * For a list that hides the numbers. A few messages without an owner may be other software's, so a batch of one or two can
 * be shown absent, but not found. `isLast`: there is no further page.
 */
export function judgeCount(seen: {
  readonly unaccounted: number;
  readonly recipients: number;
  readonly isLast: boolean;
}): ProbeVerdict {
  const needed = Math.max(3, Math.min(seen.recipients, COUNTED_AT_MOST) / 2);
  if (seen.unaccounted >= needed) return 'found';
  return seen.isLast && seen.unaccounted === 0 ? 'absent' : 'unclear';
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

export type TimeSpan = { readonly from: number; readonly to: number };

/** Our clock and Plivo's may differ, or ours may have been set: the whole window is far wider than a call takes. */
const CLOCK_MARGIN_MS = 2 * 3_600_000;
const NEAR_MARGIN_MS = 5000;

/**
 * When the messages of a call may have been recorded, in milliseconds since 1970: `whole` with any clock, `near` if the
 * clocks agree, where a page of the list most likely shows them. The bounds stay the same while paging.
 */
export function searchWindows(
  calledAt: number,
  timeoutMs: number,
): { readonly whole: TimeSpan; readonly near: TimeSpan } {
  const within = (marginMs: number) => ({ from: calledAt - marginMs, to: calledAt + timeoutMs + marginMs });
  return { whole: within(CLOCK_MARGIN_MS), near: within(NEAR_MARGIN_MS) };
}

/** When the calls may have been made whose messages a list of this span shows: each has the same margin. */
export function callsBehind({ from, to }: TimeSpan): TimeSpan {
  return { from: from - CLOCK_MARGIN_MS, to: to + CLOCK_MARGIN_MS };
}

/** With logging off Plivo masks numbers; such a list cannot be searched by number. */
export const isMasked = (number: string): boolean => !/^\+?\d+$/.test(number);

/**
 * Picks at most `count` of the items, spread evenly. Each `turn` (0, 1, …) picks others, so that a second look does not
 * ask the same question again.
 */
export function spread<T>(items: readonly T[], count: number, turn: number): T[] {
  if (items.length <= count) return [...items];
  const step = items.length / count;
  const shift = ((turn * step) / 2) % step;
  return Array.from({ length: count }, (_, index) => items[Math.floor(index * step + shift)]).filter(
    (item) => item !== undefined,
  );
}
