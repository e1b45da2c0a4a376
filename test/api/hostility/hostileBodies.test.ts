import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const TEN_MB = 'x'.repeat(10_000_000);
const deep = (opening: string, closing: string) => opening.repeat(100_000) + closing.repeat(100_000);
const DEEP_LIST = deep('[', ']');
const DEEP_OBJECT = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
const manyFields = Array.from({ length: 200_000 }, (_, index) => `"f${index}":0`).join(',');

/** Bodies in which `"message"` and `"recipients"` are fine unless they are what is attacked. */
const HOSTILE: [what: string, body: string][] = [
  ['a message of ten million characters', `{"recipients":["+14155550100"],"message":"${TEN_MB}"}`],
  ['a number of ten million characters', `{"recipients":["${TEN_MB}"],"message":"Hi"}`],
  ['a number of ten million digits', `{"recipients":["+${'1'.repeat(10_000_000)}"],"message":"Hi"}`],
  ['a name of ten million characters', `{"recipients":["+14155550100"],"message":"Hi","name":"${TEN_MB}"}`],
  ['a field name of ten million characters', `{"recipients":["+14155550100"],"message":"Hi","${TEN_MB}":1}`],
  ['200,000 unknown fields', `{"recipients":["+14155550100"],"message":"Hi",${manyFields}}`],
  ['a message 100,000 lists deep', `{"recipients":["+14155550100"],"message":${DEEP_LIST}}`],
  ['a message 100,000 objects deep', `{"recipients":["+14155550100"],"message":${DEEP_OBJECT}}`],
  ['recipients 100,000 lists deep', `{"recipients":${DEEP_LIST},"message":"Hi"}`],
  ['recipients 100,000 objects deep', `{"recipients":[${DEEP_OBJECT}],"message":"Hi"}`],
  ['a name 100,000 objects deep', `{"recipients":["+14155550100"],"message":"Hi","name":${DEEP_OBJECT}}`],
  ['an expiry 100,000 lists deep', `{"recipients":["+14155550100"],"message":"Hi","expirySeconds":${DEEP_LIST}}`],
  ['an unknown field 100,000 lists deep', `{"recipients":["+14155550100"],"message":"Hi","x":${DEEP_LIST}}`],
  ['a body 100,000 lists deep', DEEP_LIST],
  ['a body 100,000 objects deep', DEEP_OBJECT],
  ['an attempt on the prototype', '{"recipients":["+14155550100"],"message":"Hi","__proto__":{"name":"x"}}'],
  ['an attempt on the constructor', '{"recipients":["+14155550100"],"message":"Hi","constructor":{"prototype":{}}}'],
  ['a field called hasOwnProperty', '{"recipients":["+14155550100"],"message":"Hi","hasOwnProperty":1}'],
  ['a field with an empty name', '{"recipients":["+14155550100"],"message":"Hi","":1}'],
  ['a field with a null character', '{"recipients":["+14155550100"],"message":"Hi","a\\u0000b":1}'],
  ['a field with half a character', '{"recipients":["+14155550100"],"message":"Hi","\\ud800":1}'],
  ['a field with a path as its name', '{"recipients":["+14155550100"],"message":"Hi","message.length":1}'],
  ['only a prototype', '{"__proto__":{"recipients":["+14155550100"],"message":"Hi"}}'],
  ['null characters in a number', '{"recipients":["+1415555\\u00000100"],"message":"Hi"}'],
  ['half a character in a number', '{"recipients":["+1415555\\udc000100"],"message":"Hi"}'],
  ['half a character in the name', '{"recipients":["+14155550100"],"message":"Hi","name":"\\udc00"}'],
  ['null characters in the message', '{"recipients":["+14155550100"],"message":"\\u0000"}'],
  ['recipients that only look like a list', '{"recipients":{"length":1,"0":"+14155550100"},"message":"Hi"}'],
  ['a message that only looks like a string', '{"recipients":["+14155550100"],"message":{"length":2,"trim":1}}'],
  ['an expiry beyond all numbers', '{"recipients":["+14155550100"],"message":"Hi","expirySeconds":1e999}'],
  ['an expiry just beyond whole numbers', '{"recipients":["+14155550100"],"message":"Hi","expirySeconds":1e21}'],
  ['a message that is said twice', '{"recipients":["+14155550100"],"message":"Hi","message":"Ho"}'],
  ['a number that is said twice', '{"recipients":[{"to":"+14155550100","t\\u006f":"+14155550101"}],"message":"Hi"}'],
  ['no objects but a raw null character', '\0'],
  ['a raw line break in a string', '{"message":"a\nb","recipients":["+14155550100"]}'],
];

