import type { Logger } from '../../../config/logger';
import { isFinal } from '../../domain/states/broadcastState';
import type { Timers } from '../../domain/time/timers';
import type { WatchStore } from '../../store/telling/watchStore';
import type { CommonNews } from './commonNews';
import { endEvent, progressEvent, type LiveEvent } from './liveEvents';
import { Listeners, type Listener } from './listeners';
import type { SeenBroadcast, SeenBroadcasts } from './seenBroadcasts';

/** Reads broadcasts as callers see them, all as things stand at one moment; null where one is gone. */
export type Representations = () => Promise<(id: string) => Promise<object | null>>;

export type LiveFeedDeps = {
  readonly watch: WatchStore;
  readonly commonNews: CommonNews;
  readonly seen: SeenBroadcasts;
  readonly representations: Representations;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly clock: () => number;
  readonly maxListeners: number;
  /** Instead of the usual distance between two looks for those who may not listen any more. */
  readonly lookEveryMs?: number;
};

export type LiveFeed = {
  /** Returns how to leave; null where as many listen as there may, or the service stops. */
  listen(listener: Listener): (() => void) | null;
  /** Everybody's stream ends, and nobody is let in any more. */
  stop(): void;
};

/** Four looks a second, and so four events a broadcast at most. */
const LOOK_EVERY_MS = 250;
/** With thousands of listeners; with hundreds, changes are told within a second, other instances' too. */
const LONGEST_PAUSE_MS = 2000;
/** For each millisecond that goes into telling, so many go by before the next look: telling takes a twenty-fifth of the time. */
const REST_FOR_EACH = 24;
const BEAT_EVERY_MS = 15_000;
/** Whose key is revoked, or whose token has expired, is told nothing any more after so long. */
const ASK_EVERY_MS = 5000;
/** So many are told before others get their turn. */
const TOLD_AT_ONCE = 250;
/** Changes of so many broadcasts are told after one look; the others come after the next. */
const MOST_CHANGES = 50;
/** Who comes in is shown a broadcast that has not changed as it was shown to others so short a time ago. */
const SHOWN_AGAIN_MS = 10_000;

/**
 * Tells all listeners of this process what changes, by one look at the database for all of them, and none while nobody
 * listens. What other instances change is seen in the same way. What happens between two looks is told as one.
 */
export function createLiveFeed(deps: LiveFeedDeps): LiveFeed {
  const { watch, commonNews, seen, logger, timers } = deps;
  const listeners = new Listeners();
  const stopped = new AbortController();
  const teller = createTeller(timers);
  let isRunning = false;
  let isFailing = false;
  let isAsking = false;

  async function look(newcomers: readonly Listener[]): Promise<void> {
    const isEvery = listeners.isAnyOfAll;
    const wanted = listeners.keys();
    const { at: foundAt, broadcasts } = await watch.look({
      keys: [...wanted, ...(isEvery ? seen.keysToFollow() : [])],
      isEvery,
      endedSince: isEvery ? awaySince(newcomers) : null,
    });
    const at = foundAt ?? deps.clock();
    const { changed, standingFor } = await commonNews.look(at);
    await teller.tell(listeners.everyone(), changed);
    await teller.tellEach(newcomers, ({ lastHeard }) =>
      standingFor(lastHeard?.at ?? null).filter((event) => !changed.includes(event)),
    );
    await tellOf(seen.takeIn(broadcasts, { at, isEvery }), at, newcomers);
    const found = new Set(broadcasts.map(({ broadcastKey }) => broadcastKey));
    for (const key of wanted.filter((one) => !found.has(one))) endAll(listeners.of(key));
  }

  async function tellOf(found: readonly SeenBroadcast[], at: number, newcomers: readonly Listener[]): Promise<void> {
    const show = createShowing(deps.representations, at);
    let changes = 0;
    for (const one of found) {
      const isTold = one.isUntold && changes++ < MOST_CHANGES;
      const told = isTold ? everybodyOf(one) : newcomers.filter((listener) => wantsToKnow(listener, one));
      if (told.length > 0) await tellOne(one, at, { told, newcomers, progress: await show(one) });
      if (isTold) {
        one.isUntold = one.isEndUntold = false;
        // Who came back a moment ago with what this look told first has not heard of it.
        one.changedAt = at;
      }
    }
  }

  const everybodyOf = ({ glance }: SeenBroadcast): Listener[] => [
    ...listeners.of(glance.broadcastKey),
    ...listeners.of(null).filter((listener) => listener.mayRead(glance)),
  ];

  async function tellOne(
    { glance, isEndUntold }: SeenBroadcast,
    at: number,
    { told, newcomers, progress }: Told,
  ): Promise<void> {
    if (progress === null) return;
    await teller.tell(
      told.filter((listener) => !knows(listener, glance)),
      [progress],
    );
    if (!isFinal(glance.status)) return;
    const alone = told.filter(({ broadcastKey }) => broadcastKey !== null);
    const back = newcomers.filter((listener) => told.includes(listener) && hasMissedEnd(listener, glance));
    await teller.tell(isEndUntold ? told : [...new Set([...alone, ...back])], [endEvent(at, glance)]);
    endAll(alone);
  }

  function endAll(leaving: readonly Listener[]): void {
    for (const listener of leaving) {
      listeners.remove(listener);
      listener.end();
    }
  }

  /** Goes on beside the looks: nobody waits until it is known whether others may stay. */
  async function sendAway(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    for (const listener of listeners.everyone()) if (!(await listener.mayStay())) endAll([listener]);
    isAsking = false;
  }

  async function run(): Promise<void> {
    const { lookEveryMs: askEveryMs = ASK_EVERY_MS } = deps;
    let beatAt = timers.monotonicMs() + BEAT_EVERY_MS;
    let askAt = timers.monotonicMs() + askEveryMs;
    while (listeners.count > 0) {
      const newcomers = listeners.takeNew();
      await look(newcomers).then(noteSuccess, (error: unknown) => noteFailure(error, newcomers));
      if (timers.monotonicMs() >= beatAt) {
        beatAt = timers.monotonicMs() + BEAT_EVERY_MS;
        for (const listener of listeners.everyone()) listener.beat();
      }
      if (timers.monotonicMs() >= askAt) {
        askAt = timers.monotonicMs() + askEveryMs;
        void sendAway();
      }
      const restMs = teller.takeSpentMs() * REST_FOR_EACH;
      await timers.sleep(Math.min(Math.max(restMs, LOOK_EVERY_MS), LONGEST_PAUSE_MS), stopped.signal);
    }
    seen.clear();
    commonNews.forget();
    isRunning = false;
  }

  const noteSuccess = () => {
    isFailing = false;
  };

  function noteFailure(error: unknown, newcomers: readonly Listener[]): void {
    if (!isFailing) logger.warn('What changes cannot be seen at present; listeners are told once it can', { error });
    isFailing = true;
    listeners.putBack(newcomers);
  }

  return {
    listen(listener) {
      if (stopped.signal.aborted || listeners.count >= deps.maxListeners) return null;
      listeners.add(listener);
      if (!isRunning) {
        isRunning = true;
        void run();
      }
      return () => listeners.remove(listener);
    },
    stop() {
      stopped.abort();
      endAll(listeners.everyone());
    },
  };
}

