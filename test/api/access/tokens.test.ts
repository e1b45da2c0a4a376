import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import request from 'supertest';
import { numbers } from '../../support/client';
import { listenTo } from '../../support/eventReader';
import { expectProblem } from '../../support/problem';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'sms';

/** Whoever logs people in: publishes keys, and signs with them. */
class Issuer {
  readonly #published: object[] = [];
  isAway = false;
  answers: string | null = null;
  asked = 0;
  readonly server: Server = createServer((_req, res) => {
    this.asked++;
    if (this.isAway) res.destroy();
    else
      res.setHeader('content-type', 'application/json').end(this.answers ?? JSON.stringify({ keys: this.#published }));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks.json`;
  }

  async signer(kid: string, alg = 'ES256', { isPublished = true } = {}) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    if (isPublished) this.#published.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return (claims: JWTPayload, header: object = {}) =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ann@example.com', exp: soon(), ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey);
  }
}

const soon = () => Math.floor(Date.now() / 1000) + 300;

describe('tokens', () => {
  let test: TestService;
  let issuer: Issuer;
  let sign: Awaited<ReturnType<Issuer['signer']>>;
  beforeAll(async () => {
    issuer = new Issuer();
    const url = await issuer.listen();
    sign = await issuer.signer('first');
    test = await startTestService({ env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: url } });
  });
  afterAll(async () => {
    await test.stop();
    await new Promise((resolve) => issuer.server.close(resolve));
  });

  const read = (token: string) => request(test.url).get('/broadcast').set('authorization', `Bearer ${token}`);
  const send = (token: string) =>
    request(test.url)
      .post('/broadcast')
      .set('authorization', `Bearer ${token}`)
      .send({ message: 'Hi', recipients: numbers(1) });

  it.each([
    ['scope, as one text', { scope: 'openid read send' }],
    ['scp, as a list', { scp: ['read', 'send'] }],
    ['permissions', { permissions: ['read', 'send', 'delete:everything'] }],
    ['permissions, where its scope names none of ours', { scope: 'openid email', permissions: ['read', 'send'] }],
  ])('may do what %s says', async (_what, claims) => {
    const token = await sign(claims);
    await read(token).expect(200);
    const { body } = await send(token).expect(202);
    expect(body.createdBy).toBe('ann@example.com');
    expectProblem(await request(test.url).get('/keys').set('authorization', `Bearer ${token}`), 403);
  });

  it('are told who they are, with no scope too', async () => {
    const ask = (token: string) => request(test.url).get('/keys/self').set('authorization', `Bearer ${token}`);
    const { body } = await ask(await sign({ scope: 'openid send read' })).expect(200);
    expect(body).toEqual({
      kind: 'token',
      id: null,
      name: 'ann@example.com',
      scopes: ['send', 'read'],
      ownOnly: false,
      dailyRecipients: null,
    });
    expect((await ask(await sign({})).expect(200)).body.scopes).toEqual([]);
    expectProblem(await ask(await sign({ exp: soon() - 400 })), 401);
  });

  it('may not do all that its owner may, where it was asked for less', async () => {
    const token = await sign({ scope: 'openid read', permissions: ['read', 'send', 'manage'] });
    await read(token).expect(200);
    expectProblem(await send(token), 403);
  });

  it('without a scope may do nothing', async () => {
    expectProblem(await read(await sign({})), 403);
    expectProblem(await read(await sign({ scope: 'reader', permissions: { read: true } })), 403);
  });

  it.each([
    ['has expired', { exp: soon() - 400 }],
    ['is not valid yet', { nbf: soon() }],
    ['has no end', { exp: undefined }],
    ['is of another issuer', { iss: 'https://evil.example.com/' }],
    ['is for others', { aud: 'mail' }],
    ['names nobody', { sub: undefined }],
    ['names the holder of API_KEY', { sub: 'API_KEY' }],
  ])('that %s is refused', async (_what, claims) => {
    const refused = await read(await sign({ scope: 'read', ...claims } as JWTPayload));
    expectProblem(refused, 401);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('that opened a stream of events end it when they expire', async () => {
    // Clocks may differ by half a minute, of which four seconds are left.
    const token = await sign({ scope: 'read', exp: soon() - 300 - 26 });
    const reader = await listenTo(test, '/events', { 'x-api-key': '', authorization: `Bearer ${token}` });
    expect(reader.response.status).toBe(200);
    await reader.ended();
    expectProblem(await read(token), 401);
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])(
    'signed with %s is taken, once the issuer has published the key',
    async (alg) => {
      const fresh = new Issuer();
      const other = await startTestService({
        env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: await fresh.listen() },
      });
      const token = await (await fresh.signer('one', alg))({ scope: 'read' });
      await request(other.url).get('/broadcast').set('authorization', `Bearer ${token}`).expect(200);
      await other.stop();
      await new Promise((resolve) => fresh.server.close(resolve));
    },
  );

  it('signed with a key that nobody has published, or with the published one as a secret, or not at all, are refused', async () => {
    const stranger = await issuer.signer('first', 'ES256', { isPublished: false });
    expectProblem(await read(await stranger({ scope: 'read' })), 401);
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'x', exp: soon(), scope: 'read' };
    const withSecret = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' });
    expectProblem(await read(await withSecret.sign(Buffer.from('published'))), 401);
    expectProblem(await read(new UnsecuredJWT(claims).encode()), 401);
    expectProblem(await read('a.b.c'), 401);
    expectProblem(await read('no-token-at-all'), 403);
  });

  it('that name keys nobody knows do not have the issuer asked each time', async () => {
    const stranger = await issuer.signer('unknown', 'ES256', { isPublished: false });
    const before = issuer.asked;
    for (let count = 0; count < 5; count++) expectProblem(await read(await stranger({ scope: 'read' })), 401);
    expect(issuer.asked - before).toBeLessThanOrEqual(1);
  });

  it('leave keys as they are, also as bearer', async () => {
    await request(test.url).get('/broadcast').set('authorization', `Bearer ${API_KEY}`).expect(200);
    expectProblem(await request(test.url).get('/broadcast'), 401);
  });

  it('never get into the log', () => {
    expect(JSON.stringify(test.log)).not.toContain('eyJ');
  });
});

describe('an issuer whose keys cannot be read', () => {
  it.each([
    ['is away', (issuer: Issuer) => (issuer.isAway = true)],
    ['answers nonsense', (issuer: Issuer) => (issuer.answers = '<html>')],
    ['answers something else', (issuer: Issuer) => (issuer.answers = '{"error":"later"}')],
  ])('because it %s makes tokens wait (503), and no keys', async (_what, fail) => {
    const issuer = new Issuer();
    fail(issuer);
    const url = await issuer.listen();
    const test = await startTestService({ env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: url } });
    const token = await (await issuer.signer('one'))({ scope: 'read' });
    const answer = await request(test.url).get('/broadcast').set('authorization', `Bearer ${token}`);
    expectProblem(answer, 503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    // Why, for whoever has to mend it.
    const error = expect.objectContaining({ cause: expect.objectContaining({ message: expect.any(String) }) });
    expect(test.log).toContainEqual(expect.objectContaining({ data: { code: 'token_keys_unavailable', error } }));
    await request(test.url).get('/broadcast').set('x-api-key', API_KEY).expect(200);
    issuer.isAway = false;
    issuer.answers = null;
    await request(test.url).get('/broadcast').set('authorization', `Bearer ${token}`).expect(200);
    await test.stop();
    await new Promise((resolve) => issuer.server.close(resolve));
  });
});
