import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const body = (count: number, from = 0) => ({ message: 'Doors open at 9.', recipients: numbers(count, from) });

describe.each(ENGINES)('keys with names on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(() => test.stop());

  it('are shown once, and kept as a hash that nobody can use', async () => {
    const made = await makeKey(test, ['read', 'send'], { name: 'shown once' });
    expect(made).toMatchObject({ name: 'shown once', scopes: ['send', 'read'], prefix: made.key.slice(0, 10) });
    const { text } = await get(test, '/keys').expect(200);
    expect(text).toContain(made.prefix);
    expect(text).not.toContain(made.key);
    expect(JSON.stringify(test.log)).not.toContain(made.key);
  });

  it('let in by either header, and nobody whose key is one letter off', async () => {
    const { key } = await makeKey(test, ['read']);
    await as(test, { key }).get('/broadcast').expect(200);
    await request(test.url).get('/broadcast').set('authorization', `Bearer ${key}`).expect(200);
    const other = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    expectProblem(await as(test, { key: other }).get('/broadcast'), 403);
  });

  it('may do what their scopes say, and are told which one they lack', async () => {
    const reader = await makeKey(test, ['read']);
    const refused = await as(test, reader).post('/broadcast').send(body(1));
    expectProblem(refused, 403);
    expect(refused.body.type).toContain('missing_scope');
    expect(refused.body.detail).toContain('"send"');
    const sender = await makeKey(test, ['send']);
    await as(test, sender).post('/broadcast').send(body(1)).expect(202);
    expectProblem(await as(test, sender).get('/broadcast'), 403);
  });

  it('are looked at before anything of the body is', async () => {
    const reader = await makeKey(test, ['read']);
    expectProblem(await as(test, reader).post('/broadcast').type('json').send('{"broken'), 403);
  });

  it('are told who they are, whatever their scopes, and never what they are', async () => {
    const made = await makeKey(test, ['approve'], { ownOnly: true, dailyRecipients: 50 });
    const { body: self, text } = await as(test, made).get('/keys/self').expect(200);
    expect(self).toEqual({
      kind: 'key',
      id: made.id,
      name: made.name,
      scopes: ['approve'],
      ownOnly: true,
      dailyRecipients: 50,
    });
    expect(text).not.toContain(made.prefix);
    const { body: operator, text: whole } = await get(test, '/keys/self').expect(200);
    expect(operator).toMatchObject({ kind: 'api_key', id: null, name: 'API_KEY', ownOnly: false });
    expect(operator.scopes).toEqual(['send', 'read', 'manage', 'approve']);
    expect(whole).not.toContain(API_KEY);
  });

  it('are told nothing more once they are revoked, nor by another method or parameter', async () => {
    const made = await makeKey(test, ['read']);
    const me = as(test, made);
    expectProblem(await me.post('/keys/self').send({}), 405);
    expectProblem(await as(test, { key: API_KEY }).delete('/keys/self'), 405);
    expectProblem(await me.get('/keys/self?of=others'), 400);
    expectProblem(await request(test.url).get('/keys/self'), 401);
    await request(test.url).delete(`/keys/${made.id}`).set('x-api-key', API_KEY).expect(204);
    expectProblem(await me.get('/keys/self'), 403);
  });

  it('say when they were last used', async () => {
    const { key, name } = await makeKey(test, ['read']);
    const usedAt = async () => {
      const { body: page } = await get(test, '/keys?limit=1000').expect(200);
      return (page as { data: { name: string; lastUsedAt: string | null }[] }).data.find((one) => one.name === name)!
        .lastUsedAt;
    };
    expect(await usedAt()).toBeNull();
    await as(test, { key }).get('/broadcast').expect(200);
    expect(Date.parse(await eventually(usedAt))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('stop within five seconds on every instance once they are revoked, and their name is free again', async () => {
    const beside =
      engine === 'postgres'
        ? [await startTestService({ engine, beside: test }), await startTestService({ engine, beside: test })]
        : [];
    const all = [test, ...beside];
    const { id, name, key } = await makeKey(test, ['read']);
    for (const one of all) await as(one, { key }).get('/broadcast').expect(200);
    await request(test.url).delete(`/keys/${id}`).set('x-api-key', API_KEY).expect(204);
    const revokedAt = Date.now();
    for (const one of all)
      await eventually(async () => (await as(one, { key }).get('/broadcast')).status === 403 || null);
    expect(Date.now() - revokedAt).toBeLessThan(5000);
    expectProblem(await request(test.url).delete(`/keys/${id}`).set('x-api-key', API_KEY), 404);
    await makeKey(test, ['read'], { name });
    for (const one of beside) await one.stop();
  });

  it('rotate: the secret before goes on for as long as was asked for, and no longer', async () => {
    const first = await makeKey(test, ['read']);
    const rotate = (overlapSeconds: number) =>
      request(test.url).post(`/keys/${first.id}/rotate`).set('x-api-key', API_KEY).send({ overlapSeconds }).expect(200);
    const { body: second } = await rotate(60);
    expect(second).toMatchObject({ id: first.id, name: first.name });
    for (const key of [first.key, second.key]) await as(test, { key }).get('/broadcast').expect(200);
    const { body: third } = await rotate(0);
    for (const key of [first.key, second.key]) expectProblem(await as(test, { key }).get('/broadcast'), 403);
    await as(test, third).get('/broadcast').expect(200);
  });

  it('have names that no other key has', async () => {
    await makeKey(test, ['read'], { name: 'web' });
    const again = { name: 'web', scopes: ['read'] };
    expectProblem(await request(test.url).post('/keys').set('x-api-key', API_KEY).send(again), 409);
  });

  it.each([
    [{ scopes: ['read'] }, 'name'],
    [{ name: 'API_KEY', scopes: ['read'] }, 'name'],
    [{ name: 'two\nlines', scopes: ['read'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['read', 'everything'] }, 'scopes'],
    [{ name: 'x', scopes: ['read'], dailyRecipients: 0 }, 'dailyRecipients'],
    [{ name: 'x', scopes: ['read'], ownOnly: 'yes' }, 'ownOnly'],
    [{ name: 'x', scopes: ['read'], expires: 1 }, 'expires'],
  ])('are refused where they make no sense: %j', async (asked, path) => {
    const refused = await request(test.url).post('/keys').set('x-api-key', API_KEY).send(asked);
    expectProblem(refused, 400);
    expect(refused.body.errors).toEqual([expect.objectContaining({ path })]);
  });

  it('cannot hand out what they have not, nor take over a key that may do more, nor make any where they are limited', async () => {
    const manager = as(test, await makeKey(test, ['read', 'manage']));
    const { id } = await makeKey(test, ['approve']);
    expectProblem(await manager.post('/keys').send({ name: 'more', scopes: ['send'] }), 403);
    expectProblem(await manager.post(`/keys/${id}/rotate`).send({}), 403);
    await manager
      .post('/keys')
      .send({ name: `less ${engine}`, scopes: ['read'] })
      .expect(201);
    const limited = as(test, await makeKey(test, ['read', 'manage'], { ownOnly: true }));
    expectProblem(await limited.post('/keys').send({ name: 'wider', scopes: ['read'] }), 403);
  });

  it('are pages, latest first', async () => {
    const later = await makeKey(test, ['read']);
    const first = await get(test, '/keys?limit=1').expect(200);
    expect(first.body.data).toEqual([expect.objectContaining({ id: later.id })]);
    const second = await get(test, `/keys?limit=1&cursor=${first.body.next}`).expect(200);
    expect(second.body.data[0].id).not.toBe(later.id);
  });
});

describe.each(ENGINES)('a key that sees only its own on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(() => test.stop());

  it('is told that broadcasts of others are not there, whatever it asks of them', async () => {
    const key = await makeKey(test, ['send', 'read', 'manage', 'approve'], { ownOnly: true });
    const mine = await as(test, key).post('/broadcast').send(body(1)).expect(202);
    const { body: others } = await postBroadcast(test, body(1, 5)).expect(202);
    const me = as(test, key);
    await me.get(`/broadcast/${mine.body.id}`).expect(200);
    for (const path of ['', '/batches', '/recipients', '/events'])
      expectProblem(await me.get(`/broadcast/${others.id}${path}`), 404);
    for (const path of ['/pause', '/resume', '/cancel', '/resend-failed', '/retry', '/retry/preview'])
      expectProblem(await me.post(`/broadcast/${others.id}${path}`).send({}), 404);
    expectProblem(await me.post(`/broadcast/${others.id}/batches/1/resolve`).send({ as: 'sent' }), 404);
    expectProblem(await me.get('/webhook-deliveries'), 403);
    expectProblem(await me.get('/audit'), 403);
    expectProblem(await me.delete(`/recipients/${numbers(1, 5)[0]}`), 403);
    const { body: list } = await me.get('/broadcast').expect(200);
    expect(list.data).toEqual([expect.objectContaining({ id: mine.body.id })]);
    expect((await get(test, '/broadcast')).body.data).toHaveLength(2);
  });

  it('sees in the history of a person what it has sent', async () => {
    const key = await makeKey(test, ['send', 'read'], { ownOnly: true });
    const [number] = numbers(1, 30);
    await postBroadcast(test, { message: 'A', recipients: [number] }).expect(202);
    const { body: mine } = await as(test, key)
      .post('/broadcast')
      .send({ message: 'B', recipients: [number] })
      .expect(202);
    const { body: person } = await as(test, key).get(`/recipients/${number}`).expect(200);
    expect(person.broadcasts).toEqual([expect.objectContaining({ broadcastId: mine.id })]);
    expect((await get(test, `/recipients/${number}`)).body.broadcasts).toHaveLength(2);
  });

  it('does not get the answer to a request of somebody else by its Idempotency-Key', async () => {
    const key = await makeKey(test, ['send'], { ownOnly: true });
    await postBroadcast(test, body(1, 40), { 'idempotency-key': 'spring' }).expect(202);
    const again = await as(test, key).post('/broadcast').set('idempotency-key', 'spring').send(body(1, 40));
    expectProblem(again, 422);
  });
});

describe.each(ENGINES)('a key that may text so many people a day on %s', (engine) => {
  let test: TestService;
  let now = Date.UTC(2030, 0, 1, 23, 0);
  beforeAll(async () => {
    test = await startTestService({ engine, clock: () => now });
  });
  afterAll(() => test.stop());

  it('is refused beyond that until the next day, and nobody is texted', async () => {
    const me = as(test, await makeKey(test, ['send'], { dailyRecipients: 5 }));
    await me.post('/broadcast').send(body(3)).expect(202);
    const refused = await me.post('/broadcast').send(body(3, 10));
    expectProblem(refused, 429);
    expect(refused.body).toMatchObject({
      type: expect.stringContaining('daily_limit'),
      detail: expect.stringContaining('2 left'),
    });
    expect(Number(refused.headers['retry-after'])).toBeCloseTo(3600, -2);
    expect((await get(test, '/broadcast')).body.data).toHaveLength(1);
    await me.post('/broadcast').send(body(2, 20)).expect(202);
    now += 3_600_000;
    await me.post('/broadcast').send(body(5, 30)).expect(202);
  });

  it('is counted right where requests come at the same moment', async () => {
    const me = as(test, await makeKey(test, ['send'], { dailyRecipients: 10 }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => me.post('/broadcast').send(body(3, 100 + at * 10))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 429, 429, 429, 429, 429]);
  });

  it('is counted where a broadcast is so large that it is written in steps', async () => {
    const key = await makeKey(test, ['send', 'read'], { dailyRecipients: 1000, ownOnly: true });
    const me = as(test, key);
    const personal = (count: number, from: number) => ({
      message: 'Hi {{n}}',
      recipients: numbers(count, from).map((to, n) => ({ to, n: String(n) })),
    });
    expectProblem(await me.post('/broadcast').send(personal(4500, 1000)), 429);
    expect((await me.get('/broadcast')).body.data).toEqual([]);
    await me.post('/broadcast').send(personal(1000, 9000)).expect(202);
  });
});