type Told = {
  readonly told: readonly Listener[];
  readonly newcomers: readonly Listener[];
  readonly progress: LiveEvent | null;
};

/** An end that was written before a look may have been seen only after it. Rather twice than never. */
const SEEN_LATE_MS = 5000;

/** Since when somebody who listens to all was away; null where nobody was. */
function awaySince(newcomers: readonly Listener[]): number | null {
  const heardAt = newcomers.flatMap(({ broadcastKey, lastHeard }) =>
    broadcastKey === null && lastHeard !== null ? [lastHeard.at] : [],
  );
  return heardAt.length === 0 ? null : Math.min(...heardAt) - SEEN_LATE_MS;
}

/** Of one who comes back to all, whether the broadcast ended while they were away. */
const hasMissedEnd = ({ broadcastKey, lastHeard }: Listener, { endedAt }: SeenBroadcast['glance']): boolean =>
  broadcastKey === null && lastHeard !== null && endedAt !== null && endedAt > lastHeard.at - SEEN_LATE_MS;

/** Whoever comes back knows what has not changed since. */
const knows = ({ broadcastKey, lastHeard }: Listener, glance: SeenBroadcast['glance']): boolean =>
  broadcastKey !== null && !isFinal(glance.status) && lastHeard?.isOf(glance) === true;

/** Of one who has just come. Among all, those are of interest that are under way, or have ended while they were away. */
function wantsToKnow(listener: Listener, { glance, changedAt }: SeenBroadcast): boolean {
  const { broadcastKey, lastHeard, mayRead } = listener;
  if (broadcastKey !== null) return broadcastKey === glance.broadcastKey;
  const isNews = changedAt === null || lastHeard === null || changedAt >= lastHeard.at;
  if (hasMissedEnd(listener, glance)) return mayRead(glance);
  const isOver = isFinal(glance.status) && (changedAt === null || lastHeard === null);
  return isNews && !isOver && mayRead(glance);
}

/** Shows broadcasts, reading what they have in common once, and what nobody has changed not again and again. */
function createShowing(representations: Representations, at: number) {
  let read: Awaited<ReturnType<Representations>> | null = null;
  return async (one: SeenBroadcast): Promise<LiveEvent | null> => {
    if (!one.isUntold && one.shown !== null && at - one.shown.at < SHOWN_AGAIN_MS) return one.shown.event;
    read ??= await representations();
    const representation = await read(one.glance.id);
    if (representation === null) return null;
    one.shown = { at, event: progressEvent(at, one.glance, representation) };
    return one.shown.event;
  };
}

/** Tells many, some at a time, and knows how much of the processor's time that took. */
function createTeller(timers: Timers) {
  let spentMs = 0;

  async function tellEach(
    told: readonly Listener[],
    eventsFor: (listener: Listener) => readonly LiveEvent[],
  ): Promise<void> {
    for (let from = 0; from < told.length; from += TOLD_AT_ONCE) {
      if (from > 0) await timers.nextTurn();
      const startedAt = timers.monotonicMs();
      for (const listener of told.slice(from, from + TOLD_AT_ONCE))
        for (const event of eventsFor(listener)) listener.tell(event);
      spentMs += timers.monotonicMs() - startedAt;
    }
  }

  return {
    tellEach,
    async tell(told: readonly Listener[], events: readonly LiveEvent[]): Promise<void> {
      if (events.length > 0) await tellEach(told, () => events);
    },
    takeSpentMs() {
      const spent = spentMs;
      spentMs = 0;
      return spent;
    },
  };
}
