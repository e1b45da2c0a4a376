import request from 'supertest';
import { numbers } from '../../support/client';
import { expectProblem } from '../../support/problem';
import { postReport, reportOf } from '../../support/reports';
import { startTestService, type TestService } from '../../support/testService';

const env = { API_KEY: 'key-one-0001,key-two-0002', RATE_LIMIT_MAX: '3', RATE_LIMIT_READS_MAX: '5' };

describe('rate limits', () => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ env });
  });
  afterEach(() => test.stop());

  const read = (key: string) => request(test.url).get('/broadcast').set('x-api-key', key);
  const send = (key: string) =>
    request(test.url)
      .post('/broadcast')
      .set('x-api-key', key)
      .send({ recipients: numbers(1), message: 'Hi' });
  const remaining = (response: request.Response) => Number(/\br=(\d+)/.exec(response.headers['ratelimit'] ?? '')?.[1]);

  it('tell on every answer what is allowed and what is left', async () => {
    const first = await send('key-one-0001').expect(202);
    expect(first.headers['ratelimit-policy']).toMatch(/"changes"; q=3; w=900/);
    expect(first.headers['ratelimit']).toMatch(/"changes"; r=2; t=\d+/);
    expect(remaining(await send('key-one-0001').expect(202))).toBe(1);
  });

  it('count by the connection where no key is asked for and TRUST_PROXY=true believes any address', async () => {
    await test.stop();
    test = await startTestService({ env: { ...env, API_KEY: '', TRUST_PROXY: 'true' } });
    const claiming = (address: string) => request(test.url).get('/broadcast').set('x-forwarded-for', address);
    for (const last of [1, 2, 3, 4, 5]) await claiming(`198.51.100.${last}`).expect(200);
    expectProblem(await claiming('198.51.100.6'), 429);
  });

  it('refuse what goes beyond, say when to come back, and text nobody', async () => {
    for (let sent = 0; sent < 3; sent++) await send('key-one-0001').expect(202);
    const response = await send('key-one-0001');
    expectProblem(response, 429);
    const seconds = Number(response.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    expect(response.body.detail).toContain(`${seconds} seconds`);
    expect(test.simulator.calls()).toHaveLength(3);
  });

  it('count faulty requests too', async () => {
    for (let sent = 0; sent < 3; sent++) await send('key-one-0001').send({ message: 7 }).expect(400);
    expectProblem(await send('key-one-0001'), 429);
  });

  it('count each key for itself, however it is presented', async () => {
    for (let sent = 0; sent < 3; sent++) await send('key-one-0001').expect(202);
    await send('key-one-0001').expect(429);
    await request(test.url).post('/broadcast').set('authorization', 'Bearer key-one-0001').send({}).expect(429);
    await send('key-two-0002').expect(202);
  });

  it('count reads apart, so that polling does not use up what sends', async () => {
    for (let times = 0; times < 5; times++) await read('key-one-0001').expect(200);
    const response = await read('key-one-0001');
    expectProblem(response, 429);
    await request(test.url).head('/broadcast').set('x-api-key', 'key-one-0001').expect(429);
    await request(test.url).get('/keys/self').set('x-api-key', 'key-one-0001').expect(429);
    await send('key-one-0001').expect(202);
    await read('key-two-0002').expect(200);
  });

  it('count previews as reads, since they send nothing', async () => {
    const preview = (path: string, body: object) =>
      request(test.url).post(path).set('x-api-key', 'key-one-0001').send(body);
    const body = { recipients: numbers(1), message: 'Hi' };
    for (let times = 0; times < 3; times++) await preview('/broadcast/preview', body).expect(200);
    await preview('/Broadcast/00000000-0000-4000-8000-000000000000/retry/preview/', {}).expect(404);
    await read('key-one-0001').expect(200);
    expectProblem(await preview('/broadcast/preview', body), 429);
    await send('key-one-0001').expect(202);
  });

  it('do not hold for health checks and webhooks', async () => {
    const url = `${test.url}/webhooks/plivo/status/nobodys-token`;
    for (let times = 0; times < 10; times++) {
      const health = await request(test.url).get('/health/ready').expect(200);
      expect(health.headers).not.toHaveProperty('ratelimit');
      await postReport(test, url, reportOf('+14155550000', 'some-uuid')).expect(404);
    }
  });
});

describe('rate limits set to 0', () => {
  let test: TestService;
  afterEach(() => test.stop());

  it('are off, without a header that says otherwise', async () => {
    test = await startTestService();
    const response = await request(test.url).get('/broadcast').set('x-api-key', 'test-key-0123456789').expect(200);
    expect(response.headers).not.toHaveProperty('ratelimit-policy');
  });
});

describe('rate limits without any key configured', () => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ env: { ...env, API_KEY: '' } });
  });
  afterEach(() => test.stop());

  it('go by address', async () => {
    for (let times = 0; times < 5; times++) await request(test.url).get('/broadcast').expect(200);
    expectProblem(await request(test.url).get('/broadcast'), 429);
  });

  it('cannot be got round by presenting made-up keys', async () => {
    const read = (key: string) => request(test.url).get('/broadcast').set('x-api-key', key);
    for (let times = 0; times < 5; times++) await read(`made-up-${times}`).expect(200);
    expectProblem(await read('made-up-again'), 429);
  });
});
