import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '../../../config/logger';

export type Loop = { start(): void; /** Resolves when the step under way is over. */ stop(): Promise<void> };

const AFTER_ERROR_MS = 1000;

/**
 * Takes one step after another in the background. A step returns how many milliseconds may pass before the next one; one
 * that fails is logged and the loop goes on.
 */
export function createLoop(options: {
  readonly name: string;
  readonly logger: Logger;
  readonly step: (signal: AbortSignal) => Promise<number>;
}): Loop {
  const stopped = new AbortController();
  const { signal } = stopped;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await options.step(signal).catch((error: unknown) => {
        options.logger.error('A background task failed and will be tried again', { task: options.name, error });
        return AFTER_ERROR_MS;
      });
      if (pauseMs > 0) await sleepFor(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      running = run();
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
