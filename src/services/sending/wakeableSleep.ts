/** A sleep that a wake-up ends early. A wake-up while nobody sleeps ends the next sleep at once: none is lost. */
export type WakeableSleep = {
  sleep(ms: number): Promise<void>;
  wake(): void;
};

export function createWakeableSleep(): WakeableSleep {
  let woken = false;
  let endSleep: (() => void) | null = null;
  return {
    async sleep(ms) {
      if (!woken && ms > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          endSleep = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      endSleep = null;
      woken = false;
    },
    wake() {
      woken = true;
      endSleep?.();
    },
  };
}
