import request from 'supertest';
import { get, numbers } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const SOME_ID = '00000000-0000-4000-8000-000000000000';

describe('errors', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ env: { BODY_LIMIT: '20kb' } });
  });
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  const post = (body: string, type = 'application/json') =>
    request(test.url).post('/broadcast').set('x-api-key', API_KEY).set('content-type', type).send(body);

  it.each([
    ['PUT', '/broadcast', 'GET, HEAD, POST'],
    ['DELETE', '/broadcast', 'GET, HEAD, POST'],
    ['PATCH', '/broadcast', 'GET, HEAD, POST'],
    ['POST', `/broadcast/${SOME_ID}`, 'GET, HEAD'],
    ['DELETE', `/broadcast/${SOME_ID}/recipients`, 'GET, HEAD'],
    ['PUT', `/broadcast/${SOME_ID}/batches`, 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['DELETE', '/health/ready', 'GET, HEAD'],
    ['PUT', '/webhooks/plivo/status/token', 'GET, POST'],
  ] as const)('name the methods that a path takes when %s %s is tried', async (method, path, allow) => {
    const client = request(test.url);
    const asked = client[method.toLowerCase() as 'get'](path).set('x-api-key', API_KEY);
    const response = await asked;
    expectProblem(response, 405);
    expect(response.headers['allow']).toBe(allow);
  });

  it.each([
    '/broadcasts',
    `/broadcast/${SOME_ID}`,
    `/broadcast/${SOME_ID}/recipients`,
    `/broadcast/${SOME_ID}/batches`,
    `/broadcast/${SOME_ID}/nothing`,
    '/broadcast/1',
  ])('say 404 where there is nothing, as at %s', async (path) => {
    expectProblem(await get(test, path), 404);
  });

  it('say 413 and what to do when the body is too large, and leave the connection usable', async () => {
    const response = await post(JSON.stringify({ recipients: numbers(5000), message: 'Hi' }));
    expectProblem(response, 413);
    expect(response.body.detail).toMatch(/fewer recipients|BODY_LIMIT/);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonp', 'json', ';;;'])(
    'say 415 and what to send instead of %s',
    async (type) => {
      const response = await post('{"message":"Hi"}', type);
      expectProblem(response, 415);
      expect(response.body.detail).toContain('application/json');
    },
  );

  it.each(['{', '{"message": "Hi",}', "{'message': 'Hi'}", 'Hi', '', '"Hi"', '42', 'null', 'true', '{"a":1}{"b":2}'])(
    'say 400 where the body is %j, which is no JSON object',
    async (text) => {
      expectProblem(await post(text), 400);
    },
  );

  it('say that a body is missing', async () => {
    const response = await request(test.url).post('/broadcast').set('x-api-key', API_KEY);
    expectProblem(response, 400);
    expect(response.body.detail).toMatch(/no body/);
  });

  it('tell of a list instead of an object', async () => {
    const response = await post('["+14155550100"]');
    expectProblem(response, 400);
    expect(response.body.detail).toMatch(/must be a JSON object/);
  });

  it('tell what is wrong with an address that is not well encoded', async () => {
    const response = await get(test, '/broadcast/%E0%A4%A');
    expectProblem(response, 400);
    expect(response.body.detail).toMatch(/percent/);
  });
});

describe('request ids', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());

  it("are the caller's own where it sends a fit one", async () => {
    const response = await get(test, '/broadcast/1', { 'x-request-id': 'order-42:try.1' });
    expect(response.headers['x-request-id']).toBe('order-42:try.1');
    expect(response.body.requestId).toBe('order-42:try.1');
  });

  it.each(['', 'a b', 'x'.repeat(101), '<script>', 'a;b', 'a, b', 'ü'])(
    'are made anew where the caller sends %j',
    async (given) => {
      const response = await get(test, '/broadcast', { 'x-request-id': given });
      expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it.each(['/health/live', '/broadcast', '/nothing'])('stand on the answer of %s', async (path) => {
    const first = await get(test, path);
    const second = await get(test, path);
    expect(first.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });
});
