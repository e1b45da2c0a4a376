/** What ends a request without an answer of Plivo's own, or with one that says nothing sure. */
export type Loss = 'reset' | 'aborted' | 'silence' | '500' | '502' | '504' | 'gateway 503' | 'unreadable';

/** What says that nothing was taken. */
export type Refusal =
  'refused' | 'dns' | 'tls' | 'unreachable' | '429' | '503' | '401' | '402' | '403' | '400' | 'all invalid';

/** How the SDK settles; `silence`: not by itself. */
export type Settling =
  | { readonly kind: 'resolves'; readonly value: unknown }
  | { readonly kind: 'rejects'; readonly reason: unknown }
  | { readonly kind: 'silence' };

/** Errors of the SDK carry the status where it knows it and the answer was its own kind of body. */
function statusError(status: number, message: string, apiId: string): Error {
  return Object.assign(new Error(message), { status, statusText: '', apiID: apiId, moreInfo: {} });
}

/** Of these the SDK knows no class: an error with the status in its text alone. */
const bareError = (status: number) => new Error(`AxiosError: Request failed with status code ${status}`);

const rejects = (reason: unknown): Settling => ({ kind: 'rejects', reason });

/** As observed of the SDK (plivo 4.79): failures of the transport are strings. */
const SETTLINGS: Readonly<Record<Loss | Refusal, () => Settling>> = {
  reset: () => rejects('Error: socket hang up'),
  aborted: () => rejects('AxiosError: stream has been aborted'),
  silence: () => ({ kind: 'silence' }),
  unreadable: () => ({ kind: 'resolves', value: { apiId: undefined, message: undefined, messageUuid: undefined } }),
  '500': () => rejects(statusError(500, 'internal server error', 'api')),
  '502': () => rejects(bareError(502)),
  '504': () => rejects(bareError(504)),
  'gateway 503': () => rejects(statusError(503, '<html>503 Service Temporarily Unavailable</html>', '')),
  refused: () => rejects('Error: connect ECONNREFUSED 127.0.0.1:443'),
  dns: () => rejects('Error: getaddrinfo ENOTFOUND api.plivo.com'),
  tls: () => rejects('Error: Client network socket disconnected before secure TLS connection was established'),
  unreachable: () => rejects('Error: connect EHOSTUNREACH 127.0.0.1:443'),
  '429': () => rejects(bareError(429)),
  '503': () => rejects(bareError(503)),
  '400': () => rejects(statusError(400, 'the request is faulty', 'api')),
  'all invalid': () => rejects(statusError(400, 'invalid phone numbers', 'api')),
  '401': () => rejects(statusError(401, 'authentication failed', 'api')),
  '402': () => rejects(bareError(402)),
  '403': () => rejects(statusError(403, 'forbidden', 'api')),
};

export const settlingOf = (answer: Loss | Refusal): Settling => SETTLINGS[answer]();

/** What the SDK says when its own time is up. */
export const timedOut = (timeoutMs: number): Settling => rejects(`AxiosError: timeout of ${timeoutMs}ms exceeded`);

/** These come before the request could leave. */
const BEFORE_LEAVING: ReadonlySet<string> = new Set(['refused', 'dns', 'tls', 'unreachable'] satisfies Refusal[]);

export const isBeforeLeaving = (refusal: Refusal): boolean => BEFORE_LEAVING.has(refusal);
