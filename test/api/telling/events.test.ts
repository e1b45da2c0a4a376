import request from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast, readBroadcast, reportedAndOver } from '../../support/client';
import { eventually } from '../../support/eventually';
import { listenTo, type EventReader } from '../../support/eventReader';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const ASYNC = { Prefer: 'respond-async' };

describe.each(ENGINES)('live events on %s', (engine) => {
  let test: TestService;
  const readers: EventReader[] = [];
  const start = async (options: TestServiceOptions = {}) => {
    test = await startTestService({ engine, ...options });
  };
  const listen = async (path: string, headers: Record<string, string> = {}, on: TestService = test) => {
    const reader = await listenTo(on, path, headers);
    readers.push(reader);
    return reader;
  };
  const send = async (count: number, fields: object = {}): Promise<string> => {
    const body = { message: 'Hello', recipients: numbers(count), ...fields };
    return (await postBroadcast(test, body, ASYNC).expect(202)).body.id as string;
  };
  /** Somebody hears of a fault and leaves before it is over; returns the last that they heard. */
  const hearOfFault = async () => {
    const listener = await listen('/events');
    test.simulator.addFault({ kind: 'status', status: 401, times: 0 });
    const id = await send(2);
    const { id: last } = await listener.when('fault', (one) => one['fault'] !== null);
    listener.leave();
    test.simulator.clearFaults();
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    return last;
  };
  const control = (id: string, word: string) =>
    request(test.url).post(`/broadcast/${id}/${word}`).set('x-api-key', API_KEY).expect(200);
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.leave();
    await test.stop();
  });

  it('show a broadcast as it stands, then each change, and end with it', async () => {
    await start({ env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '200' } });
    const id = await send(50);
    await control(id, 'pause');
    const { links } = await readBroadcast(test, id);
    const reader = await listen((links as { events: string }).events);
    expect(reader.response.status).toBe(200);
    expect(Object.fromEntries(reader.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await reader.when('progress', ({ status }) => status === 'paused');
    await control(id, 'resume');
    await reader.ended();
    const progress = reader.events.filter(({ event }) => event === 'progress');
    expect(progress.length).toBeGreaterThan(2);
    const sent = progress.map(({ data }) => (data['batches'] as { sent: number }).sent);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(reader.names().at(-1)).toBe('end');
    expect(reader.events.at(-1)!.data).toEqual({ id, status: 'completed' });
    const shown = await readBroadcast(test, id);
    const last = progress.at(-1)!.data;
    expect(Object.keys(last)).toEqual(Object.keys(shown));
    expect(last).toMatchObject({ id, status: 'completed', batches: shown.batches });
  });

  it('tell a key that sees only its own of nothing else', async () => {
    await start();
    const key = await makeKey(test, ['send', 'read'], { ownOnly: true });
    const reader = await listen('/events', { 'x-api-key': key.key });
    const others = await send(3);
    const { body } = await as(test, key)
      .post('/broadcast')
      .send({ message: 'Mine', recipients: numbers(3, 10) });
    await reader.when('end', ({ id }) => id === (body as { id: string }).id);
    await listen(`/broadcast/${others}/events`).then((of) => of.ended());
    expect(JSON.stringify(reader.events)).not.toContain(others);
  });

  it('tell a late listener how it ended, at once', async () => {
    await start();
    const id = await send(3);
    await (await listen(`/broadcast/${id}/events`)).ended();
    const late = await listen(`/broadcast/${id}/events`);
    await late.ended();
    expect(late.names()).toEqual(['progress', 'end']);
    // A browser would come back for ever.
    const again = await get(test, `/broadcast/${id}/events`, { 'Last-Event-ID': late.events.at(-1)!.id });
    expect(again.status).toBe(204);
  });

  it('tell whoever comes back nothing that they know, and then what is new', async () => {
    await start();
    const id = await send(3, { sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    const first = await listen(`/broadcast/${id}/events`);
    const { id: last } = await first.when('progress');
    first.leave();
    const back = await listen(`/broadcast/${id}/events`, { 'Last-Event-ID': last });
    await control(id, 'pause');
    await back.when('progress');
    expect(back.events.map(({ data }) => data['status'])).toEqual(['paused']);
  });

  it('tell whoever comes back to all broadcasts what ended while they were away, and of nothing else that is over', async () => {
    await start();
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const [ended, goesOn] = [await send(2, { sendAt }), await send(2, { sendAt })];
    const first = await listen('/events');
    const { id: last } = await first.when('progress', ({ id }) => id === goesOn);
    first.leave();
    await control(ended, 'cancel');
    const back = await listen('/events', { 'Last-Event-ID': last });
    await back.when('end', ({ id, status }) => id === ended && status === 'cancelled');
    const { id: end } = back.events.at(-1)!;
    back.leave();
    const again = await listen('/events', {
      'Last-Event-ID': (parseInt(end.split('-')[0]!, 36) + 10_000).toString(36),
    });
    await again.when('progress', ({ id }) => id === goesOn);
    expect(again.events.filter(({ data }) => data['id'] === ended)).toEqual([]);
  });

  it('end once the key that opened them is revoked', async () => {
    await start();
    const key = await makeKey(test, ['read']);
    const [theirs, ours] = [await listen('/events', { 'x-api-key': key.key }), await listen('/events')];
    await request(test.url).delete(`/keys/${key.id}`).set('x-api-key', API_KEY).expect(204);
    await theirs.ended();
    const id = await send(1);
    await ours.when('end', (data) => data['id'] === id);
    expect(theirs.events).toEqual([]);
  });

  it('of all broadcasts begin with those under way, and tell of new ones and of their ends', async () => {
    await start();
    const ended = await send(1);
    await (await listen(`/broadcast/${ended}/events`)).ended();
    const scheduled = await send(2, { sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    const all = await listen('/events');
    await all.when('progress', ({ id }) => id === scheduled);
    const id = await send(4);
    await all.when('end', (data) => data['id'] === id);
    await all.when('progress', (data) => data['id'] === id && data['status'] === 'completed');
    await control(scheduled, 'cancel');
    await all.when('end', (data) => data['id'] === scheduled && data['status'] === 'cancelled');
    // Of what had ended before, at most what reports have changed since.
    expect(all.events.filter(({ event, data }) => event === 'end' && data['id'] === ended)).toEqual([]);
  });

  it('tell of a fault that stops all texts, and of texts that wait for a person', async () => {
    await start({ env: { PLIVO_RETRY_BASE_MS: '1' } });
    const all = await listen('/events');
    test.simulator.addFault({ kind: 'status', status: 401, times: 0 });
    const id = await send(2);
    const { data } = await all.when('fault', (one) => one['fault'] !== null);
    expect(data['fault']).toMatchObject({ code: 'unauthorized', plivoStatus: 401 });
    test.simulator.clearFaults();
    await all.when('end', (one) => one['id'] === id);
    await all.when('fault', (one) => one['fault'] === null);
  });

  it.each(['nobody else listens', 'others go on listening'])(
    'tell whoever comes back that a fault is over that they had heard of, also where %s',
    async (others) => {
      await start({ env: { PLIVO_RETRY_BASE_MS: '1' } });
      const other = others.startsWith('nobody') ? null : await listen('/events');
      const last = await hearOfFault();
      if (other !== null) await other.when('fault', (one) => one['fault'] === null);
      const back = await listen('/events', { 'Last-Event-ID': last });
      await back.when('fault', (one) => one['fault'] === null);
      const known = await listen('/events', { 'Last-Event-ID': back.events.at(-1)!.id });
      await known.when('progress');
      expect(known.names()).not.toContain('review');
    },
  );

  if (engine === 'postgres')
    it('tell whoever comes back to another instance, where nobody listened meanwhile, that a fault is over', async () => {
      await start({ env: { PLIVO_RETRY_BASE_MS: '1' } });
      const other = await startTestService({ engine, beside: test });
      try {
        const before = await listen('/events', {}, other);
        await send(1);
        await before.when('end');
        before.leave();
        const last = await hearOfFault();
        const back = await listen('/events', { 'Last-Event-ID': last }, other);
        expect((await back.when('fault')).data['fault']).toBeNull();
      } finally {
        await other.stop();
      }
    });

  it('tell whoever comes back to all broadcasts of two that changed at one moment, of which they heard of one', async () => {
    await start();
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const [one, other] = [await send(2, { sendAt }), await send(2, { sendAt })];
    const first = await listen('/events');
    await first.when('progress', ({ id }) => id === other);
    const told = new Map<string, string>();
    // Until both changes are seen by one look.
    for (let isPaused = false; told.size < 2; isPaused = !isPaused) {
      const before = first.events.length;
      const how = isPaused ? 'resume' : 'pause';
      await Promise.all([control(one, how), control(other, how)]);
      await eventually(() => first.events.length >= before + 2);
      const [a, b] = first.events.slice(before);
      if (a!.id.split('-')[0] === b!.id.split('-')[0])
        for (const { id, data } of [a!, b!]) told.set(String(data['id']), id);
    }
    first.leave();
    const [, lastHeard] = [...told][0]!;
    const [missed] = [...told][1]!;
    const back = await listen('/events', { 'Last-Event-ID': lastHeard });
    expect((await back.when('progress', ({ id }) => id === missed)).data['id']).toBe(missed);
  });

  it('end at once when the service stops, and nobody is let in any more', async () => {
    await start();
    const reader = await listen('/events');
    await test.service.drain(5000);
    await reader.ended();
    const refused = await get(test, '/events');
    expectProblem(refused, 503);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
  });

  it('have room for so many listeners, and again when one leaves', async () => {
    await start({ env: { EVENTS_MAX_LISTENERS: '1' } });
    const first = await listen('/events');
    expectProblem(await get(test, '/events'), 503);
    first.leave();
    const id = await send(1, { sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    let reader = await listen(`/broadcast/${id}/events`);
    while (reader.response.status === 503) reader = await listen(`/broadcast/${id}/events`);
    await reader.when('progress');
  });

  it('want a key and a broadcast that there is, and answer HEAD without a stream', async () => {
    await start();
    await request(test.url).get('/events').expect(401);
    expectProblem(await get(test, `/broadcast/${NOBODY}/events`), 404);
    expectProblem(await get(test, '/events?since=1'), 400);
    await request(test.url).head('/events').set('x-api-key', API_KEY).expect(200);
    await request(test.url).post('/events').set('x-api-key', API_KEY).expect(405);
  });

  it('look at nothing while nobody listens', async () => {
    const looks: string[] = [];
    const onStatement = (statement: string) => {
      if (/from broadcasts c\s+where c.hidden is null and c.broadcast_key in/.test(statement)) looks.push(statement);
    };
    await start({ onStatement });
    const id = await send(3);
    const two = [await listen(`/broadcast/${id}/events`), await listen(`/broadcast/${id}/events`)];
    await Promise.all(two.map((reader) => reader.ended()));
    const before = looks.length;
    expect(before).toBeGreaterThan(0);
    const unheard = await send(5);
    await reportedAndOver(test, unheard, 5);
    expect(looks.length).toBe(before);
  });
});

const onPostgres = ENGINES.includes('postgres') ? it : it.skip;

onPostgres('what another instance does is told here too (PostgreSQL only)', async () => {
  const one = await startTestService({ engine: 'postgres' });
  const other = await startTestService({ engine: 'postgres', beside: one });
  const body = { message: 'Hi', recipients: numbers(2), sendAt: new Date(Date.now() + 3_600_000).toISOString() };
  const id = (await postBroadcast(one, body).expect(202)).body.id as string;
  const reader = await listenTo(other, `/broadcast/${id}/events`);
  await reader.when('progress');
  await request(one.url).post(`/broadcast/${id}/cancel`).set('x-api-key', API_KEY).expect(200);
  await reader.when('end');
  await other.stop();
  await one.stop();
});
