import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { HeardAnswer } from '../../domain/outcome/sendOutcome';
import { dateOf, readErrorAnswer, type ErrorAnswer } from './errorAnswer';

/** A socket idle for longer than this is closed by us, before the far end closes it under a request. */
const IDLE_SOCKET_MS = 4_000;
/** Plivo's limit for simultaneous requests of one account (support.plivo.com, article 360042248611). */
const MAX_SOCKETS = 100;
/**
 * Where a host has several addresses, Node gives up each but the last after 250 ms (github.com/nodejs/node/issues/54359),
 * which from far away is too short for a handshake: then no call is ever made.
 */
const ADDRESS_MS = 2000;
const SOCKETS = { keepAlive: true, maxSockets: MAX_SOCKETS, autoSelectFamilyAttemptTimeout: ADDRESS_MS };

type RequestConfig = { url?: string; maxRedirects?: number; httpAgent?: http.Agent; httpsAgent?: https.Agent };
type Failure = { config?: RequestConfig; response?: ErrorAnswer };
type Interceptors<Value> = {
  use(
    onValue: ((value: Value) => Value) | null,
    onFailure: ((failure: unknown) => never) | null,
    options?: { synchronous: boolean; runWhen: ((config: RequestConfig) => boolean) | null },
  ): number;
  eject(id: number): void;
};
type SdkAxios = {
  interceptors: { request: Interceptors<RequestConfig>; response: Interceptors<unknown> };
  request(config: object): Promise<{ status: number; data: unknown; headers: unknown }>;
};

/** What was answered, whatever its status. */
export type ReadAnswer = {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  /** By the other side's clock; milliseconds since 1970, null where it does not say. */
  readonly date: number | null;
};

/** One call. `leaveBy`, by the monotonic clock: its request must not leave any later. */
type Listener = { heard: HeardAnswer | null; readonly leaveBy: number };

export type SdkGuard = {
  /** A call whose error answer can be asked for once it has settled; null where none came. */
  listen<T>(call: () => Promise<T>): { readonly call: () => Promise<T>; readonly heard: () => HeardAnswer | null };
  /**
   * What stands at an address below `accountUrl`, by the same way and through the same proxies. For what the SDK drops of
   * answers: it hands on no header, and not an application's `message_url`.
   */
  read(path: string, access: { authId: string; authToken: string; timeoutMs: number }): Promise<ReadAnswer>;
  /** Closes the sockets. */
  remove(): void;
};

/**
 * Guards the HTTP calls that the Plivo SDK makes below `accountUrl`; calls to other addresses are left alone. `timeoutMs`: that of
 * its calls.
 *
 * The SDK offers no hook, but it calls the default instance of its own axios, whose interceptors are public and can be
 * removed again. They cure at the root what the SDK does not:
 * - It hands on neither headers nor, of some statuses, the body, so that nobody could tell Plivo's word from a gateway's, or
 *   how long to wait. What was heard is kept with the call, which `AsyncLocalStorage` tells from those beside it.
 * - An error answer whose body is `null` makes the SDK throw inside its own catch: the call never settles and the
 *   unhandled rejection ends the process. The SDK gets '' instead, and the call settles at once with its status. A process-wide
 *   `unhandledRejection` listener was rejected: it would replace Node's default for the whole process and leave the call hanging.
 * - axios repeats a POST at whatever address a 307 or 308 names: a second send, with the credentials, to anyone.
 *   Redirects are not followed.
 * - The SDK asks for the account at an address that ends in two slashes, which is not the one that Plivo documents.
 * - Its time-out is a timer, which comes after whatever the network has to tell. A process that stood still while a connection was
 *   being made would send its request as it wakes up, however late: see `refuseLate`.
 * - The SDK shares one pool of sockets over the whole process and keeps them idle for a minute. A request on a socket that
 *   the far end has just closed fails as "perhaps sent", so ours are kept for a few seconds only, and can be closed.
 *
 * Proxies from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) still apply; axios reads them.
 */
