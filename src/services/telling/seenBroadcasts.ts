import { isFinal } from '../../domain/states/broadcastState';
import type { Glance } from '../../store/telling/watchStore';
import type { LiveEvent } from './liveEvents';

/** A broadcast as it was seen last. */
export type SeenBroadcast = {
  glance: Glance;
  /** In which look a change was seen first; null where none was since somebody listens. */
  changedAt: number | null;
  /** It has changed, and nobody was told yet. */
  isUntold: boolean;
  /** It has ended, or has ended otherwise, and nobody was told yet. */
  isEndUntold: boolean;
  /** How it was shown last, and when. */
  shown: { readonly at: number; readonly event: LiveEvent } | null;
};

export type SeenBroadcasts = {
  /** What the next look for all has to find beside what it finds anyway: its end may be all that is left to tell. The newest, not without bound. */
  keysToFollow(): number[];
  /** Takes in what a look has found; returns it in the order in which it is to be told, the longest kept back first. */
  takeIn(found: readonly Glance[], look: { readonly at: number; readonly isEvery: boolean }): SeenBroadcast[];
  clear(): void;
};

/** More than are looked at anyway, so that each that falls out of that has its end told. */
const MOST_FOLLOWED = 2000;

/** `newest`: of how many every look finds the newest, so that one of these that was not there before is new. */
export function createSeenBroadcasts(newest: number): SeenBroadcasts {
  let seen = new Map<number, SeenBroadcast>();
  /** From this key on, whatever was not seen before has come since; null where that cannot be told. */
  let newFrom: number | null = null;

  function seenNow(glance: Glance, at: number): SeenBroadcast {
    const before = seen.get(glance.broadcastKey);
    if (before === undefined) {
      const isNew = newFrom !== null && glance.broadcastKey >= newFrom;
      const isEndUntold = isNew && isFinal(glance.status);
      return { glance, changedAt: isNew ? at : null, isUntold: isNew, isEndUntold, shown: null };
    }
    if (before.glance.version !== glance.version) {
      before.isEndUntold ||= isFinal(glance.status) && before.glance.status !== glance.status;
      before.isEndUntold &&= isFinal(glance.status);
      before.isUntold = true;
      before.changedAt = at;
      before.glance = glance;
    }
    return before;
  }

  return {
    keysToFollow: () =>
      [...seen.values()]
        .filter(({ glance, isUntold }) => isUntold || !isFinal(glance.status))
        .map(({ glance }) => glance.broadcastKey)
        .sort((a, b) => b - a)
        .slice(0, MOST_FOLLOWED),
    takeIn(found, { at, isEvery }) {
      const now = found.map((glance) => seenNow(glance, at));
      seen = new Map(now.map((one) => [one.glance.broadcastKey, one]));
      const keys = found.map(({ broadcastKey }) => broadcastKey).sort((a, b) => b - a);
      newFrom = isEvery ? (keys[newest - 1] ?? 0) : null;
      return now.sort((a, b) => (a.shown?.at ?? 0) - (b.shown?.at ?? 0));
    },
    clear() {
      seen.clear();
      newFrom = null;
    },
  };
}
