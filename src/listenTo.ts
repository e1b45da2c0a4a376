import { STATUS_CODES, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { problemType, PROBLEMS, type ProblemCode } from './domain/wording/problems';
import { awaitInvitation } from './middleware/bodyInvitation';
import { watchBodies, WINDOW_MS } from './middleware/slowBodies';

type Refusal = readonly [status: number, code: ProblemCode, detail: string];

const TOO_SLOW: Refusal = [408, 'too_slow', 'The request took too long to come in. Nothing was done.'];
/** What Node's own parser and clock refuse, by the code of their error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'headers_too_large',
    'The address and headers are too large. Send less than 16 kB of them.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'too_large', 'The extensions of a chunk are too large. Leave them out.'],
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};
const NO_HOST: Refusal = [400, 'invalid_request', 'The header Host is missing. Nothing was done.'];
const NO_HTTP: Refusal = [400, 'invalid_request', 'This is no valid HTTP/1.1 request.'];

/**
 * Longer than proxies keep what they do not use (Caddy two minutes, nginx and AWS one): who closes must be the one that asks.
 * After Node's five seconds a request that was just being sent on met a closed connection, and its caller a 502 that no log
 * here knew of.
 */
const KEPT_UNUSED_MS = 125_000;

/**
 * Has a server hand its requests to the listener, and answer as problems (RFC 9457) what never gets so far. Whoever asks
 * before sending a body (`Expect: 100-continue`) is told to go on only where the listener wants it.
 */
export function listenTo(server: Server, listener: RequestListener, bodyWindowMs = WINDOW_MS): void {
  server.keepAliveTimeout = KEPT_UNUSED_MS;
  const bodies = watchBodies(bodyWindowMs, refuseSlow);
  const listen: RequestListener = (req, res) => {
    latest.set(req.socket, [req, res]);
    bodies.add(req, res);
    // RFC 9112, section 3.2. Node would refuse it by itself, without a word.
    if (req.headers.host === undefined && req.httpVersion === '1.1') refuse(res, NO_HOST);
    else listener(req, res);
  };
  server.on('close', () => bodies.stop());
  server.on('request', listen);
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse & { req: IncomingMessage }) => {
    awaitInvitation(req);
    listen(req, res);
  });
  server.on('checkExpectation', (_req: IncomingMessage, res: ServerResponse) => {
    refuse(res, [417, 'invalid_request', 'The header Expect says what is not known; leave it out.']);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isActedUpon(socket)) socket.destroy();
    else refuseOn(socket, REFUSALS[error.code ?? ''] ?? NO_HTTP);
  });
}

const latest = new WeakMap<Duplex, readonly [IncomingMessage, ServerResponse]>();

/**
 * A request came in whole and its answer is still to come: an error that is written now would be taken for that answer,
 * though what was asked for is done. No answer leaves open what happened, which is the truth.
 */
function isActedUpon(socket: Duplex): boolean {
  const [req, res] = latest.get(socket) ?? [];
  return req !== undefined && res !== undefined && req.complete && !res.writableFinished;
}

function refuseSlow({ socket }: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent) socket.destroy();
  else refuseOn(socket, TOO_SLOW);
}

function refuse(res: ServerResponse, [status, code, detail]: Refusal): void {
  const [head, body] = problem(status, code, detail);
  res.writeHead(status, head).end(body);
}

function refuseOn(socket: Duplex, [status, code, detail]: Refusal): void {
  const [head, body] = problem(status, code, detail);
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}

function problem(status: number, code: ProblemCode, detail: string): [head: Record<string, string>, body: string] {
  const requestId = randomUUID();
  const { title } = PROBLEMS[code];
  const body = JSON.stringify({ type: problemType(code), title, status, detail, message: detail, requestId });
  const head = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
  };
  return [head, body];
}
