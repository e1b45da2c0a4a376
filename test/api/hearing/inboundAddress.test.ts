import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { signatureHeaders } from '../../../src/simulator/formats/signatures';
import { get, numbers } from '../../support/client';
import { optOut } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { INBOUND_PATH, PLAIN_INBOUND_PATH, textFields } from '../../support/texts';
import { ENGINES } from '../../support/testDatabase';
import { AUTH_TOKEN, startTestService, type TestService } from '../../support/testService';

type Fields = Record<string, string>;
type Posted = { base?: string; path?: string; method?: 'GET' | 'POST'; version?: 'v2' | 'v3' | 'both' };

const signed = (base: string, fields: Fields, { path = INBOUND_PATH, version = 'both' }: Posted = {}) =>
  signatureHeaders(
    { method: 'POST', url: base + path, fields, nonce: randomBytes(8).toString('hex'), authToken: AUTH_TOKEN },
    version,
  );

const postAt = (test: TestService, path: string, fields: Fields, headers: Record<string, string>) =>
  request(test.url).post(path).type('form').set(headers).send(new URLSearchParams(fields).toString());

const post = (test: TestService, fields: Fields, path = INBOUND_PATH) =>
  postAt(test, path, fields, signed(test.url, fields, { path }));

const isOptedOut = async (test: TestService, number: string) => (await get(test, `/opt-outs/${number}`)).status === 200;

describe.each(ENGINES)('the address to which Plivo posts what people write, on %s', (engine) => {
  let test: TestService;
  let next = 0;
  const person = () => numbers(1, (next += 10))[0]!;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { HELP_REPLY: 'Call us' } });
  });
  afterAll(() => test.stop());

  it('takes a STOP and a HELP without its last segment too, so that an upgrade loses no wish', async () => {
    const number = person();
    expect((await post(test, textFields(number, 'help'), PLAIN_INBOUND_PATH).expect(200)).text).toContain('Call us');
    await post(test, textFields(number, 'STOP'), PLAIN_INBOUND_PATH).expect(200);
    expect(await isOptedOut(test, number)).toBe(true);
  });

  it.each(['START', 'unstop', 'YES'])('takes no %s without it, keeps the text and warns', async (word) => {
    const number = person();
    await post(test, textFields(number, 'STOP'), PLAIN_INBOUND_PATH).expect(200);
    await post(test, textFields(number, word), PLAIN_INBOUND_PATH).expect(200);
    expect(await isOptedOut(test, number)).toBe(true);
    expect((await get(test, `/recipients/${number}`)).body.inbound[0]).toMatchObject({ text: word, keyword: null });
    expect(test.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/START.*plain inbound address/) }),
    );
  });

  it('with another last segment is nobody’s: nothing is changed, and the log warns', async () => {
    const number = person();
    const fields = textFields(number, 'STOP');
    expectProblem(await post(test, fields, `${PLAIN_INBOUND_PATH}/another-token-0123456789`), 404);
    expect(await isOptedOut(test, number)).toBe(false);
    expect(test.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/address that is not ours/) }),
    );
  });

  it('believes headers once: who has seen them can say nothing else with them', async () => {
    const [writer, victim] = [person(), person()];
    await optOut(test, victim).expect(201);
    const genuine = textFields(writer, 'Hello');
    const headers = signed(test.url, genuine, { version: 'v2' });
    await postAt(test, INBOUND_PATH, genuine, headers).expect(200);
    expectProblem(await postAt(test, INBOUND_PATH, textFields(victim, 'START'), headers), 403);
    expect(await isOptedOut(test, victim)).toBe(true);
    // Plivo's own repetition.
    await postAt(test, INBOUND_PATH, genuine, headers).expect(200);
  });

  it('believes them once whatever instance hears them, and after a restart', async () => {
    const [writer, victim] = [person(), person()];
    const genuine = textFields(writer, 'Hello');
    const forged = textFields(victim, 'START');
    const first = await startTestService({ engine });
    await optOut(first, victim).expect(201);
    const headers = signed(first.url, genuine, { version: 'v2' });
    await postAt(first, INBOUND_PATH, genuine, headers).expect(200);
    // PUBLIC_URL is what Plivo signs, behind whatever port an instance listens.
    const env = { PUBLIC_URL: first.url };
    const others = engine === 'postgres' ? [await startTestService({ engine, env, beside: first })] : [];
    for (const other of others) expectProblem(await postAt(other, INBOUND_PATH, forged, headers), 403);
    await Promise.all(others.map((other) => other.stop()));
    const again = await first.restart(env);
    expectProblem(await postAt(again, INBOUND_PATH, forged, headers), 403);
    await postAt(again, INBOUND_PATH, genuine, headers).expect(200);
    expect(await isOptedOut(again, victim)).toBe(true);
    await again.stop();
    await first.stop();
  });

  it('believes no headers of V2 beside ones of V3 that do not fit, nor the V2 of a text that came with both', async () => {
    const [writer, victim] = [person(), person()];
    await optOut(test, victim).expect(201);
    const genuine = textFields(writer, 'Hello');
    const headers = signed(test.url, genuine);
    await postAt(test, INBOUND_PATH, genuine, headers).expect(200);
    const forged = textFields(victim, 'START');
    expectProblem(await postAt(test, INBOUND_PATH, forged, headers), 403);
    const v2Alone = Object.fromEntries(Object.entries(headers).filter(([name]) => /v2/i.test(name)));
    expectProblem(await postAt(test, INBOUND_PATH, forged, v2Alone), 403);
    const unused = { ...signed(test.url, forged, { version: 'v2' }), ...signed(test.url, genuine, { version: 'v3' }) };
    expectProblem(await postAt(test, INBOUND_PATH, forged, unused), 403);
    expect(await isOptedOut(test, victim)).toBe(true);
  });
});

