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

/** Where a listed message stands to the call: recorded with it, a while after it, or at another time. */
export type Place = 'near' | 'after' | 'far';

/** A message of one person's that no other batch accounts for. */
export type ListedPlace = { readonly uuid: string; readonly place: Place; readonly isOurs: boolean };

/** What decides whether such a message may be of the batch. */
export type ListKnowledge = {
  readonly unnamedOthers: number;
  /** Those of them, called at about the same time, that are proven to have been taken. */
  readonly unnamedTaken: number;
  /** The batch has this person alone: nobody else can be asked. */
  readonly isAlone: boolean;
  /** Plivo's clock, and which sender it shows, are known from a call that was answered. */
  readonly isClockKnown: boolean;
  /** Our own has not been set between that call and the lost one. */
  readonly isClockSure: boolean;
  /** The list shows that call with another sender than we gave. */
  readonly isSenderReplaced: boolean;
};

/** How long after a call whose answer was lost Plivo may still take it; later messages are of something else. */
const LATE_MS = 10 * 60_000;

export const placeOf = (messageTime: number | null, near: TimeSpan): Place => {
  if (messageTime === null || messageTime < near.from) return 'far';
  if (messageTime <= near.to) return 'near';
  return messageTime <= near.to + LATE_MS ? 'after' : 'far';
};

/**
 * What the list shows of one person. Other software on the account may have texted the person too: what was recorded
 * with the call counts, from whomever it comes; what was recorded at another time only where the clocks may differ, and
 * from our sender. Where nobody else can be asked, both must hold.
 */
