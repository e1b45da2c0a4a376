import { setImmediate as nextTurn } from 'node:timers/promises';

/** Others wait for as long, and for the few items that were under way. */
const STRETCH_MS = 10;
/** So many items go by between two looks at the clock. */
const LOOK_EVERY = 4;

/**
 * Work on many items between which others are to have their turn. By the time that it has taken, not by so many items: one
 * person's text may take a thousand times as long as another's.
 *
 *     for (const item of items) {
 *       if (work.isLong()) await work.pause();
 *       …
 *     }
 */
export class LongWork {
  #since = performance.now();
  #items = 0;

  /** Asked before each item. */
  isLong(): boolean {
    return ++this.#items % LOOK_EVERY === 0 && performance.now() - this.#since > STRETCH_MS;
  }

  /** Lets everything else that is ready have its turn. */
  async pause(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
