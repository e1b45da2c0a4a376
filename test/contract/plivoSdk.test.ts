import { realTimers } from '../../src/composing/realTimers';
import { createPlivoService, type PlivoService, type SendRequest } from '../../src/services/plivo/plivoService';
import { closedPort, reply, replyInPart, startLocalServer, type Answer, type LocalServer } from './localServer';

const AUTH_ID = 'MAEXAMPLEEXAMPLEEXAM';
const TIMEOUT_MS = 400;
const REQUEST: SendRequest = {
  from: { sender: '+14155550100' },
  recipients: ['+14155550101', '+447700900102'],
  text: 'Water will be off from nine to noon.',
  callbackUrl: null,
  expirySeconds: null,
  mediaUrls: null,
};
const ACCEPTED = { api_id: 'api-1', message: 'message(s) queued', message_uuid: ['uuid-1', 'uuid-2'] };
const HTML = '<html><body>504 for +14155550101</body></html>';

let server: LocalServer | undefined;
let service: PlivoService | undefined;

// The SDK obeys proxies of the environment, and the tests must reach loopback directly.
beforeEach(() => {
  jest.replaceProperty(process, 'env', {});
});

afterEach(async () => {
  service?.close();
  await server?.close();
  server = service = undefined;
  jest.restoreAllMocks();
});

function connect(apiUrl: string): PlivoService {
  service = createPlivoService({
    authId: AUTH_ID,
    authToken: 'example-token',
    apiUrl,
    timeoutMs: TIMEOUT_MS,
    timers: realTimers,
  });
  return service;
}

async function connectTo(answer: Answer): Promise<PlivoService> {
  server = await startLocalServer(answer);
  return connect(server.url);
}

