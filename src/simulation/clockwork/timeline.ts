import type { Chance } from './chance';
import { createDueHeap } from './dueHeap';

/** Something that can die or stand still, and with it all that was about to happen to it. */
export type Life = {
  readonly isDead: boolean;
  /** Virtual milliseconds; nothing happens to it before. */
  readonly stoppedUntil: number;
};

export type Scheduled = { cancel(): void };

export type Timeline = {
  /** Virtual milliseconds since the beginning of the world. */
  now(): number;
  /** `life` null: it happens whoever lives. */
  after(ms: number, life: Life | null, happen: () => void): Scheduled;
  /** A look at whether there is something to do. While nothing stirs, looks come at growing distances. */
  look(ms: number, life: Life, happen: () => void): Scheduled;
  /** Something stirs: looks come when they are due. */
  stir(): void;
  /** Milliseconds since something stirred. */
  quietFor(): number;
  /** Plays one event after another until `isOver` says so after one, or nothing is left. */
  play(isOver: () => boolean): Promise<void>;
};

type Event = {
  happen: (() => void) | null;
  readonly life: Life | null;
  /** May still be put off. */
  isLook: boolean;
  dueAt: number;
  /** Of its places in the heap only the one with this number counts. */
  place: number;
};

/** Looks are put off only after so long without a stir: a call's claim, slot and answer lie closer together. */
const QUIET_AFTER_MS = 800;
const PULLED_FORWARD_WITHIN_MS = 400;

/**
 * One order of everything that happens in a world, by virtual time; what is due at the same time is ordered by chance.
 * The next event happens only when all that follows from the last one without waiting has happened.
 *
 * `stretch`: of the quiet time so far, the part by which looks are put off. Timers may always fire late, so nothing
 * happens that could not; but a night in which nothing happens is over in a few looks.
 */
export function createTimeline(chance: Chance, stretch: number): Timeline {
  const heap = createDueHeap<{ event: Event; place: number }>();
  let now = 0;
  let stirredAt = 0;
  let putOff: Event[] = [];

  function place(event: Event, at: number): void {
    event.dueAt = at;
    event.place++;
    heap.push({ at, order: chance.next(), item: { event, place: event.place } });
  }

  function schedule(ms: number, life: Life | null, isLook: boolean, happen: () => void): Scheduled {
    const event: Event = { happen, life, isLook, dueAt: 0, place: 0 };
    place(event, now + Math.max(0, ms));
    return {
      cancel() {
        event.happen = null;
      },
    };
  }

  function isPutOff(event: Event): boolean {
    const stoppedUntil = event.life?.stoppedUntil ?? 0;
    if (stoppedUntil > now) {
      place(event, stoppedUntil + chance.next());
      return true;
    }
    const quietMs = now - stirredAt;
    if (!event.isLook || quietMs < QUIET_AFTER_MS) return false;
    event.isLook = false;
    place(event, now + quietMs * stretch);
    putOff.push(event);
    return true;
  }

  function stir(): void {
    stirredAt = now;
    for (const event of putOff) {
      const soon = now + chance.next() * PULLED_FORWARD_WITHIN_MS;
      if (event.happen !== null && event.dueAt > soon) place(event, soon);
    }
    if (putOff.length > 0) putOff = [];
  }

  /** Returns false where nothing is left. */
  function happenNext(): boolean {
    for (;;) {
      const due = heap.pop();
      if (due === undefined) return false;
      const { event, place: itsPlace } = due.item;
      if (event.happen === null || itsPlace !== event.place || event.life?.isDead === true) continue;
      now = Math.max(now, due.at);
      if (isPutOff(event)) continue;
      const { happen } = event;
      event.happen = null;
      happen();
      return true;
    }
  }

  return {
    now: () => now,
    after: (ms, life, happen) => schedule(ms, life, false, happen),
    look: (ms, life, happen) => schedule(ms, life, true, happen),
    stir,
    quietFor: () => now - stirredAt,
    play: (isOver) =>
      new Promise((resolve, reject) => {
        const turn = () => {
          try {
            if (!happenNext() || isOver()) resolve();
            // By the next turn, everything that follows from promises that are settled now has been done.
            else setImmediate(turn);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        setImmediate(turn);
      }),
  };
}
