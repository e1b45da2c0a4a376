import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { listenTo } from '../../../src/listenTo';
import { inviteBody } from '../../../src/middleware/bodyInvitation';
import { get, numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectNothingUnforeseen } from '../../support/problem';
import { wholeAnswer } from '../../support/rawHttp';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

type Page = { data: { id: string }[] };
const PROBLEM = /content-type: application\/problem\+json/i;

describe('what does not get as far as a route', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());
  const head = (key: string, more: string) =>
    `POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: ${key}\r\nContent-Type: application/json\r\n${more}\r\n`;

  it.each([
    ['is no HTTP', 'GARBAGE\r\n\r\n', 400],
    ['names no address', 'GET ? HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['has no host', 'GET /broadcast HTTP/1.1\r\n\r\n', 400],
    ['has no host, and would do something', head(API_KEY, '').replace('Host: x\r\n', ''), 400],
    ['has two lengths', head(API_KEY, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), 400],
    ['has endless headers', `GET / HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(30_000)}\r\n\r\n`, 431],
    ['expects wonders', head(API_KEY, 'Content-Length: 5\r\nExpect: wonders\r\n'), 417],
  ])('is answered as any other fault where it %s', async (_what, bytes, status) => {
    const answer = await wholeAnswer(test.url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(PROBLEM);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(answer).toMatch(/^content-security-policy: default-src 'none';.*frame-ancestors 'none'/im);
  });

  it('is told to send its body only once its key was looked at', async () => {
    const body = JSON.stringify({ recipients: numbers(1), message: 'Hi' });
    const asking = `Content-Length: ${body.length}\r\nExpect: 100-continue\r\nConnection: close\r\n`;
    expect(await conversation(test.url, head('wrong-key-77', asking), body)).toMatch(/^HTTP\/1.1 403 /);
    expect(await conversation(test.url, head(API_KEY, asking), body)).toMatch(
      /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 202 /,
    );
  });

  it('is never told of a fault in what comes after it, as if that had been its own', async () => {
    const body = JSON.stringify({ recipients: numbers(1, 40), message: 'Hi' });
    const before = test.simulator.calls().length;
    const answer = await wholeAnswer(
      test.url,
      `${head(API_KEY, `Content-Length: ${body.length}\r\n`)}${body}GARBAGE\r\n\r\n`,
    );
    await eventually(() => test.simulator.calls().length > before);
    expect(answer).toMatch(/^HTTP\/1.1 202 |^$/);
  });

  it('is refused as a whole where a form is broken after its end, and nothing is kept', async () => {
    const latestBroadcast = async () => ((await get(test, '/broadcast?limit=1').expect(200)).body as Page).data[0]?.id;
    const before = await latestBroadcast();
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const form = `${part('message', 'Hi')}${part('recipients', '+14155559001')}--b--\r\n`;
    const answer = await wholeAnswer(
      test.url,
      `POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: ${API_KEY}\r\nContent-Type: multipart/form-data; boundary=b\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n${form.length.toString(16)}\r\n${form}\r\nZZ\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(await latestBroadcast()).toBe(before);
  });

  it.each(['/docs', '/', '/health/live', '/openapi.json', '/webhooks/elsewhere'])(
    'is cut off where it goes on sending what %s does not take',
    async (path) => {
      const start = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 40}\r\n\r\n`;
      expect(await conversation(test.url, `${start}${'x'.repeat(3 * 1024 ** 2)}`, '')).toMatch(/^HTTP\/1.1 40[45] |^$/);
    },
  );

  it('is cut off where it goes on sending after its key was refused', async () => {
    const answer = await conversation(
      test.url,
      `${head('wrong-key-77', `Content-Length: ${2 ** 40}\r\n`)}${'x'.repeat(3 * 1024 ** 2)}`,
      '',
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 |^$/);
  });
});

describe('who leaves before the answer', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());

  it('is no fault of the service, and no alarm in its log', async () => {
    const leave = () =>
      new Promise<void>((resolve, reject) => {
        const { hostname, port } = new URL(test.url);
        const socket = connect(Number(port), hostname, () => {
          socket.write('GET /docs HTTP/1.1\r\nHost: x\r\n\r\n', () => socket.resetAndDestroy());
        });
        socket.on('error', reject);
        socket.on('close', () => resolve());
      });
    await Promise.all(Array.from({ length: 40 }, leave));
    await get(test, '/docs').expect(200);
    expectNothingUnforeseen(test);
  });
});

it('keeps connections for longer than proxies do, so that none meets one that is just being closed', async () => {
  const test = await startTestService();
  try {
    const { headers } = await get(test, '/health/live', { connection: 'keep-alive' }).expect(200);
    expect(Number(/^timeout=(\d+)$/.exec(headers['keep-alive']!)?.[1])).toBeGreaterThan(120);
  } finally {
    await test.stop();
  }
});

describe('a body that trickles in', () => {
  async function withServer(
    listener: RequestListener,
    ask: (url: string) => Promise<void>,
    windowMs = 30,
  ): Promise<void> {
    const server = createServer();
    listenTo(server, listener, windowMs);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.close();
    }
  }
  const post = (type: string, more = '') =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n${more}\r\n`;

  it.each(['application/json', 'text/csv', 'multipart/form-data; boundary=x'])('of %s is ended, and says why', (type) =>
    withServer(
      (req) => req.resume(),
      async (url) => {
        const answer = await wholeAnswer(url, `${post(type)}abc`);
        expect(answer).toMatch(/^HTTP\/1.1 408 /);
        expect(answer).toMatch(PROBLEM);
      },
    ),
  );

  it('has a whole window, whenever it began', () =>
    withServer(
      (req, res) => {
        req.resume().on('end', () => res.end());
      },
      async (url) => {
        const { hostname, port } = new URL(url);
        // They begin throughout a window and take a third of one: some are under way at its end.
        const body = async (delayMs: number) => {
          const socket = connect(Number(port), hostname);
          const said = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
          await sleepFor(delayMs);
          socket.write(`${post('application/json', 'Connection: close\r\n')}x`);
          await sleepFor(300);
          socket.write('x'.repeat(999));
          return await said;
        };
        const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => body(at * 100)));
        for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 /);
      },
      1000,
    ));

  it('of a list that pauses is waited for', async () => {
    await withServer(
      (req, res) => {
        req.resume().on('end', () => res.end('whole'));
      },
      async (url) => {
        const { hostname, port } = new URL(url);
        const socket = connect(Number(port), hostname);
        const said = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
        socket.write(`${post('text/csv', 'Connection: close\r\n')}abc`);
        // Time has to pass: that nothing happens in it is what is tested.
        await sleepFor(100);
        socket.write('x'.repeat(997));
        expect(await said).toMatch(/^HTTP\/1.1 200 /);
      },
    );
  });

  it('is not blamed on a sender who waits to be asked for it', () =>
    withServer(
      (req, res) => {
        setTimeout(
          () => inviteBody(req as Request, res as Response, () => req.resume().on('end', () => res.end())),
          1500,
        );
      },
      async (url) => {
        const asking = post('application/json', 'Expect: 100-continue\r\nConnection: close\r\n');
        expect(await conversation(url, asking, 'x'.repeat(1000))).toMatch(/100 Continue\r\n\r\nHTTP\/1.1 200 /);
      },
      // Longer than a busy machine lets a body wait once it was asked for, shorter than it waits to be asked.
      1000,
    ));
});

/** All that the service says until it ends the connection; `body` is sent once it asks for it. */
function conversation(url: string, bytes: string, body: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
      if (text.startsWith('HTTP/1.1 100')) socket.write(body);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
