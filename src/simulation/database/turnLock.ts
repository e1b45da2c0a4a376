import type { Chance } from '../clockwork/chance';
import type { Life, Timeline } from '../clockwork/timeline';

/** One turn with the database, from its beginning until it is freed or cut. */
export type Hold = { readonly life: Life };

/** SQLite carries out one transaction at a time; whose turn is next when one ends, chance decides. */
export type TurnLock = {
  /** Resolves when the database is free, and takes it. Never, where the life ends before. */
  take(life: Life): Promise<Hold>;
  holds(hold: Hold): boolean;
  free(hold: Hold): void;
  /** Takes the database from a life that has ended or stands still. Returns whether it had it. */
  cut(life: Life): boolean;
};

type Waiting = { readonly life: Life; readonly begin: (hold: Hold) => void };

const HANDED_ON_WITHIN_MS = 0.5;

export function createTurnLock(timeline: Timeline, chance: Chance): TurnLock {
  let holding: Hold | null = null;
  let waiting: Waiting[] = [];

  /** Those who stand still keep their place: their turn comes when they go on. */
  function handOn(): void {
    if (holding !== null) return;
    waiting = waiting.filter(({ life }) => !life.isDead);
    const now = timeline.now();
    const next = chance.pickFrom(waiting.filter(({ life }) => life.stoppedUntil <= now));
    if (next === undefined) {
      for (const { life } of waiting) timeline.after(life.stoppedUntil - now, life, handOn);
      return;
    }
    waiting = waiting.filter((one) => one !== next);
    holding = { life: next.life };
    next.begin(holding);
  }

  function end(): void {
    holding = null;
    if (waiting.length > 0) timeline.after(chance.next() * HANDED_ON_WITHIN_MS, null, handOn);
  }

  return {
    take: (life) =>
      new Promise((resolve) => {
        waiting.push({ life, begin: resolve });
        handOn();
      }),
    holds: (hold) => holding === hold,
    free(hold) {
      if (holding === hold) end();
    },
    cut(life) {
      if (holding?.life !== life) return false;
      end();
      return true;
    },
  };
}
