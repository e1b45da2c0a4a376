import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { createBroadcaster, type BroadcastEvent, type Broadcaster } from '../../src/client/index';
import { numbers } from '../support/client';
import { API_KEY, startTestService, type TestService } from '../support/testService';

/** Answers a request itself, or returns false to pass it on to the service. */
type Meddling = (req: IncomingMessage, res: ServerResponse) => boolean | Promise<boolean>;

describe('between the client and the service', () => {
  let test: TestService;
  let between: Server;
  let sms: Broadcaster;
  let meddle: Meddling;
  /** What came in, in order. */
  let came: { call: string; idempotencyKey: string | undefined }[];

  beforeAll(async () => {
    test = await startTestService();
    between = createServer((req, res) => void serve(req, res));
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    came = [];
    meddle = () => false;
    sms = connect();
  });
  afterAll(async () => {
    between.closeAllConnections();
    between.close();
    await test.stop();
  });

  const connect = (options: { timeoutMs?: number } = {}): Broadcaster =>
    createBroadcaster({
      url: `http://127.0.0.1:${(between.address() as AddressInfo).port}`,
      key: API_KEY,
      patience: { firstMs: 5, longestRetryAfterMs: 1500 },
      ...options,
    });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    came.push({
      call: `${req.method} ${req.url}`,
      idempotencyKey: req.headers['idempotency-key'] as string | undefined,
    });
    if (await meddle(req, res)) return;
    const answer = await passOn(req, Buffer.concat(parts));
    res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    res.end(Buffer.from(await answer.arrayBuffer()));
  }

  const passOn = (req: IncomingMessage, body: Buffer): Promise<Response> => {
    const ofTheLine = ['host', 'connection', 'content-length'];
    const headers = Object.entries(req.headers).filter(([name]) => !ofTheLine.includes(name)) as [string, string][];
    return fetch(`${test.url}${req.url}`, {
      method: req.method!,
      headers,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
  };

  /** The first requests that fit are met so, the others pass. */
  const meet = (times: number, fits: (call: string) => boolean, how: (res: ServerResponse) => void): Meddling => {
    let left = times;
    return (req, res) => {
      if (!fits(`${req.method} ${req.url}`) || left-- <= 0) return false;
      how(res);
      return true;
    };
  };
  const refuse = (status: number, retryAfter?: string) => (res: ServerResponse) => {
    res.writeHead(status, {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    });
    res.end(JSON.stringify({ type: '/docs/problems/storage_unavailable', status, detail: 'Later.' }));
  };
  const isSend = (call: string) => call === 'POST /broadcast';

  it('an answer that is lost after the broadcast was taken texts nobody twice: the try that follows gets it', async () => {
    let lost = 0;
    meddle = async (req, res) => {
      if (!isSend(`${req.method} ${req.url}`) || lost++ > 0) return false;
      const parts = JSON.stringify({ message: 'Lost answer', recipients: numbers(3) });
      await (await passOn(req, Buffer.from(parts))).text();
      res.destroy();
      return true;
    };
    const { id } = await sms.send({ message: 'Lost answer', recipients: numbers(3) });
    expect(came.map(({ call }) => call)).toEqual(['POST /broadcast', 'POST /broadcast']);
    expect(new Set(came.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    await sms.wait(id);
    expect([...test.simulator.texts().values()]).toEqual([1, 1, 1]);
  });

  it('a service that is busy or away is asked again, not before the time it names', async () => {
    meddle = meet(2, isSend, refuse(503, '1'));
    const before = performance.now();
    await sms.send({ message: 'Busy', recipients: numbers(1, 10) });
    expect(came).toHaveLength(3);
    expect(performance.now() - before).toBeGreaterThanOrEqual(1990);
  });

  it('a gateway that has no answer leaves open what was done, and so does a "later" after a lost answer', async () => {
    const key = { idempotencyKey: 'of-one-send' };
    meddle = meet(9, isSend, (res) => res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'));
    const sending = sms.send({ message: 'Gateway', recipients: numbers(1, 12) }, key);
    await expect(sending).rejects.toMatchObject({ name: 'ConnectionError', idempotencyKey: 'of-one-send' });
    expect(came).toHaveLength(5);

    let times = 0;
    meddle = (req, res) => {
      if (!isSend(`${req.method} ${req.url}`)) return false;
      if (times++ === 0) res.destroy();
      else refuse(503)(res);
      return true;
    };
    const later = sms.send({ message: 'Gateway', recipients: numbers(1, 13) }, key);
    await expect(later).rejects.toMatchObject({ name: 'ConnectionError', idempotencyKey: 'of-one-send' });
  });

  it('a key that no header can hold is refused without being shown', () => {
    const url = test.url;
    expect(() => createBroadcaster({ url, key: 'two\nlines' })).toThrow(
      'key must be one word without blanks or line breaks.',
    );
  });

  it('a pause longer than the caller has patience for is left to the caller', async () => {
    meddle = meet(1, isSend, refuse(429, '3600'));
    const sending = sms.send({ message: 'Busy', recipients: numbers(1, 11) });
    await expect(sending).rejects.toMatchObject({ status: 429, retryAfterSeconds: 3600 });
    expect(came).toHaveLength(1);
  });

  it('what would be done twice is not repeated, unless the service has said that nothing was done', async () => {
    const isPause = (call: string) => call.endsWith('/pause');
    const id = '00000000-0000-4000-8000-000000000000';
    meddle = meet(9, isPause, (res) => res.destroy());
    await expect(sms.pause(id)).rejects.toMatchObject({ name: 'ConnectionError' });
    meddle = meet(9, isPause, refuse(503));
    await expect(sms.pause(id)).rejects.toMatchObject({ status: 503 });
    expect(came).toHaveLength(2);
    meddle = meet(1, isPause, refuse(429));
    await expect(sms.pause(id)).rejects.toMatchObject({ status: 404 });
    expect(came).toHaveLength(4);
  });

  it('it gives up after five tries, and an answer that does not come is none', async () => {
    meddle = () => true;
    const account = connect({ timeoutMs: 50 }).account();
    await expect(account).rejects.toMatchObject({
      name: 'ConnectionError',
      message: 'GET /account: no answer in time',
    });
    expect(came).toHaveLength(5);
  });

  it('the caller may give up at any moment', async () => {
    const leaving = new AbortController();
    meddle = () => {
      leaving.abort(new Error('Enough.'));
      return true;
    };
    await expect(sms.account({ signal: leaving.signal })).rejects.toThrow('Enough.');
    expect(came).toHaveLength(1);
  });

  it('a page of something else is known as that, and redirects are not followed with the key', async () => {
    meddle = (_req, res) => Boolean(res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'));
    await expect(sms.account()).rejects.toMatchObject({ code: 'unexpected_answer', status: 200 });
    meddle = (_req, res) => Boolean(res.writeHead(302, { location: 'http://127.0.0.1:9/' }).end());
    await expect(sms.account()).rejects.toMatchObject({ code: 'unexpected_answer', status: 302 });
    expect(came).toHaveLength(2);
  });

  it('where the stream cannot be had, following asks now and then, and tells the same', async () => {
    meddle = meet(99, (call) => call.endsWith('/events'), refuse(503));
    const { id } = await sms.send({ message: 'No stream', recipients: numbers(2, 20) }, { waitSeconds: 0 });
    const events: BroadcastEvent[] = [];
    for await (const event of sms.follow(id, { pollMs: 5 })) events.push(event);
    expect(events[0]).toMatchObject({ type: 'progress', broadcast: { id } });
    expect(events.at(-1)).toEqual({ type: 'end', id, status: 'completed' });
    expect(came.filter(({ call }) => call.endsWith('/events'))).toHaveLength(1);
  });

  it('where the stream breaks off, following goes on from there', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await sms.send({ message: 'Cut', recipients: numbers(2, 30), sendAt });
    meddle = async (req, res) => {
      if (req.url?.endsWith('/events') !== true) return false;
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      const broadcast = await sms.broadcast(id);
      res.write(`: hello\r\n\r\nid: 1\r\nevent: progress\r\ndata: ${JSON.stringify(broadcast)}\r\n\r`);
      await sleepFor(1);
      res.write('\nevent: new_in_a_later_version\ndata: {}\n\nid: 2\nevent: progress\ndata: {"id":');
      res.destroy();
      return true;
    };
    const types: string[] = [];
    for await (const event of sms.follow(id, { pollMs: 5 })) {
      types.push(event.type);
      if (types.length === 1) await sms.cancel(id);
    }
    expect(types).toEqual(['progress', 'progress', 'end']);
  });
});
