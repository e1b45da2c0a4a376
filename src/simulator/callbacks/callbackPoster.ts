import { Fifo } from '../clockwork/fifo';
import { Timeline } from '../clockwork/timeline';
import type { Callback, CallbackAnswer } from './callback';
import { createCallbackSender, type CallbackSenderDeps } from './callbackSender';

export type CallbackPoster = {
  post(callback: Callback): void;
  /** Callbacks that wait, are under way, or will be tried again. */
  pending(): number;
  clear(): void;
  stop(): void;
};

export type CallbackPosterDeps = CallbackSenderDeps & {
  /** Called whenever a callback is done with. */
  settled: () => void;
};

type Origin = { waiting: Fifo<Callback>; active: number };

/**
 * Posts callbacks, a bounded number at once for each origin. Anything but 2xx within the time-out is tried again after
 * the documented waits (https://support.plivo.com/hc/en-us/articles/360041344652).
 */
export function createCallbackPoster({ settled, ...deps }: CallbackPosterDeps): CallbackPoster {
  const { settings } = deps;
  const sender = createCallbackSender(deps);
  const origins = new Map<string, Origin>();
  const retries = new Timeline<Callback>(enqueue);

  function enqueue(callback: Callback): void {
    const key = new URL(callback.url).origin;
    const origin = origins.get(key) ?? { waiting: new Fifo<Callback>(), active: 0 };
    origins.set(key, origin);
    origin.waiting.push(callback);
    fill(origin);
  }

  function fill(origin: Origin): void {
    while (origin.active < settings.callbackConcurrency) {
      const callback = origin.waiting.shift();
      if (!callback) return;
      origin.active += 1;
      sender.send(callback, (answer) => {
        origin.active -= 1;
        afterAttempt(callback, answer);
        fill(origin);
        settled();
      });
    }
  }

  function afterAttempt(callback: Callback, answer: CallbackAnswer): void {
    const retryDelayMs = settings.callbackRetryDelaysMs[callback.attempts];
    callback.attempts += 1;
    const isTaken = answer.status >= 200 && answer.status < 300;
    if (!isTaken && retryDelayMs !== undefined) retries.add(performance.now() + retryDelayMs, callback);
    callback.answered?.(answer);
  }

  function forget(): void {
    retries.clear();
    for (const origin of origins.values()) origin.waiting.clear();
    origins.clear();
  }

  return {
    post: enqueue,
    pending: () => {
      let pending = retries.size;
      for (const origin of origins.values()) pending += origin.waiting.size + origin.active;
      return pending;
    },
    clear: () => {
      forget();
      sender.cutOff();
    },
    stop: () => {
      forget();
      sender.stop();
    },
  };
}
