import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { firstLineOfAnswer, wholeAnswer } from '../../support/rawHttp';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const cursorOf = (text: string) => Buffer.from(text).toString('base64url');
const good = { recipients: numbers(1), message: 'Hi' };

describe.each(ENGINES)('hostile requests on %s', (engine) => {
  let test: TestService;
  let id: string;
  beforeAll(async () => {
    test = await startTestService({ engine });
    id = (await postBroadcast(test, good).expect(202)).body.id as string;
  });
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  it.each([
    '1',
    'null',
    '-1',
    '%00',
    '%ef%bf%bd',
    "'%20or%20'1'='1",
    '..%2f..%2fetc%2fpasswd',
    '00000000-0000-4000-8000-00000000000g',
    '{00000000-0000-4000-8000-000000000000}',
    '00000000-0000-4000-8000-000000000000%0a',
    'a'.repeat(5000),
    '__proto__',
    'constructor',
  ])('find nothing under the id %s', async (odd) => {
    for (const below of ['', '/recipients', '/batches'])
      expectProblem(await get(test, `/broadcast/${odd}${below}`), 404);
  });

  it('find a broadcast by its id in capitals too', async () => {
    expect((await get(test, `/broadcast/${id.toUpperCase()}`).expect(200)).body.id).toBe(id);
  });

  it.each(['%', '%zz', '%E0%A4%A', '%c0%80', 'a%'])('are told of the bad encoding of %s in a path', async (odd) => {
    for (const path of [`/broadcast/${odd}`, `/broadcast/${odd}/batches`, `/webhooks/plivo/status/${odd}`]) {
      const method = path.startsWith('/webhooks') ? 'post' : 'get';
      expectProblem(await request(test.url)[method](path).set('x-api-key', API_KEY), 400);
    }
  });

  it.each([
    ['/broadcast', 'limit=0', 'limit'],
    ['/broadcast', 'limit=1001', 'limit'],
    ['/broadcast', 'limit=-1', 'limit'],
    ['/broadcast', 'limit=1e2', 'limit'],
    ['/broadcast', 'limit=', 'limit'],
    ['/broadcast', 'limit=١٠', 'limit'],
    ['/broadcast', 'limit=1&limit=2', 'limit'],
    ['/broadcast', 'limit[]=1', 'limit[]'],
    ['/broadcast', 'limit=99999999999999999999', 'limit'],
    ['/broadcast', 'status=done', 'status'],
    ['/broadcast', 'status=constructor', 'status'],
    ['/broadcast', 'status=%00', 'status'],
    ['/broadcast', 'Status=completed', 'Status'],
    ['/broadcast', '__proto__=1', '__proto__'],
    ['/broadcast', 'page=2', 'page'],
    ['/broadcast', `cursor=${cursorOf('1.2')}`, 'cursor'],
    ['/broadcast', `cursor=${cursorOf('999999999999999')}`, 'cursor'],
    ['/broadcast', 'cursor=%00', 'cursor'],
    ['/broadcast', 'cursor=%E0%A4%A', 'cursor'],
    ['/broadcast/ID', 'limit=1', 'limit'],
    ['/broadcast/ID/batches', 'status=lost', 'status'],
    ['/broadcast/ID/batches', `cursor=${cursorOf('999999999999999')}`, 'cursor'],
    ['/broadcast/ID/batches', `cursor=${cursorOf('-1')}`, 'cursor'],
    ['/broadcast/ID/batches', `cursor=${cursorOf('NaN')}`, 'cursor'],
    ['/broadcast/ID/recipients', 'status=pending', 'status'],
    ['/broadcast/ID/recipients', `cursor=${cursorOf('1')}`, 'cursor'],
    ['/broadcast/ID/recipients', `cursor=${cursorOf('1.2.3')}`, 'cursor'],
    ['/broadcast/ID/recipients', `cursor=${cursorOf('1.999999999999999')}`, 'cursor'],
    ['/broadcast/ID/recipients', `cursor=${cursorOf('999999999999999.0')}`, 'cursor'],
    ['/broadcast/ID/recipients', 'cursor=!!!', 'cursor'],
    ['/broadcast/ID/recipients', `cursor=${'A'.repeat(6000)}`, 'cursor'],
  ])('are told which parameter is wrong at %s?%s', async (path, query, name) => {
    const response = await get(test, `${path.replace('ID', id)}?${query}`);
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([expect.objectContaining({ path: name, msg: expect.stringMatching(/\w/) })]);
  });

  it.each([cursorOf('2147483647.2147483647'), cursorOf('0.0'), cursorOf('7.7')])(
    'get what is left, or nothing, after the made-up place %s',
    async (cursor) => {
      const { body } = await get(test, `/broadcast/${id}/recipients?cursor=${cursor}`).expect(200);
      expect(body.next).toBeNull();
    },
  );

  it.each(['/broadcast', '/broadcast/ID', '/broadcast/ID/recipients', '/health/live', '/webhooks/plivo/status/t'])(
    'with TRACE and OPTIONS are told the methods of %s',
    async (path) => {
      for (const method of ['trace', 'options'] as const) {
        const response = await request(test.url)[method](path.replace('ID', id)).set('x-api-key', API_KEY);
        expectProblem(response, 405);
        expect(response.headers['allow']).toMatch(/GET|POST/);
      }
    },
  );

  it.each(['/broadcast', '/broadcast/ID', '/broadcast/ID/recipients', '/broadcast/ID/batches', '/health/ready'])(
    'with HEAD get the head of %s and no body',
    async (path) => {
      const url = path.replace('ID', id);
      const head = await request(test.url).head(url).set('x-api-key', API_KEY).expect(200);
      expect(head.text).toBeUndefined();
      expect(head.headers['content-type']).toMatch(/^application\/json/);
    },
  );

  it.each([
    ['an empty one', ''],
    ['one of 256 characters', 'k'.repeat(256)],
    ['one beyond ASCII', 'schlüssel'],
    ['one with a tab', 'a\tb'],
  ])('with an Idempotency-Key are told that %s will not do', async (_what, key) => {
    const response = await postBroadcast(test, good, { 'Idempotency-Key': key });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([expect.objectContaining({ path: 'idempotency-key' })]);
  });

  it.each(['k'.repeat(255), "'; drop table broadcasts; --", '%00', '{"a":1}'])(
    'may use the odd Idempotency-Key %s',
    async (key) => {
      expect((await postBroadcast(test, good, { 'Idempotency-Key': key })).status).toBe(202);
    },
  );

  it.each(['', ',,,', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=abc', ';;;=', 'x'.repeat(8000)])(
    'with a Prefer that makes no sense (%j) are served as without it',
    async (prefer) => {
      const response = await postBroadcast(test, good, { Prefer: prefer }).expect(202);
      expect(response.headers['preference-applied']).toBe('wait=10');
    },
  );

  it.each(['/broadcast', '/broadcast/ID', '/account', '/health/live', '/docs', '/openapi.json'])(
    'to read %s are answered in full, whatever version they say they have',
    async (path) => {
      for (const [name, value] of [
        ['if-none-match', '*'],
        ['if-none-match', '"x"'],
        ['if-match', '"x"'],
        ['if-modified-since', 'Fri, 31 Dec 2100 23:59:59 GMT'],
        ['if-unmodified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
      ] as const) {
        const answer = await get(test, path.replace('ID', id)).set(name, value);
        expect({ name, status: answer.status }).toEqual({ name, status: 200 });
        expect(answer.text).not.toBe('');
      }
    },
  );

  it('with more of an address or of headers than anybody needs are refused', async () => {
    expect((await get(test, `/broadcast?x=${'y'.repeat(30_000)}`)).status).toBe(431);
    expect((await get(test, '/broadcast', { 'x-filler': 'y'.repeat(30_000) })).status).toBe(431);
  });

  it.each(['http://[/broadcast', 'http://', 'http://[::1', '//[', 'http://a:b:c/'])(
    'for %s, which is no address, are told so as of any other fault',
    async (target) => {
      const answer = await wholeAnswer(test.url, `GET ${target} HTTP/1.1\r\nHost: x\r\nx-api-key: ${API_KEY}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(answer).toMatch(/x-request-id: [\w-]+/i);
    },
  );

  it.each([
    ['GET /broadcast HTTP/1.1\r\n\r\n', 400],
    ['GARBAGE\r\n\r\n', 400],
    ['GET //broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 404],
    ['GET http://elsewhere/nothing HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 404],
    ['GET http://[/broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 400],
    ['GET ? HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 400],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 404],
    ['GET /broadcast/\\..\\ HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 404],
    ['GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\n\r\n', 400],
    ['POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\nContent-Length: -1\r\n\r\n', 400],
    ['POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\nExpect: wonders\r\n\r\n', 417],
    ['FETCH /broadcast HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [
      'POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\nContent-Type: application/json\r\n' +
        'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: KEY\r\nContent-Type: application/json\r\n' +
        'Transfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
  ])('written by hand as %j are answered %d', async (bytes, status) => {
    expect(await firstLineOfAnswer(test.url, bytes.replace('KEY', API_KEY))).toMatch(
      new RegExp(`^HTTP/1.1 ${status} `),
    );
  });
});
