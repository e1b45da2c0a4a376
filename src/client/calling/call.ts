import { pause } from './pause.ts';
import { ConnectionError, ProblemError, problemOf } from './problemError.ts';
import { isForNow, pauseBefore, type Patience } from './retries.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: { readonly content: string | Uint8Array<ArrayBuffer> | Blob; readonly type: string };
  /** Doing it twice is doing it once. */
  readonly cannotDouble: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Patience;
  /** Waited for one try's answer beyond the client's limit. */
  readonly extraMs?: number;
};

export type Connection = {
  readonly url: string;
  readonly key: string;
  readonly fetch: typeof fetch;
  /** For one try, its body included. */
  readonly timeoutMs: number;
  readonly patience: Patience;
};

/** One call, tried again where that cannot do it twice. Returns the parsed body; undefined where there is none. */
export async function call(connection: Connection, wish: Call): Promise<unknown> {
  const { cannotDouble, signal, patience = connection.patience } = wish;
  let lost: ConnectionError | null = null;
  for (let failed = 1; ; failed++) {
    try {
      return await tryOnce(connection, wish);
    } catch (error) {
      if (error instanceof ConnectionError) lost = error;
      const ms = pauseBefore(error, { failed, cannotDouble, patience });
      // "Later" says nothing of the try before it, whose answer was lost.
      if (ms === null) throw lost !== null && isForNow(error) ? lost : error;
      await pause(ms, signal);
    }
  }
}

async function tryOnce(connection: Connection, wish: Call): Promise<unknown> {
  const limit = AbortSignal.timeout(connection.timeoutMs + (wish.extraMs ?? 0));
  const signal = wish.signal === undefined ? limit : AbortSignal.any([limit, wish.signal]);
  try {
    const response = await request(connection, wish, signal);
    if (!response.ok) throw await refusalIn(response);
    return response.status === 204 ? undefined : await bodyOf(response);
  } catch (error) {
    throw told(error, wish);
  }
}

/** A page of something else has a 200 as well. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const detail = 'The answer is no JSON, and not from the service: is the address right?';
    throw new ProblemError({ status: response.status, detail }, null);
  }
}

/** A gateway that says 502 or the like may have passed the request on: only the service itself can say that nothing was done. */
async function refusalIn(response: Response): Promise<Error> {
  const problem = await problemOf(response);
  const isGateways = problem.code === 'unexpected_answer' && problem.status >= 500;
  return isGateways ? new Error(`no answer of the service (${problem.status} on the way to it)`) : problem;
}

/** Whatever ended a try without an answer, but the caller's own wish to end it, is a lost connection. */
function told(error: unknown, { method, path, headers, signal }: Call): unknown {
  if (error instanceof ProblemError) return error;
  if (signal?.aborted === true) return signal.reason;
  const idempotencyKey = headers?.['idempotency-key'] ?? null;
  return new ConnectionError(`${method} ${path}: ${whyNot(error)}`, { cause: error, idempotencyKey });
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return 'no answer in time';
  // Node's fetch hides the reason (ECONNREFUSED and the like) one level down.
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `no answer (${String(cause.code)})` : error.message;
}

/** Sends it and returns the answer, whatever it is. The key goes to the service only: redirects are not followed. */
export function request({ url, key, fetch }: Connection, wish: Call, signal: AbortSignal): Promise<Response> {
  const { method, path, query = {}, json, body } = wish;
  const type = body?.type ?? (json === undefined ? undefined : 'application/json');
  const content = body?.content ?? (json === undefined ? undefined : JSON.stringify(json));
  return fetch(`${url}${path}${searchOf(query)}`, {
    method,
    headers: { 'x-api-key': key, ...(type === undefined ? {} : { 'content-type': type }), ...wish.headers },
    ...(content === undefined ? {} : { body: content }),
    redirect: 'manual',
    signal,
  });
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined && one !== null) search.append(name, String(one));
  return search.size === 0 ? '' : `?${search.toString()}`;
}
