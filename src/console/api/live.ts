import { signal, useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Unreachable } from './faults';

/** How often what is shown is asked for anew. */
const EVERY_MS = 2000;
/** After a failure it is asked less and less often, up to this. */
const SLOWEST_MS = 30_000;

/** What is known of something, and whether the last attempt to learn more failed. */
export type Known<T> = {
  readonly value: T | null;
  readonly error: unknown;
  readonly at: number;
};

/** Whether the service answered last time; the shell says so where it did not. */
export const isReached = signal(true);

/**
 * Something that changes, asked for again and again while somebody looks: not in a hidden tab. What was known stays
 * while an attempt fails. A stream of events can take the place of the clock here, and no view will notice.
 *
 * @param about asks anew from nothing when it changes
 * @param pace how long to wait for the next look, by what was seen
 */
export function useLive<T>(
  about: string,
  load: (signal: AbortSignal) => Promise<T>,
  pace: number | ((value: T) => number) = EVERY_MS,
): { known: Signal<Known<T>>; refresh: () => void } {
  const known = useSignal<Known<T>>({ value: null, error: null, at: 0 });
  const latest = useRef(load);
  latest.current = load;
  const waitAfter = useRef(pace);
  waitAfter.current = pace;
  const again = useRef<() => void>(() => undefined);

  useEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = EVERY_MS;
    let underWay = false;
    // What is under way may have been answered before what was done: it is looked at once more.
    let isWantedAgain = false;
    const isGone = () => left.signal.aborted;
    known.value = { value: null, error: null, at: 0 };

    const look = async (): Promise<void> => {
      clearTimeout(timer);
      if (isGone()) return;
      isWantedAgain = underWay;
      if (underWay) return;
      underWay = true;
      try {
        const value = await latest.current(left.signal);
        if (isGone()) return;
        known.value = { value, error: null, at: Date.now() };
        isReached.value = true;
        wait = typeof waitAfter.current === 'number' ? waitAfter.current : waitAfter.current(value);
      } catch (error) {
        if (isGone()) return;
        known.value = { ...known.value, error };
        if (error instanceof Unreachable) isReached.value = false;
        wait = Math.min(SLOWEST_MS, wait * 2);
      } finally {
        underWay = false;
      }
      if (isWantedAgain) void look();
      else if (!document.hidden) timer = setTimeout(() => void look(), wait);
    };
    const seen = () => {
      if (document.hidden) clearTimeout(timer);
      else void look();
    };
    again.current = () => void look();
    document.addEventListener('visibilitychange', seen);
    addEventListener('online', seen);
    void look();
    return () => {
      left.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('online', seen);
    };
  }, [about]);

  return { known, refresh: () => again.current() };
}
