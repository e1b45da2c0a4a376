import type { Timers } from '../../domain/time/timers';

/** Tells those who wait in this process that a broadcast has changed. A hint to look again, not the news itself. */
export type BroadcastChanges = {
  /** Resolves at the next change of the broadcast, after `ms` at the latest, or when `signal` aborts. */
  next(broadcastId: string, ms: number, signal: AbortSignal): Promise<void>;
  publish(broadcastId: string): void;
};

export function createBroadcastChanges(timers: Pick<Timers, 'sleep'>): BroadcastChanges {
  const listeners = new Map<string, Set<() => void>>();
  return {
    next(broadcastId, ms, signal) {
      return new Promise((resolve) => {
        const waiting = listeners.get(broadcastId) ?? new Set();
        listeners.set(broadcastId, waiting);
        const given = new AbortController();
        const end = () => {
          if (given.signal.aborted) return;
          given.abort();
          signal.removeEventListener('abort', end);
          waiting.delete(end);
          if (waiting.size === 0) listeners.delete(broadcastId);
          resolve();
        };
        signal.addEventListener('abort', end);
        waiting.add(end);
        void timers.sleep(ms, given.signal).then(end);
        if (signal.aborted) end();
      });
    },
    publish(broadcastId) {
      for (const end of [...(listeners.get(broadcastId) ?? [])]) end();
    },
  };
}
