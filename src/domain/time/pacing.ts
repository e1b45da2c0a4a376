/** How fast Plivo sends, and how much may wait with it (a queue of 3 hours drops texts). */
export type Pace = {
  /** Parts of texts, not people. */
  readonly unitsPerSecond: number;
  readonly horizonMs: number;
};

/** The same rate with a horizon that is no longer than that. */
export const within = (pace: Pace, horizonMs: number): Pace => ({
  ...pace,
  horizonMs: Math.min(pace.horizonMs, horizonMs),
});

/**
 * What holds for the texts of one sender; null where a rate is not known. Plivo sends for the account at the one rate,
 * and has a queue of its own for each sender, which it works off at the other: whatever leaves must have passed both.
 */
export type Paces = {
  readonly account: Pace | null;
  readonly sender: SenderPace | null;
};

/** The rate of a sender; `queue` is what its queue is called, however the sender is spelled. */
export type SenderPace = Pace & { readonly queue: string };

/** The same rates with horizons that are no longer than that. */
export const bothWithin = ({ account, sender }: Paces, horizonMs: number): Paces => ({
  account: account === null ? null : within(account, horizonMs),
  sender: sender === null ? null : { ...sender, ...within(sender, horizonMs) },
});

/** Milliseconds that Plivo needs for so many units, rounded up. */
export const loadMs = ({ unitsPerSecond }: Pace, units: number): number => Math.ceil((units * 1000) / unitsPerSecond);

/**
 * In how many milliseconds Plivo has room for `units` more. `backlogMs`: how long it is busy with what it was handed.
 * What alone is more than the horizon goes when nothing else waits.
 */
export function untilRoom(pace: Pace, units: number, backlogMs: number): number {
  return Math.max(0, Math.min(backlogMs, backlogMs + loadMs(pace, units) - pace.horizonMs));
}

/** Plivo's queue, as far as we know; milliseconds since 1970 by a clock that may be set. */
export type Queue = { readonly freeAt: number; readonly writtenAt: number };

/** How long Plivo is busy with what it was handed. Where the clock was set back since, time begins anew from then. */
export const backlogMs = ({ freeAt, writtenAt }: Queue, now: number): number =>
  Math.max(0, freeAt - Math.max(now, writtenAt));

/** The most people of a broadcast in one call, so that a call is never more than Plivo can send within the horizon. */
export function largestBatch(batchSize: number, segmentsPerMessage: number, { account, sender }: Paces): number {
  const largest = (pace: Pace | null): number => {
    if (pace === null) return batchSize;
    const units = (pace.unitsPerSecond * pace.horizonMs) / 1000;
    return Math.max(1, Math.floor(units / segmentsPerMessage));
  };
  return Math.min(batchSize, largest(account), largest(sender));
}

/** A queue of Plivo's that texts pass: when it is done with what it was handed, since 1970, and how long it then needs. */
export type QueueAhead = { readonly freeAt: number; readonly loadMs: number };

/** What goes first or takes turns with a broadcast, its own included. */
type Ahead = {
  /** How long the calls take. */
  readonly callsMs: number;
  /** The account's, and those of its senders; none where no rate is known. */
  readonly queues: readonly QueueAhead[];
};

export type Forecast = Ahead & {
  readonly now: number;
  /** Its schedule; null for at once. */
  readonly startsAt: number | null;
  /** When quiet hours let the last of it go, and how much that is; null where they hold nothing back. */
  readonly held: (Ahead & { readonly until: number }) | null;
};

/** When the last text of a broadcast is expected to leave Plivo; milliseconds since 1970. */
export function expectedFinish({ now, startsAt, held, ...ahead }: Forecast): number {
  const end = finishOf(Math.max(now, startsAt ?? 0), ahead);
  return held === null ? end : Math.max(end, finishOf(held.until, held));
}

const finishOf = (start: number, { callsMs, queues }: Ahead): number =>
  Math.max(start + callsMs, ...queues.map(({ freeAt, loadMs: load }) => Math.max(start, freeAt) + load));

/**
 * What others have for a queue: how long it is busy with it, and what share of the queue that takes at most, as its own
 * sender is slower.
 */
export type OthersLoad = { readonly ms: number; readonly share: number };

const MOST_ROUNDS = 50;

/**
 * How long a queue is busy with `ownMs` and with what comes of others meanwhile: who has a slow sender has not got
 * through with all of theirs by then, and holds up nobody by the rest. Milliseconds.
 */
export function timeAmong(ownMs: number, others: readonly OthersLoad[]): number {
  let total = others.reduce((all, { ms }) => all + ms, ownMs);
  // What goes meanwhile is less in less time: comes closer from above, each round by the shares of the slow ones.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = others.reduce((all, { ms, share }) => all + (ms === 0 ? 0 : Math.min(ms, share * total)), ownMs);
    if (total - next < 1) break;
    total = next;
  }
  return Math.round(total);
}
