import type { Timers } from '../../domain/time/timers';
import { POSTED_AGAIN_WITHIN_MS } from '../../domain/time/deafTime';
import type { DeafTimeStore, RecentDeafTime } from '../../store/hearing/deafTimeStore';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';

export type HearingWatch = Loop & {
  /** What came in at `at`, by the clock that never steps, could not be kept: who sees it again may not know that. */
  readonly missed: (at: number) => void;
  /** Times in which texts may have been missed that only this process knows of. */
  readonly deafTimes: () => RecentDeafTime[];
};

export type HearingWatchDeps = LoopDeps & {
  readonly deafTime: DeafTimeStore;
  /** Whether nobody else can have heard anything before this process began: one per SQLite file. */
  readonly isOnlyProcess: boolean;
};

const BEAT_EVERY_MS = 5000;
/** Others that are there have said so within this time. */
const LISTEN_FOR_OTHERS_MS = 7000;
/** A process that hangs for longer has kept Plivo waiting for too long (8 s). */
const LONGEST_SILENCE_MS = 7500;

/** By the clock that never steps. */
type Interval = { readonly from: number; readonly until: number };

/**
 * Says every few seconds that somebody hears what people write. A gap tells the next one, or this process when it wakes,
 * that texts may have been missed, which Plivo will post again when others have come in since.
 */
export function createHearingWatch({ deafTime, isOnlyProcess, ...deps }: HearingWatchDeps): HearingWatch {
  const { timers } = deps;
  const startedAt = timers.monotonicMs();
  /** Until it is known who was there before, all of the past counts as deaf. */
  let before: Interval | null = { from: startedAt - POSTED_AGAIN_WITHIN_MS, until: startedAt };
  let unwritten: readonly Interval[] = [];
  let tickedAt = startedAt;
  /** When the database last did what it was asked. */
  let storedAt = startedAt;
  let begin: (() => Promise<number | null>) | null = listenForOthers;

  /** Returns for how long to listen on; null when it is known who was there. */
  async function listenForOthers(): Promise<number | null> {
    const askedAt = timers.monotonicMs();
    const found = await deafTime.lastHeard();
    if (found === null) {
      before = null;
      return null;
    }
    // Where the clock was set back, nobody knows how long ago it was.
    const agoMs = found.msAgo < 0 ? POSTED_AGAIN_WITHIN_MS : found.msAgo;
    before = { from: askedAt - agoMs, until: startedAt };
    if (isOnlyProcess) {
      keepBefore();
      return null;
    }
    begin = async () => {
      if ((await deafTime.lastHeard())?.at === found.at) keepBefore();
      before = null;
      return null;
    };
    return LISTEN_FOR_OTHERS_MS;
  }

  function keepBefore(): void {
    if (before !== null) unwritten = [...unwritten, before];
    before = null;
  }

  /** A process that was stopped, or too busy, may have kept Plivo waiting in vain. */
  function hanging(): Interval[] {
    const now = timers.monotonicMs();
    return now - tickedAt > BEAT_EVERY_MS + LONGEST_SILENCE_MS ? [{ from: tickedAt, until: now }] : [];
  }

  function missed(at: number): void {
    const last = unwritten.at(-1);
    const from = last === undefined ? at : Math.min(last.from, at);
    unwritten = [...unwritten.slice(0, -1), { from, until: timers.monotonicMs() }];
  }

  /** Where nothing can be written, whoever of all instances heard something could not keep it. */
  async function step(): Promise<number> {
    try {
      const restMs = await beat();
      storedAt = timers.monotonicMs();
      return restMs;
    } catch (error) {
      missed(storedAt);
      throw error;
    }
  }

  async function beat(): Promise<number> {
    unwritten = [...unwritten, ...hanging()];
    tickedAt = timers.monotonicMs();
    const listenMs = begin === null ? null : await begin();
    if (listenMs !== null) return listenMs;
    begin = null;
    const written = unwritten;
    await deafTime.beat(() => written.map((interval) => ago(timers, interval)));
    unwritten = unwritten.filter((interval) => !written.includes(interval));
    return BEAT_EVERY_MS;
  }

  return {
    ...createLoop(deps, { name: 'hearing watch', step }),
    missed,
    deafTimes: () =>
      [...(before === null ? [] : [before]), ...unwritten, ...hanging()].map((interval) => ago(timers, interval)),
  };
}

const ago = ({ monotonicMs }: Pick<Timers, 'monotonicMs'>, { from, until }: Interval): RecentDeafTime => ({
  fromMsAgo: monotonicMs() - from,
  untilMsAgo: monotonicMs() - until,
});
