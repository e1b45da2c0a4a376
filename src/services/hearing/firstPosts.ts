import type { Timers } from '../../domain/time/timers';

/** When Plivo first posted the texts that could not be kept, by the clock that never steps. */
export type FirstPosts = {
  remember(messageUuid: string, arrivedAt: number): void;
  /** Undefined where it was not posted before, as far as is remembered. */
  of(messageUuid: string): number | undefined;
};

/** Plivo gives up after seven minutes. */
const REMEMBERED_MS = 15 * 60_000;
/** A few megabytes. */
const MOST_REMEMBERED = 20_000;

/** What is posted again keeps its place among the texts of its person. */
export function createFirstPosts({ monotonicMs }: Pick<Timers, 'monotonicMs'>): FirstPosts {
  /** Oldest first. */
  const posts = new Map<string, number>();

  function forgetOld(): void {
    for (const [messageUuid, arrivedAt] of posts) {
      if (posts.size <= MOST_REMEMBERED && monotonicMs() - arrivedAt <= REMEMBERED_MS) return;
      posts.delete(messageUuid);
    }
  }

  return {
    remember(messageUuid, arrivedAt) {
      if (!posts.has(messageUuid)) posts.set(messageUuid, arrivedAt);
      forgetOld();
    },
    of: (messageUuid) => posts.get(messageUuid),
  };
}
