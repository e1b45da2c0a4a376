import { createHash } from 'node:crypto';
import { MemoryStore, type Options, type Store } from 'express-rate-limit';

/** One more of `whose`, counted where all instances count. */
export type CountRequest = (
  whose: string,
  windowMs: number,
) => Promise<{ readonly hits: number; readonly remainingMs: number }>;

export type SharedCountsConfig = {
  readonly name: string;
  readonly windowMs: number;
  /** What is allowed in a window. */
  readonly max: number;
  /** Null where there is one process: its memory is all there is. */
  readonly count: CountRequest | null;
};

/**
 * What somebody did in a window, on whichever instance. Counted in memory as well: whoever is over the limit here is over it
 * everywhere, so that a flood costs the database `max` writes a window and no more, and while the database cannot be asked
 * each instance holds its own callers to the limit.
 */
export function sharedCounts({ name, windowMs, max, count }: SharedCountsConfig): Store {
  const here = new MemoryStore();
  here.init({ windowMs } as Options);
  return {
    localKeys: false,
    async increment(key) {
      const whose = digest(key);
      const own = await here.increment(whose);
      if (count === null || own.totalHits > max) return own;
      const all = await count(`${name} ${whose}`, windowMs).catch(() => null);
      if (all === null || all.hits < own.totalHits) return own;
      return { totalHits: all.hits, resetTime: new Date(Date.now() + Math.max(0, all.remainingMs)) };
    },
    decrement: (key) => here.decrement(digest(key)),
    resetKey: (key) => here.resetKey(digest(key)),
    shutdown: () => here.shutdown(),
  };
}

/** Neither a key nor an address lies about. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64');