export function guardSdkCalls(sdkEntryFile: string, accountUrl: string, timeoutMs: number): SdkGuard {
  const listeners = new AsyncLocalStorage<Listener>();
  const axios = createRequire(sdkEntryFile)('axios') as SdkAxios;
  const { interceptors } = axios;
  const guarded = <Pool extends http.Agent>(agent: Pool) =>
    refuseLate(closeIdleSockets(agent), () => listeners.getStore()?.leaveBy ?? Infinity);
  const agents = { httpAgent: guarded(new http.Agent(SOCKETS)), httpsAgent: guarded(new https.Agent(SOCKETS)) };
  const isOurs = (config: RequestConfig | undefined) => config?.url?.startsWith(`${accountUrl}/`) === true;

  const requestGuard = interceptors.request.use(
    (config) => Object.assign(config, { maxRedirects: 0, ...agents, url: config.url?.replace(/\/+$/, '/') }),
    null,
    { synchronous: true, runWhen: isOurs },
  );
  const responseGuard = interceptors.response.use(null, (failure) => {
    const { config, response } = (failure ?? {}) as Failure;
    if (!isOurs(config) || response === undefined) throw failure;
    const listener = listeners.getStore();
    if (listener !== undefined) listener.heard = readErrorAnswer(response);
    if (isNullBody(response.data)) response.data = '';
    throw failure;
  });

  return {
    listen(call) {
      const listener: Listener = { heard: null, leaveBy: performance.now() + timeoutMs };
      return { call: () => listeners.run(listener, call), heard: () => listener.heard };
    },
    async read(path, { authId, authToken, timeoutMs }) {
      const { status, data, headers } = await axios.request({
        url: `${accountUrl}/${path}`,
        auth: { username: authId, password: authToken },
        timeout: timeoutMs,
        validateStatus: () => true,
      });
      return { status, body: data, date: dateOf(headers) };
    },
    remove() {
      interceptors.request.eject(requestGuard);
      interceptors.response.eject(responseGuard);
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** The SDK parses a string body once more, so the JSON string "null" ends the same way as a bare null. */
function isNullBody(data: unknown): boolean {
  return data === null || data === undefined || (typeof data === 'string' && data.trim() === 'null');
}

/**
 * What has not left by its time-out does not leave any more: by then others may have found that it was not sent, and sent it
 * themselves. Looked at as the last thing before the first byte, by a clock that goes on while the process stands still. Of a
 * connection that is still being made that is when it is there; over TLS, when both sides have greeted.
 */
function refuseLate<Pool extends http.Agent>(agent: Pool, leaveByOf: () => number): Pool {
  // Node's typings hide the method that every request goes through.
  const pool = agent as unknown as { addRequest(request: http.ClientRequest, ...others: unknown[]): void };
  const add = pool.addRequest.bind(agent);
  pool.addRequest = (request, ...others) => {
    const leaveBy = leaveByOf();
    const look = () => {
      if (performance.now() > leaveBy) request.destroy(new Error('The request is too late to leave.'));
    };
    request.once('socket', (socket: Socket) => {
      look();
      if (socket.connecting) socket.prependOnceListener('connect', look);
      if (socket.connecting && socket instanceof TLSSocket) socket.prependOnceListener('secureConnect', look);
    });
    add(request, ...others);
  };
  return agent;
}

/** An agent's own `timeout` would also cut connections that are slow to open, so the limit is set when a socket falls idle. */
function closeIdleSockets<Pool extends http.Agent>(agent: Pool): Pool {
  // Node's typings hide that it returns whether the socket is kept.
  const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket: Duplex & { timeout?: number; setTimeout?(ms: number): unknown }) => {
    const kept = keep(socket);
    // Node sets a shorter limit itself when the server announced one.
    const announcedMs = socket.timeout ?? 0;
    if (announcedMs === 0 || announcedMs > IDLE_SOCKET_MS) socket.setTimeout?.(IDLE_SOCKET_MS);
    return kept;
  };
  return agent;
}
