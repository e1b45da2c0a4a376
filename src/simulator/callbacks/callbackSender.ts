import http from 'node:http';
import https from 'node:https';
import type { SimulatorSettings } from '../behaviour/settings';
import type { SeededRandom } from '../clockwork/seededRandom';
import { signatureHeaders } from '../formats/signatures';
import type { Callback, CallbackAnswer } from './callback';

export type CallbackSender = {
  /** One attempt. `done` gets its answer; it is not called where the attempt is cut off. */
  send(callback: Callback, done: (answer: CallbackAnswer) => void): void;
  cutOff(): void;
  /** Cuts off what is under way and closes the kept connections. */
  stop(): void;
};

export type CallbackSenderDeps = {
  settings: SimulatorSettings;
  random: SeededRandom;
  authToken: string;
};

type Agents = { 'http:': http.Agent; 'https:': https.Agent };

const MAX_ANSWER_CHARS = 64_000;

/** Makes signed requests over kept connections, each with a time-out. */
export function createCallbackSender(deps: CallbackSenderDeps): CallbackSender {
  const agents: Agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  const underWay = new Set<http.ClientRequest>();

  function attempt(callback: Callback, done: (answer: CallbackAnswer) => void, isSecondGo: boolean): void {
    const request = openRequest(callback, agents, deps);
    underWay.add(request);
    let isOver = false;
    const timer = setTimeout(() => end({ status: 0, body: 'no answer in time' }), deps.settings.callbackTimeoutMs);
    const end = (answer: CallbackAnswer): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      // Gone from the set means cut off meanwhile: nobody waits for the end of this one.
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
    request.on('response', (response) => readAnswer(response, end));
  }

  function cutOff(): void {
    const cut = [...underWay];
    underWay.clear();
    for (const request of cut) request.destroy();
  }

  return {
    send: (callback, done) => attempt(callback, done, false),
    cutOff,
    stop: () => {
      cutOff();
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function openRequest(callback: Callback, agents: Agents, deps: CallbackSenderDeps): http.ClientRequest {
  const { settings, random, authToken } = deps;
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
    ? https.request(target, { method, headers, agent: agents['https:'], ca: settings.callbackCa ?? undefined })
    : http.request(target, { method, headers, agent: agents['http:'] });
  request.end(method === 'POST' ? encoded : undefined);
  return request;
}

function readAnswer(response: http.IncomingMessage, end: (answer: CallbackAnswer) => void): void {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    if (body.length < MAX_ANSWER_CHARS) body += text;
  });
  response.on('end', () => end({ status: response.statusCode ?? 0, body }));
  response.on('error', (error) => end({ status: 0, body: error.message }));
}
