import type { ServerResponse } from 'node:http';
import type { Fault } from '../behaviour/faults';
import { respondJson, respondText } from '../formats/httpBody';

/** Where `redirect-loop` leads; every request to it is redirected to it again. */
export const REDIRECT_LOOP_PATH = '/v1/redirect-loop/';

export type JsonAnswer = { status: number; body: unknown };

/** An answer that is decided but not given yet. `status` null = the caller gets none. */
export type PlannedAnswer = {
  status: number | null;
  /** On top of the usual latency. */
  delayMs: number;
  give: (response: ServerResponse) => void;
};

export function plainAnswer({ status, body }: JsonAnswer): PlannedAnswer {
  return { status, delayMs: 0, give: (response) => respondJson(response, status, body) };
}

/** Plivo's error body (https://www.plivo.com/docs/messaging/api/response). */
export function errorAnswer(apiId: string, status: number, error: string): JsonAnswer {
  return { status, body: { api_id: apiId, error } };
}

/** Bends an answer as the fault says. `accept` does the request's work and must run once at most. */
export function faultyAnswer(fault: Fault, apiId: string, accept: () => JsonAnswer): PlannedAnswer {
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault, apiId, fault.status ?? 500);
    case 'accept-then-500':
      accept();
      return statusAnswer(fault, apiId, 500);
    case 'reset':
      return { status: null, delayMs: 0, give: cut };
    case 'accept-then-reset':
      accept();
      return { status: null, delayMs: 0, give: cut };
    case 'hang':
      return { status: null, delayMs: 0, give: keepWaiting };
    case 'accept-then-hang':
      accept();
      return { status: null, delayMs: 0, give: keepWaiting };
    case 'null-body':
      return rawAnswer(fault.status ?? 500, 'null', 'application/json');
    case 'html':
      return pageAnswer(fault.status ?? 502);
    case 'accept-then-html':
      accept();
      return pageAnswer(fault.status ?? 503);
    case 'garbage-202':
      accept();
      return rawAnswer(202, '<html><body>OK</body></html>', 'text/html');
    case 'truncated': {
      const text = JSON.stringify(accept().body);
      return rawAnswer(202, text.slice(0, text.length >> 1), 'application/json');
    }
    case 'slow':
      return { ...plainAnswer(accept()), delayMs: fault.delayMs ?? 5000 };
    case 'redirect-loop':
      return rawAnswer(fault.status ?? 302, '', 'text/plain', { location: REDIRECT_LOOP_PATH });
  }
}

function statusAnswer(fault: Fault, apiId: string, status: number): PlannedAnswer {
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter);
  const { body } = errorAnswer(apiId, status, fault.error ?? `simulated error ${status}`);
  return { status, delayMs: 0, give: (response) => respondJson(response, status, body, headers) };
}

/** As a gateway gives it when what stands behind it does not answer. */
function pageAnswer(status: number): PlannedAnswer {
  return rawAnswer(status, '<html><body><h1>Bad Gateway</h1></body></html>', 'text/html');
}

function rawAnswer(
  status: number,
  text: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): PlannedAnswer {
  const give = (response: ServerResponse): void =>
    respondText(response, status, text, { 'content-type': contentType, ...headers });
  return { status, delayMs: 0, give };
}

/** A reset, not a polite end: what a crashed gateway or a full firewall table looks like. */
function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function keepWaiting(): void {
  // The connection stays open until the caller gives up or the simulator stops.
}
