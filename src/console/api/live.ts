import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Feed } from './line';
import { EVERY_MS, startWatch, type Known, type Wishes } from './watch';

/** `feed`: a stream that tells of it, instead of the clock; `news`: as long as it is the same, nothing new is to be seen. */
export type Sources<T> = { readonly feed?: Feed<T>; readonly news?: unknown };

/**
 * Something that changes, up to date while somebody looks.
 *
 * @param about asks anew from nothing when it changes
 * @param pace how long to wait for the next look, by what was seen
 */
export function useLive<T>(
  about: string,
  load: (signal: AbortSignal) => Promise<T>,
  pace: number | ((value: T) => number) = EVERY_MS,
  { feed, news }: Sources<T> = {},
): { known: Signal<Known<T>>; refresh: () => void } {
  const known = useSignal<Known<T>>({ value: null, error: null, at: 0 });
  const wishes = useRef<Wishes<T> | null>(null);
  const latest: Wishes<T> = { load, pace: typeof pace === 'number' ? () => pace : pace, feed, news };
  wishes.current = latest;
  const again = useRef<() => void>(() => undefined);

  useEffect(() => {
    known.value = { value: null, error: null, at: 0 };
    const watch = startWatch(known, () => wishes.current ?? latest);
    const seen = () => {
      if (document.hidden) watch.rest();
      else void watch.look();
    };
    again.current = () => void watch.look();
    document.addEventListener('visibilitychange', seen);
    addEventListener('online', seen);
    void watch.look();
    return () => {
      watch.stop();
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('online', seen);
    };
  }, [about]);

  return { known, refresh: () => again.current() };
}
