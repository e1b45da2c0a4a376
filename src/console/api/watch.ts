import { signal, type Signal } from '@preact/signals';
import { Unreachable } from './faults';
import { createLine, type Feed } from './line';
import type { Told } from './types';

/** How often what is shown is asked for anew. */
export const EVERY_MS = 2000;
/** After a failure it is asked less and less often, up to this. */
const SLOWEST_MS = 30_000;
/** While a stream tells of it, that nothing was missed is made sure of so often. */
const ALONGSIDE_MS = 15_000;
/** What was told of, but not what of it, is asked for no oftener than this. */
const LEAST_MS = 500;

/** What is known of something, and whether the last attempt to learn more failed. */
export type Known<T> = {
  readonly value: T | null;
  readonly error: unknown;
  readonly at: number;
};

export type Wishes<T> = {
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** How long to wait for the next look, by what was seen. */
  readonly pace: (value: T) => number;
  readonly feed: Feed<T> | undefined;
  /** Where it is given: as long as it stays the same, another look would show nothing new. */
  readonly news: unknown;
};

/** Whether the service answered last time; the shell says so where it did not. */
export const isReached = signal(true);

/**
 * Keeps what is known up to date while somebody looks: by a stream where there is one, by asking again and again where
 * there is none or it has broken. Not in a hidden tab. What was known stays while an attempt fails.
 */
export function startWatch<T>(known: Signal<Known<T>>, wishes: () => Wishes<T>) {
  const left = new AbortController();
  const isGone = () => left.signal.aborted;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = EVERY_MS;
  let newsSeen: unknown;
  let underWay = false;
  // What is under way may have been answered before what was done: it is looked at once more.
  let isWantedAgain = false;
  let isWantedSoon = false;

  const line = createLine<T>(() => wishes().feed, {
    onTold(heard) {
      const { value } = known.value;
      const feed = wishes().feed;
      if (value === null || feed === undefined) return;
      isReached.value = true;
      const next = heardOut(feed, value, heard);
      known.value = { value: next.value, error: null, at: Date.now() };
      isWantedSoon ||= next.isLookWanted;
      if (isWantedSoon) lookIn(LEAST_MS);
      else if (!line.follow(next.value)) lookIn(wishes().pace(next.value));
    },
    onOpen: () => plan(),
    onBroken: () => void look(),
  });

  let dueAt = Infinity;
  const lookIn = (ms: number) => {
    // Whoever is told again and again is not put off again and again.
    if (isWantedSoon && dueAt - performance.now() < LEAST_MS) return;
    clearTimeout(timer);
    dueAt = performance.now() + ms;
    if (!document.hidden && !isGone()) timer = setTimeout(lookAtNews, ms);
  };
  const plan = () => lookIn(line.isOpen() ? Math.max(wait, ALONGSIDE_MS) : wait);
  const lookAtNews = () => {
    const { news } = wishes();
    const isKnown = news !== undefined && news === newsSeen && known.value.error === null;
    if (isKnown) plan();
    else void look();
  };

  const look = async (): Promise<void> => {
    clearTimeout(timer);
    if (isGone()) return;
    isWantedAgain = underWay;
    if (underWay) return;
    underWay = true;
    isWantedSoon = false;
    dueAt = Infinity;
    const { load, pace, feed, news } = wishes();
    line.forget();
    try {
      const seen = await load(left.signal);
      if (isGone()) return;
      const value = feed === undefined ? seen : heardOut(feed, seen, line.heardLately()).value;
      known.value = { value, error: null, at: Date.now() };
      isReached.value = true;
      newsSeen = news;
      wait = pace(value);
      line.follow(value);
    } catch (error) {
      if (isGone()) return;
      known.value = { ...known.value, error };
      if (error instanceof Unreachable) isReached.value = false;
      wait = Math.min(SLOWEST_MS, wait * 2);
    } finally {
      underWay = false;
    }
    if (isWantedAgain) void look();
    else plan();
  };

  const stop = () => {
    left.abort();
    clearTimeout(timer);
    line.hangUp();
  };
  const rest = () => {
    clearTimeout(timer);
    line.hangUp();
  };
  return { look, rest, stop };
}

/** What is known after all of it was heard, in its order. */
function heardOut<T>(feed: Feed<T>, before: T, heard: readonly Told[]): { value: T; isLookWanted: boolean } {
  let value = before;
  let isLookWanted = false;
  for (const told of heard) {
    const next = feed.after(value, told);
    if (next === null) isLookWanted = true;
    else value = next;
  }
  return { value, isLookWanted };
}
