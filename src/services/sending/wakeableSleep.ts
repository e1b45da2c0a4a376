import type { Timers } from '../../domain/time/timers';

/** A sleep that a wake-up ends early. A wake-up while nobody sleeps ends the next sleep at once: none is lost. */
export type WakeableSleep = {
  sleep(ms: number): Promise<void>;
  wake(): void;
};

export function createWakeableSleep(timers: Pick<Timers, 'sleep'>): WakeableSleep {
  let woken = false;
  let asleep: AbortController | null = null;
  return {
    async sleep(ms) {
      if (!woken && ms > 0) {
        asleep = new AbortController();
        await timers.sleep(ms, asleep.signal);
      }
      asleep = null;
      woken = false;
    },
    wake() {
      woken = true;
      asleep?.abort();
    },
  };
}