describe.each(ENGINES)('hostile bodies on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    request(test.url)
      .post('/broadcast')
      .set({ 'x-api-key': API_KEY, 'content-type': 'application/json', ...headers })
      .send(body as string);

  it.each(HOSTILE)('such as %s are refused with a short reason', async (_what, body) => {
    const response = await post(body);
    expectProblem(response, 400);
    expect(response.text.length).toBeLessThan(40_000);
  });

  it.each(HOSTILE.filter(([, body]) => body.includes('"recipients"')))(
    'such as %s are refused just the same when bad numbers may be skipped',
    async (_what, body) => {
      expectProblem(await post(body.replace('{', '{"invalidRecipients":"skip",')), 400);
    },
  );

  const gzipped = (text: string) => gzipSync(Buffer.from(text));
  const fine = JSON.stringify({ recipients: numbers(1), message: 'Hi' });

  it.each<[what: string, body: string | Buffer, headers: Record<string, string>, status: number]>([
    ['that is called gzip and is not', 'no gzip at all', { 'content-encoding': 'gzip' }, 400],
    ['that is cut off gzip', gzipped(fine).subarray(0, 20), { 'content-encoding': 'gzip' }, 400],
    ['that grows to 50 MB', gzipped('x'.repeat(50_000_000)), { 'content-encoding': 'gzip' }, 413],
    ['that is called deflate and is not', 'no', { 'content-encoding': 'deflate' }, 400],
    ['that is called brotli and is not', 'no', { 'content-encoding': 'br' }, 400],
    ['in an encoding that nobody knows', fine, { 'content-encoding': 'x-rot13' }, 415],
    ['in two encodings', fine, { 'content-encoding': 'gzip, gzip' }, 415],
    ['in Latin-1', fine, { 'content-type': 'application/json; charset=latin1' }, 415],
    ['in a charset that nobody knows', fine, { 'content-type': 'application/json; charset=utf-99' }, 415],
    ['in UTF-16', '{', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['of bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), {}, 400],
    ['of an absurd type', fine, { 'content-type': 'application/json/json' }, 415],
    ['of many types', fine, { 'content-type': 'text/html, application/json' }, 415],
    ['of a very long type', fine, { 'content-type': `application/${'j'.repeat(8000)}` }, 415],
  ])('are refused where one comes %s', async (_what, body, headers, status) => {
    const sent = post(body, headers).serialize((raw: unknown) => raw as string);
    expectProblem(await sent, status);
  });

  it('name the field that is said twice, in lines of JSON too', async () => {
    const twice = await post('{"recipients":["+14155550100"],"message":"Hi","message":"Ho"}');
    expect(twice.body.errors).toEqual([{ path: 'message', msg: 'stands twice in one object' }]);
    const lines = await post('"+14155550100"\n{"to":"+14155550101","name":"a","\\u0074o":"+14155550102"}', {
      'content-type': 'application/x-ndjson',
    }).query({ message: 'Hi' });
    expectProblem(lines, 400);
    expect(lines.body.detail).toMatch(/Line 2 .*twice/);
  });

  it('may be gzip, when that is what they are', async () => {
    const sent = post(gzipped(fine), { 'content-encoding': 'gzip' }).serialize((raw: unknown) => raw as string);
    expect((await sent).status).toBe(202);
  });

  it('change nothing in anything that they tried to reach', async () => {
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
    const { body } = await get(test, '/broadcast').expect(200);
    expect(body.data).toHaveLength(1);
    expect(test.simulator.calls()).toHaveLength(1);
  });

  it('never bring the service down, whatever JSON is thrown at it', async () => {
    const anything = fc.jsonValue({ maxDepth: 4 });
    const near = fc.oneof(anything, fc.string({ unit: 'binary' }), fc.constantFrom('skip', 'reject', 'Hi', 5));
    const body = fc.record(
      {
        recipients: fc.oneof(anything, fc.array(fc.oneof(near, fc.constantFrom(...numbers(3))), { maxLength: 5 })),
        message: near,
        name: near,
        invalidRecipients: near,
        expirySeconds: near,
        [`__proto__`]: near,
        constructor: near,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, anything), async (sent) => {
        const response = await post(JSON.stringify(sent), { prefer: 'respond-async' });
        expect([202, 400]).toContain(response.status);
        if (response.status === 400) expectProblem(response, 400);
      }),
      { numRuns: 200 },
    );
  });

  it('leave it serving as before', async () => {
    const response = await postBroadcast(test, { recipients: numbers(1), message: 'Still here.' });
    expect(response.status).toBe(202);
  });
});
