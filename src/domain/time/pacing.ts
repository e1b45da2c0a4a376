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

export type Forecast = {
  readonly now: number;
  /** Of what goes first or takes turns with this broadcast, its own included: how long the calls take, and their units. */
  readonly callsMs: number;
  readonly units: number;
  readonly pace: Pace | null;
  /** When Plivo is done with what it was handed. */
  readonly queueFreeAt: number;
  /** Its schedule; null for at once. */
  readonly startsAt: number | null;
  /** When quiet hours let the last of it go, and how much that is; null where they hold nothing back. */
  readonly held: { readonly until: number; readonly callsMs: number; readonly units: number } | null;
};

/** When the last text of a broadcast is expected to leave Plivo; milliseconds since 1970. */
export function expectedFinish({ now, startsAt, callsMs, units, held, ...forecast }: Forecast): number {
  const start = Math.max(now, startsAt ?? 0);
  const end = finishOf(start, callsMs, units, forecast);
  return held === null ? end : Math.max(end, finishOf(held.until, held.callsMs, held.units, forecast));
}

type Rates = Pick<Forecast, 'pace' | 'queueFreeAt'>;

function finishOf(start: number, callsMs: number, units: number, { pace, queueFreeAt }: Rates): number {
  const handedOver = start + callsMs;
  return pace === null ? handedOver : Math.max(handedOver, Math.max(start, queueFreeAt) + loadMs(pace, units));
}