describe.each(ENGINES)('the last segment of that address on %s', (engine) => {
  it('is made once, one for all instances, whatever becomes of the auth token, and takes a START', async () => {
    const test = await startTestService({ engine, env: { INBOUND_TOKEN: '' } });
    const shown = async (one: TestService) =>
      new URL((await get(one, '/account').expect(200)).body.inboundUrl as string).pathname;
    const path = await shown(test);
    expect(path).toMatch(/^\/webhooks\/plivo\/inbound\/[\w-]{32}$/);
    const [number = ''] = numbers(1);
    await optOut(test, number).expect(201);
    await post(test, textFields(number, 'START'), path).expect(200);
    expect(await isOptedOut(test, number)).toBe(false);

    const others: TestService[] = [];
    if (engine === 'postgres')
      others.push(await startTestService({ engine, env: { INBOUND_TOKEN: '' }, beside: test }));
    for (const other of others) expect(await shown(other)).toBe(path);
    const again = await test.restart({ PLIVO_AUTH_TOKEN: 'another-auth-token-0123456789' });
    expect(await shown(again)).toBe(path);
    for (const one of [...others, again, test]) await one.stop();
  });
});

describe('a service', () => {
  it('that is told so takes a START at the plain address', async () => {
    const test = await startTestService({ env: { INBOUND_TOKEN: 'none' } });
    expect((await get(test, '/account')).body.inboundUrl).toBe(test.url + PLAIN_INBOUND_PATH);
    const [number = ''] = numbers(1);
    await optOut(test, number).expect(201);
    await post(test, textFields(number, 'START'), PLAIN_INBOUND_PATH).expect(200);
    expect(await isOptedOut(test, number)).toBe(false);
    expectProblem(await post(test, textFields(number, 'STOP')), 404);
    await test.stop();
  });

  it('whose public address has a path takes Plivo’s calls under it, and without it', async () => {
    const base = 'https://Example.com/sms/';
    const test = await startTestService({ env: { PUBLIC_URL: base } });
    for (const [place, prefix] of ['/sms', ''].entries()) {
      const number = numbers(1, place)[0]!;
      const fields = textFields(number, 'STOP');
      const headers = signed('https://example.com/sms', fields);
      await postAt(test, prefix + INBOUND_PATH, fields, headers).expect(200);
      expect(await isOptedOut(test, number)).toBe(true);
    }
    expectProblem(await get(test, '/sms/broadcast'), 404);
    await test.stop();
  });
});