export function judgeListed(
  messages: readonly ListedPlace[],
  { unnamedOthers, unnamedTaken, isAlone, isClockKnown, isClockSure, isSenderReplaced }: ListKnowledge,
): { verdict: ProbeVerdict; uuid: string | null } {
  // Whoever has a message can be texted, and so was by each call that was taken. The others of the batch bear it out.
  if (!isAlone && messages.length <= unnamedTaken) return { verdict: 'absent', uuid: null };
  const isTrusted = ({ isOurs }: ListedPlace) => isOurs || isSenderReplaced;
  const counted = messages.filter(
    (message) =>
      (message.place === 'near' && (!isAlone || isTrusted(message))) ||
      (message.place !== 'near' && !isAlone && !isClockKnown && message.isOurs),
  );
  const judged = judgeProbe({ listed: counted.map(({ uuid }) => uuid), accounted: new Set(), unnamedOthers });
  if (judged.verdict !== 'absent') return judged;
  // It may have been taken late, or our clock been set meanwhile; and where no answered call tells of the list, by another clock, and be shown with another sender.
  const isDoubtful = messages.some(
    (message) =>
      message.place === 'near' || !isClockKnown || (isTrusted(message) && (message.place === 'after' || !isClockSure)),
  );
  return isDoubtful ? { verdict: 'unclear', uuid: null } : judged;
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

/** `refused`: the list cannot be read; `busy`: not now. */
export type LookResult = ProbeVerdict | 'refused' | 'busy';

/** What asking for some of a batch's people brought: how many have a message that can only be this batch's, and so on. */
export type Sample = Readonly<Record<ProbeVerdict, number>>;

/** So many absent ones tell that the batch was not taken, where nobody may have a message of it. */
const ENOUGH_ABSENT = 3;
/** So many that are found, and nobody who is not, need no further asking. */
const ENOUGH_FOUND = 3;
/** So many absent ones contradict the message of a single person, who then has it from other software… */
const CONTRADICTING = 5;
/** …but only where Plivo would have to have refused the numbers of so many: of a few, one may be the only number it serves. */
const NOT_ALL_REFUSED = 20;

/** What is known of a batch beside those who were asked for. */
export type SampledBatch = {
  readonly people: number;
  /** How many have a message that can only be this batch's, by asking or on pages of the list. */
  readonly shown: number;
  /** How many may have one: these, and those of whom it is unclear. */
  readonly perhaps: number;
  /** How many have no message near the call; null where not everybody was seen. */
  readonly unshown: number | null;
  /** Of those who were asked for, the ones who were not picked for a message that a page shows of them. */
  readonly drawn: Sample;
};

/**
 * A batch that was taken shows with most of its people. A few people's messages prove nothing for the others: other
 * software on the account may have texted those, or Plivo may have refused all numbers but theirs. So they are no
 * proof that the batch was not taken either.
 */
export function judgeSample({ absent }: Sample, batch: SampledBatch): ProbeVerdict {
  if (isMostlyShown(batch) || (batch.unshown === null && isDrawnShown(batch))) return 'found';
  if (batch.perhaps === 0) return absent > 0 ? 'absent' : 'unclear';
  const isStrangers = batch.perhaps === 1 && absent >= CONTRADICTING && (batch.unshown ?? 0) >= NOT_ALL_REFUSED;
  return isStrangers ? 'absent' : 'unclear';
}

/** Other software texts one or two of a small batch's people at that moment sooner than three of them. */
const LEAST_SHOWN = 3;

/** Half of a batch, and three people of it: no further asking would make less of that. */
export const isMostlyShown = ({ people, shown }: Pick<SampledBatch, 'people' | 'shown'>): boolean =>
  shown >= Math.max(Math.min(LEAST_SHOWN, people), people / 2);

/** Half of those who were picked evenly stand for half of the batch; whoever was picked for a message stands for nobody else. */
const isDrawnShown = ({ drawn: { found, absent, unclear } }: SampledBatch): boolean =>
  found >= ENOUGH_FOUND && found >= absent + unclear;

/** Asking further people would not change what the sample says. */
export const isDecided = ({ found, absent, unclear }: Sample, drawn: Sample): boolean =>
  absent === 0 ? drawn.found >= ENOUGH_FOUND : found + unclear === 0 && absent >= ENOUGH_ABSENT;

/** Some may have a message of the batch and others have none: further people may tell. */
export const isMixed = ({ found, absent, unclear }: Sample): boolean => found + unclear > 0 && absent > 0;

/** A request that timed out here may be taken by Plivo a little later, and records may show late: one look is not enough. */
const LOOKS_BEFORE_NOT_SENT = 2;
const FRUITLESS_LOOKS_BEFORE_HELD = 4;
/** A list that is away comes back: twenty looks are twenty minutes by the default spacing. */
const BUSY_LOOKS_BEFORE_HELD = 20;

/** How often the list was asked about a batch, the last time included, by what came of it. */
export type LookCounts = { readonly looks: number; readonly fruitlessLooks: number; readonly busyLooks: number };

/** What follows from a look. */
export function afterLook(result: LookResult, counts: LookCounts): 'sent' | 'not_sent' | 'held' | 'look_again' {
  if (result === 'found') return 'sent';
  if (result === 'absent') return counts.looks >= LOOKS_BEFORE_NOT_SENT ? 'not_sent' : 'look_again';
  if (result === 'busy') return counts.busyLooks >= BUSY_LOOKS_BEFORE_HELD ? 'held' : 'look_again';
  return counts.fruitlessLooks >= FRUITLESS_LOOKS_BEFORE_HELD ? 'held' : 'look_again';
}

export type TimeSpan = { readonly from: number; readonly to: number };

/** Our clock and Plivo's may differ, or ours may have been set: the whole window is far wider than a call takes. */
const CLOCK_MARGIN_MS = 2 * 3_600_000;
const NEAR_MARGIN_MS = 5000;
/** A request may be taken a little after its answer was given up. */
const LATE_MARGIN_MS = 60_000;

/**
 * When the messages of a call may have been recorded, in milliseconds since 1970: `whole` with any clock, `near` if
 * Plivo's clock is `aheadMs` ahead of ours, give or take `slackMs`, where a page of the list most likely shows them.
 * `longestMs`: how long the call may have taken. The bounds stay the same while paging.
 */
export function searchWindows(
  calledAt: number,
  longestMs: number,
  { aheadMs, slackMs }: { readonly aheadMs: number; readonly slackMs: number } = { aheadMs: 0, slackMs: 0 },
): { readonly whole: TimeSpan; readonly near: TimeSpan } {
  const begin = calledAt + aheadMs;
  return {
    whole: { from: calledAt - CLOCK_MARGIN_MS, to: calledAt + longestMs + CLOCK_MARGIN_MS },
    near: { from: begin - slackMs - NEAR_MARGIN_MS, to: begin + longestMs + slackMs + LATE_MARGIN_MS },
  };
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