describe('each way in which Plivo can end a send has one outcome', () => {
  const failure = (kind: string, code: string, status: number | null) => ({ kind, code, status });
  const GATEWAY = failure('unknown', 'gateway_unavailable', 503);
  const error = (text: unknown) => ({ api_id: 'api-1', error: text });

  it.each<[string, Answer, { kind: string; code: string; status: number | null }]>([
    ['400 refuses for good', reply(400, error('bad dst')), failure('refused_for_good', 'bad_request', 400)],
    ['400 with a page', reply(400, HTML), failure('refused_for_good', 'bad_request', 400)],
    ['400 with null', reply(400, null), failure('refused_for_good', 'bad_request', 400)],
    ['400 with the text null', reply(400, '"null"'), failure('refused_for_good', 'bad_request', 400)],
    [
      '400 with an object as error',
      reply(400, error({ dst: ['bad'] })),
      failure('refused_for_good', 'bad_request', 400),
    ],
    ['400 without the error key', reply(400, { api_id: 'x' }), failure('refused_for_good', 'bad_request', 400)],
    ['400 with a list', reply(400, []), failure('refused_for_good', 'bad_request', 400)],
    [
      '400 for want of credit',
      reply(400, error('Insufficient credit')),
      failure('account_fault', 'insufficient_credit', 400),
    ],
    ['401 faults the account', reply(401, error('no')), failure('account_fault', 'unauthorized', 401)],
    ['401 without a body', reply(401), failure('account_fault', 'unauthorized', 401)],
    ['402 faults the account', reply(402, error('pay')), failure('account_fault', 'insufficient_credit', 402)],
    ['403 forbids, whoever is meant', reply(403, error('no')), failure('forbidden', 'forbidden', 403)],
    ['404 refuses for good', reply(404, error('no')), failure('refused_for_good', 'not_found', 404)],
    ['404 without a body', reply(404), failure('refused_for_good', 'not_found', 404)],
    ['405 refuses for good', reply(405, error('no')), failure('refused_for_good', 'method_not_allowed', 405)],
    ['406 refuses for good', reply(406, error('no')), failure('refused_for_good', 'not_acceptable', 406)],
    ['408 leaves it open', reply(408, error('no')), failure('unknown', 'timeout', 408)],
    ['409 refuses for good', reply(409, error('no')), failure('refused_for_good', 'conflict', 409)],
    ['413 refuses for good', reply(413, HTML), failure('refused_for_good', 'too_large', 413)],
    [
      '418, without a rule of its own, refuses for good',
      reply(418, error('no')),
      failure('refused_for_good', 'refused', 418),
    ],
    ['422 refuses for good', reply(422, error('no')), failure('refused_for_good', 'unprocessable', 422)],
    ['429 refuses for now', reply(429, error('slow')), failure('refused_for_now', 'rate_limited', 429)],
    ['429 with a page', reply(429, HTML), failure('refused_for_now', 'rate_limited', 429)],
    ['429 with null', reply(429, null), failure('refused_for_now', 'rate_limited', 429)],
    ['500 leaves it open', reply(500, error('oops')), failure('unknown', 'server_error', 500)],
    ['500 with a page', reply(500, HTML), failure('unknown', 'server_error', 500)],
    ['500 without a body', reply(500), failure('unknown', 'server_error', 500)],
    ['500 with null', reply(500, null), failure('unknown', 'server_error', 500)],
    ['502 leaves it open', reply(502, error('oops')), failure('unknown', 'bad_gateway', 502)],
    ['502 with a page', reply(502, HTML), failure('unknown', 'bad_gateway', 502)],
    ['503 refuses for now', reply(503, error('later')), failure('refused_for_now', 'unavailable', 503)],
    ['503 of another who answers in JSON', reply(503, { message: 'later' }), GATEWAY],
    ['503 of a framework', reply(503, { status: 503, error: 'Service Unavailable', path: '/' }), GATEWAY],
    ['503 with a page, of a gateway that may have passed it on', reply(503, HTML), GATEWAY],
    ['503 with null', reply(503, null), GATEWAY],
    ['503 without a body', reply(503), GATEWAY],
    ['504 leaves it open', reply(504, error('oops')), failure('unknown', 'gateway_timeout', 504)],
    ['504 with a page', reply(504, HTML), failure('unknown', 'gateway_timeout', 504)],
    ['507, without a rule of its own, leaves it open', reply(507), failure('unknown', 'server_error', 507)],
    ['304 leaves it open', reply(304), failure('unknown', 'redirected', 304)],
    ['202 with a page leaves it open', reply(202, HTML), failure('unknown', 'unreadable_answer', null)],
    [
      '202 with broken JSON leaves it open',
      reply(202, '{"api_id":"x","mess'),
      failure('unknown', 'unreadable_answer', null),
    ],
    ['202 without a body leaves it open', reply(202), failure('unknown', 'unreadable_answer', null)],
    ['202 with null leaves it open', reply(202, null), failure('unknown', 'unreadable_answer', null)],
    [
      '202 that names no message leaves it open',
      reply(202, { message_uuid: [] }),
      failure('unknown', 'unreadable_answer', null),
    ],
    [
      'a body that cannot be unpacked leaves it open',
      reply(202, 'garbage', { 'content-encoding': 'gzip' }),
      failure('unknown', 'unreadable_answer', null),
    ],
    [
      'an answer that is not HTTP leaves it open',
      (_, socket) => socket.end('garbage\r\n\r\n'),
      failure('unknown', 'unreadable_answer', null),
    ],
    [
      'a close before the answer leaves it open',
      (_, socket) => socket.destroy(),
      failure('unknown', 'connection_lost', null),
    ],
    [
      'a reset before the answer leaves it open',
      (_, socket) => socket.resetAndDestroy(),
      failure('unknown', 'connection_lost', null),
    ],
    [
      'a close within the answer leaves it open',
      replyInPart((socket) => socket.destroy()),
      failure('unknown', 'connection_lost', null),
    ],
    [
      'a reset within the answer leaves it open',
      replyInPart((socket) => socket.resetAndDestroy()),
      failure('unknown', 'connection_lost', null),
    ],
    ['silence leaves it open', () => undefined, failure('unknown', 'timeout', null)],
    ['silence within the answer leaves it open', replyInPart(() => undefined), failure('unknown', 'timeout', null)],
  ])('%s', async (_name, answer, expected) => {
    const outcome = await (await connectTo(answer)).send(REQUEST);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toMatch(/\d{5}|Water|<html|example-token/);
    expect(server?.received).toHaveLength(1);
  });

  it.each([
    ['127.0.0.1', 'refused_for_now', 'connection_refused'],
    ['localhost, which has two addresses', 'refused_for_now', 'connection_refused'],
  ])('a refused connection to %s refuses for now', async (host, kind, code) => {
    const apiUrl = `http://${host.split(',')[0] ?? ''}:${await closedPort()}`;
    expect(await connect(apiUrl).send(REQUEST)).toMatchObject({ kind, code, status: null });
  });

  it('a host name without an address refuses for now', async () => {
    const outcome = await connect('http://does-not-exist.invalid').send(REQUEST);
    expect(outcome).toMatchObject({ kind: 'refused_for_now', code: 'dns', status: null });
  });

  it('a server that does not speak TLS refuses for now', async () => {
    server = await startLocalServer(reply(202, ACCEPTED));
    const outcome = await connect(server.url.replace('http:', 'https:')).send(REQUEST);
    expect(outcome).toMatchObject({ kind: 'refused_for_now', code: 'tls_failed', status: null });
    expect(server.received).toHaveLength(0);
  });

  it.each([301, 302, 303, 307, 308])(
    'a redirect with %i is not followed, least of all with the message',
    async (status) => {
      const elsewhere = await startLocalServer(reply(202, ACCEPTED));
      try {
        const outcome = await (await connectTo(reply(status, {}, { location: elsewhere.url }))).send(REQUEST);
        expect(outcome).toMatchObject({ kind: 'unknown', code: 'redirected', status });
        expect(elsewhere.received).toHaveLength(0);
      } finally {
        await elsewhere.close();
      }
    },
  );

  it('a redirect to itself costs one request', async () => {
    const plivo = await connectTo((response) => response.writeHead(302, { location: server?.url ?? '' }).end());
    expect(await plivo.send(REQUEST)).toMatchObject({ kind: 'unknown', code: 'redirected', status: 302 });
    expect(server?.received).toHaveLength(1);
  });

  it.each<[string, unknown, { messageUuids: string[]; invalidNumbers: string[] }]>([
    ['messages', ACCEPTED, { messageUuids: ['uuid-1', 'uuid-2'], invalidNumbers: [] }],
    [
      'one message as plain text',
      { ...ACCEPTED, message_uuid: 'uuid-1' },
      { messageUuids: ['uuid-1'], invalidNumbers: [] },
    ],
    [
      'messages and invalid numbers',
      { ...ACCEPTED, invalid_number: ['+14155550101'] },
      { messageUuids: ['uuid-1', 'uuid-2'], invalidNumbers: ['+14155550101'] },
    ],
    [
      'one invalid number as plain text and no message',
      { ...ACCEPTED, message_uuid: [], invalid_number: '14155550101' },
      { messageUuids: [], invalidNumbers: ['14155550101'] },
    ],
  ])('202 with %s is accepted', async (_name, body, expected) => {
    const outcome = await (await connectTo(reply(202, body))).send(REQUEST);
    expect(outcome).toEqual({ kind: 'accepted', apiId: 'api-1', message: 'message(s) queued', ...expected });
  });

  it('207 with messages is accepted', async () => {
    expect(await (await connectTo(reply(207, ACCEPTED))).send(REQUEST)).toMatchObject({ kind: 'accepted' });
  });
});

