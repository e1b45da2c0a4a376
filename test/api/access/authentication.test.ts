import request from 'supertest';
import { expectProblem } from '../../support/problem';
import { startTestService, type TestService } from '../../support/testService';

describe('keys', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ env: { API_KEY: 'old-key-0001, new-key-0002' } });
  });
  afterAll(() => test.stop());

  it.each([
    ['the first key as x-api-key', { 'x-api-key': 'old-key-0001' }],
    ['the second key as x-api-key, while keys rotate', { 'x-api-key': 'new-key-0002' }],
    ['a key as Bearer token', { authorization: 'Bearer new-key-0002' }],
    ['a Bearer token whatever the case of the word', { authorization: 'bearer  old-key-0001' }],
  ])('let in whoever presents %s', async (_what, headers) => {
    await request(test.url).get('/broadcast').set(headers).expect(200);
  });

  it.each([
    ['no key at all', {}],
    ['an empty key', { 'x-api-key': '' }],
    ['another scheme', { authorization: 'Basic b2xkLWtleS0wMDAxOg==' }],
    ['a Bearer without a token', { authorization: 'Bearer' }],
    ['a key in the address', {}, '?x-api-key=old-key-0001'],
  ])('are asked for from whoever presents %s', async (_what, headers, query = '') => {
    const response = await request(test.url).get(`/broadcast${query}`).set(headers);
    expectProblem(response, 401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body.detail).toContain('x-api-key');
  });

  it.each([
    ['a wrong key', { 'x-api-key': 'old-key-0002' }],
    ['the beginning of a key', { 'x-api-key': 'old-key' }],
    ['a key and more', { 'x-api-key': 'old-key-00011' }],
    ['both keys as configured', { 'x-api-key': 'old-key-0001, new-key-0002' }],
    ['a key in other letters', { 'x-api-key': 'OLD-KEY-0001' }],
    ['a very long key', { 'x-api-key': 'k'.repeat(8000) }],
    ['a wrong key beside a right one', { 'x-api-key': 'wrong', authorization: 'Bearer old-key-0001' }],
  ])('refuse whoever presents %s', async (_what, headers) => {
    expectProblem(await request(test.url).get('/broadcast').set(headers), 403);
  });

  it('are asked for before a body is read, so that strangers cannot make the service work', async () => {
    const response = await request(test.url).post('/broadcast').type('application/json').send('{"broken');
    expectProblem(response, 401);
  });

  it.each(['/nothing/here', '/broadcast/1/2/3', '/keys/nothing'])(
    'are asked for at %s, so that strangers learn nothing',
    async (path) => {
      expectProblem(await request(test.url).get(path), 401);
    },
  );

  it.each(['/health/live', '/health/ready'])('are not asked for at %s', async (path) => {
    await request(test.url).get(path).expect(200);
  });

  it.each(['/health/nothing', '/webhooks/nothing', '/webhooks/plivo/nothing'])(
    'are not asked for at %s, which does not exist',
    async (path) => {
      expectProblem(await request(test.url).post(path), 404);
    },
  );

  it('never appear in an answer or in the log', async () => {
    await request(test.url).get('/broadcast/old-key-0001').set('x-api-key', 'old-key-0001').expect(404);
    const response = await request(test.url).get('/broadcast').set('x-api-key', 'stolen-key-77');
    expect(response.text).not.toContain('stolen-key-77');
    expect(JSON.stringify(test.log)).not.toMatch(/old-key|new-key|stolen-key/);
  });
});

describe('a service without any key configured', () => {
  let test: TestService;
  afterEach(() => test.stop());

  it('lets everybody in', async () => {
    test = await startTestService({ env: { API_KEY: '' } });
    await request(test.url).get('/broadcast').expect(200);
    const { body } = await request(test.url).get('/keys/self').expect(200);
    expect(body).toMatchObject({ kind: 'none', id: null, name: null, scopes: ['send', 'read', 'manage', 'approve'] });
  });
});
