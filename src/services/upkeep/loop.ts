import type { Logger } from '../../../config/logger';
import type { Timers } from '../../domain/time/timers';

export type Loop = { start(): void; /** Resolves when the step under way is over. */ stop(): Promise<void> };

/** What every background task takes. */
export type LoopDeps = {
  readonly logger: Logger;
  readonly timers: Timers;
  /** Instead of the task's own distance between two looks for something that is due. */
  readonly lookEveryMs?: number;
};

const AFTER_ERROR_MS = 1000;

/**
 * Takes one step after another in the background. A step returns how many milliseconds may pass before the next one; one
 * that fails is logged and the loop goes on.
 */
export function createLoop(
  { logger, timers }: LoopDeps,
  task: { readonly name: string; readonly step: (signal: AbortSignal) => Promise<number> },
): Loop {
  const stopped = new AbortController();
  const { signal } = stopped;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await task.step(signal).catch((error: unknown) => {
        logger.error('A background task failed and will be tried again', { task: task.name, error });
        return AFTER_ERROR_MS;
      });
      if (pauseMs > 0) await timers.sleep(pauseMs, signal);
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

/** Asked through a function, since it changes between two looks at it. */
export const hasStopped = (signal: AbortSignal): boolean => signal.aborted;