describe('what stays inside', () => {
  it("shows Plivo's words, but no number, message or token in them", async () => {
    const words = `The dst +1 (415) 555-0101 got '${REQUEST.text}' by ${AUTH_ID}`;
    const outcome = await (await connectTo(reply(400, { error: words }))).send(REQUEST);
    expect(outcome).toMatchObject({ reason: "Plivo found the request faulty: The dst … got '…' by …" });
  });

  it('settles soon after its limit when the SDK does not settle at all', async () => {
    // A drip of bytes keeps idle time-outs from firing.
    let drip: NodeJS.Timeout | undefined;
    const plivo = await connectTo((response) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      drip = setInterval(() => response.write(' '), 20);
    });
    const start = performance.now();
    expect(await plivo.send(REQUEST)).toMatchObject({ kind: 'unknown', code: 'timeout' });
    clearInterval(drip);
    expect(performance.now() - start).toBeLessThan(TIMEOUT_MS + 5_000);
  });

  it('waits for a slow answer longer than it keeps an idle connection, on such a connection too', async () => {
    const delays = [0, 4_300];
    server = await startLocalServer((response, socket) =>
      setTimeout(() => reply(202, ACCEPTED)(response, socket), delays.shift()),
    );
    service = createPlivoService({
      authId: AUTH_ID,
      authToken: 'example-token',
      apiUrl: server.url,
      timeoutMs: 9_000,
      timers: realTimers,
    });
    await service.send(REQUEST);
    expect(await service.send(REQUEST)).toMatchObject({ kind: 'accepted' });
  });

  it('sends on one connection while calls follow each other', async () => {
    const ports = new Set<number | undefined>();
    const plivo = await connectTo((response, socket) => {
      ports.add(socket.remotePort);
      reply(202, ACCEPTED)(response, socket);
    });
    await plivo.send(REQUEST);
    await plivo.send(REQUEST);
    expect(ports.size).toBe(1);
  });

  it('refuses after close, without a request', async () => {
    const plivo = await connectTo(reply(202, ACCEPTED));
    plivo.close();
    plivo.close();
    expect(await plivo.send(REQUEST)).toMatchObject({ kind: 'not_made', code: 'closed' });
    expect(server?.received).toHaveLength(0);
  });

  it('leaves a call open that close cuts short', async () => {
    const plivo = await connectTo(() => plivo.close());
    expect(await plivo.send(REQUEST)).toMatchObject({ kind: 'unknown', code: 'connection_lost' });
  });

  it('adds no listener to the process', async () => {
    const before = process.listenerCount('unhandledRejection');
    await (await connectTo(reply(500, null))).send(REQUEST);
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });
});
