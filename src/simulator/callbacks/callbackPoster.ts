import http from 'node:http';
import https from 'node:https';
import { Fifo } from '../clockwork/fifo';
import type { SeededRandom } from '../clockwork/seededRandom';
import type { SimulatorSettings } from '../behaviour/settings';
import { signatureHeaders } from '../formats/signatures';
import type { CallbackMethod } from '../formats/signatures';
import { Timeline } from '../clockwork/timeline';

const MAX_ANSWER_CHARS = 64_000;

/** `status` 0 = no answer; `body` then says why. */
export type CallbackAnswer = { status: number; body: string };

/** One request to the user's service, made again until it is answered with 2xx or the attempts are used up. */
export type Callback = {
  readonly url: string;
  readonly method: CallbackMethod;
  /** Attempts made. */
  attempts: number;
  /** Built when posted and not before: a slow service lets a million callbacks wait. */
  fields(): Record<string, string>;
  /** Called after every attempt. */
  answered?(answer: CallbackAnswer): void;
};

export type CallbackPoster = {
  post(callback: Callback): void;
  /** Callbacks that wait, are under way, or will be tried again. */
  pending(): number;
  clear(): void;
  stop(): void;
};

export type CallbackPosterDeps = {
  settings: SimulatorSettings;
  random: SeededRandom;
  authToken: string;
  /** Called whenever a callback is done with. */
  settled: () => void;
};

type Origin = { waiting: Fifo<Callback>; active: number };

/**
 * Posts callbacks over kept connections, a bounded number at once for each origin. Anything but 2xx within the time-out
 * is tried again after the documented waits (https://support.plivo.com/hc/en-us/articles/360041344652).
 */
export function createCallbackPoster({ settings, random, authToken, settled }: CallbackPosterDeps): CallbackPoster {
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
  const origins = new Map<string, Origin>();
  const underWay = new Set<http.ClientRequest>();
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
      attempt(callback, (answer) => {
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

  function attempt(callback: Callback, done: (answer: CallbackAnswer) => void, isSecondGo = false): void {
    const request = openRequest(callback);
    underWay.add(request);
    let isOver = false;
    const timer = setTimeout(() => end({ status: 0, body: 'no answer in time' }), settings.callbackTimeoutMs);
    const end = (answer: CallbackAnswer): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      // Gone from the set means cleared meanwhile: nobody waits for the end of this one.
      if (!underWay.delete(request)) return;
      if (answer.status === 0) request.destroy();
      done(answer);
    };
    request.on('error', (error) => {
      // The service closed an idle connection just as it was taken up again; that is no refusal.
      if (request.reusedSocket && !isSecondGo && !isOver && underWay.delete(request)) {
        isOver = true;
        clearTimeout(timer);
        attempt(callback, done, true);
        return;
      }
      end({ status: 0, body: error.message });
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < MAX_ANSWER_CHARS) body += text;
      });
      response.on('end', () => end({ status: response.statusCode ?? 0, body }));
      response.on('error', (error) => end({ status: 0, body: error.message }));
    });
  }

  function openRequest(callback: Callback): http.ClientRequest {
    const { url, method } = callback;
    const fields = callback.fields();
    const encoded = new URLSearchParams(fields).toString();
    const headers = signatureHeaders({ method, url, fields, nonce: random.digits(20), authToken }, settings.signatures);
    const target = new URL(url);
    if (method === 'GET') {
      target.search += (target.search === '' ? '?' : '&') + encoded;
    } else {
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
      headers['Content-Length'] = String(Buffer.byteLength(encoded));
    }
    const isHttps = target.protocol === 'https:';
    const request = isHttps
      ? https.request(target, { method, headers, agent: agents['https:'] })
      : http.request(target, { method, headers, agent: agents['http:'] });
    request.end(method === 'POST' ? encoded : undefined);
    return request;
  }

  function clear(): void {
    retries.clear();
    for (const origin of origins.values()) origin.waiting.clear();
    origins.clear();
    const cut = [...underWay];
    underWay.clear();
    for (const request of cut) request.destroy();
  }

  return {
    post: enqueue,
    pending: () => {
      let pending = retries.size;
      for (const origin of origins.values()) pending += origin.waiting.size + origin.active;
      return pending;
    },
    clear,
    stop: () => {
      clear();
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
