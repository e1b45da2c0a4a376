import request from 'supertest';
import { eventually } from '../../support/eventually';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { startTestService, type TestService } from '../../support/testService';

const env = { API_KEY: 'key-one-0001', AUTH_FAILURES_MAX: '3' };

describe('whoever is refused', () => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ env });
  });
  afterEach(() => test.stop());
  const read = (key?: string) => {
    const asked = request(test.url).get('/broadcast');
    return key === undefined ? asked : asked.set('x-api-key', key);
  };

  it('is told to wait after so many wrong or missing keys, which no right key ever is', async () => {
    expectProblem(await read('wrong-key-77'), 403);
    expectProblem(await read(), 401);
    expectProblem(await request(test.url).post('/nothing').set('authorization', 'Bearer wrong-key-78'), 403);
    for (const key of ['wrong-key-79', undefined]) {
      const answer = await read(key);
      expectProblem(answer, 429);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    await read('key-one-0001').expect(200);
    expectProblem(await read('wrong-key-80'), 429);
  });

  it('cannot start anew as somebody else where TRUST_PROXY=true believes any address', async () => {
    await test.stop();
    test = await startTestService({ env: { ...env, TRUST_PROXY: 'true' } });
    const claiming = (address: string) => read('wrong-key-77').set('x-forwarded-for', address);
    for (const last of [1, 2, 3]) expectProblem(await claiming(`198.51.100.${last}`), 403);
    expectProblem(await claiming('198.51.100.4'), 429);
  });

  it('stands in the audit log by its connection where TRUST_PROXY=true believes any address', async () => {
    await test.stop();
    test = await startTestService({ env: { ...env, TRUST_PROXY: 'true' } });
    const as = (call: request.Test) => call.set('x-api-key', 'key-one-0001').set('x-forwarded-for', '203.0.113.77');
    await as(request(test.url).put('/opt-outs/+14155550199')).expect(201);
    const { body } = await as(request(test.url).get('/audit')).expect(200);
    expect(body.data[0]).toMatchObject({
      action: 'optOut.added',
      address: expect.stringMatching(/127\.0\.0\.1$|^::1$/),
    });
  });

  it('with one wrong key from ever other addresses is told to wait, and nobody with another key is', async () => {
    await test.stop();
    test = await startTestService({ env: { ...env, TRUST_PROXY: '1' } });
    const from = (place: number, key = 'revoked-key-1') => read(key).set('x-forwarded-for', `198.51.100.${place}`);
    for (let times = 0; times < 30; times++) expectProblem(await from(times % 15), 403);
    expectProblem(await from(20), 429);
    expectProblem(await from(21, 'wrong-key-77'), 403);
    await from(22, 'key-one-0001').expect(200);
    const asToken = request(test.url).get('/broadcast').set('authorization', 'Bearer revoked-key-1');
    expectProblem(await asToken.set('x-forwarded-for', '198.51.100.23'), 429);
  });

  it('is told to wait after so many tokens that are not good, too', async () => {
    await test.stop();
    const [JWT_ISSUER, JWT_JWKS_URL] = ['https://login.example.com/', 'http://127.0.0.1:1/keys'];
    test = await startTestService({ env: { ...env, JWT_ISSUER, JWT_AUDIENCE: 'sms', JWT_JWKS_URL } });
    // An algorithm that is not taken: refused before any key is read.
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
    const present = () => request(test.url).get('/broadcast').set('authorization', `Bearer ${token}`);
    for (let times = 0; times < 3; times++) expectProblem(await present(), 401);
    expectProblem(await present(), 429);
  });

  it('is not told apart by an address of their own choice', async () => {
    for (let times = 0; times < 3; times++) await read('wrong-key-77').set('x-forwarded-for', `203.0.113.${times}`);
    expectProblem(await read('wrong-key-77').set('x-forwarded-for', '203.0.113.9'), 429);
  });

  it('stands in the log with an address, and with neither key nor number', async () => {
    await read('wrong-key-77').expect(403);
    await request(test.url).delete('/recipients/+14155550199').expect(401);
    await request(test.url)
      .post('/webhooks/plivo/status/nobodys-token')
      .type('form')
      .send({ To: '14155550199', MessageUUID: 'a', Status: 'sent' })
      .expect(403);
    const noted = await eventually(() => {
      const lines = test.log.filter(({ message }) => message.endsWith('was refused'));
      return lines.length === 3 ? lines : null;
    });
    expect(noted.map(({ level, message, data }) => [level, message, data['method']])).toEqual([
      ['warn', 'A request with a wrong key was refused', 'GET'],
      ['warn', 'A request without a key was refused', 'DELETE'],
      ['warn', 'A webhook without a valid signature was refused', 'POST'],
    ]);
    expect(noted.every(({ data }) => typeof data['address'] === 'string')).toBe(true);
    expect(JSON.stringify(test.log)).not.toMatch(/wrong-key|4155550199|nobodys-token/);
  });
});

describe('whoever tries what their key may not do', () => {
  it('stands in the log, by address and never by name or key', async () => {
    const test = await startTestService();
    try {
      const reader = await makeKey(test, ['read'], { name: 'lost and found' });
      expectProblem(await as(test, reader).post('/broadcast').send({}), 403);
      const [line] = await eventually(() => {
        const lines = test.log.filter(({ message }) => message.includes('beyond what its key may do'));
        return lines.length > 0 ? lines : null;
      });
      expect(line).toMatchObject({ level: 'info', data: { code: 'missing_scope', method: 'POST' } });
      expect(JSON.stringify(line)).not.toMatch(new RegExp(`lost and found|${reader.key}`));
    } finally {
      await test.stop();
    }
  });
});

describe('where no key is asked for', () => {
  it('a page of another site cannot have its form sent', async () => {
    const test = await startTestService({ env: { API_KEY: '' } });
    try {
      const form = (headers: Record<string, string>) =>
        request(test.url)
          .post('/broadcast')
          .set(headers)
          .field('message', 'Hello')
          .attach('recipients', Buffer.from('to\n+14155550101\n'), 'people.csv');
      for (const site of ['cross-site', 'same-site']) expectProblem(await form({ 'sec-fetch-site': site }), 401);
      // To an address that is neither https nor this machine's browsers say no more than this.
      for (const origin of ['https://evil.example.com', 'null']) expectProblem(await form({ origin }), 401);
      expect(test.simulator.texts().size).toBe(0);
      await form({ 'sec-fetch-site': 'same-origin' }).expect(202);
      await form({ origin: test.url }).expect(202);
    } finally {
      await test.stop();
    }
  });
});

describe('answers', () => {
  it.each(['/broadcast', '/health/live', '/openapi.json', '/nothing'])('of %s are kept by no cache', async (path) => {
    const test = await startTestService();
    try {
      const { headers } = await request(test.url).get(path);
      expect(headers['cache-control']).toBe('no-store');
    } finally {
      await test.stop();
    }
  });
});
