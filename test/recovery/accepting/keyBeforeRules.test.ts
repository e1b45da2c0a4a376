import request from 'supertest';
import type { Response } from 'supertest';
import { requestHashOf } from '../../../src/services/accepting/broadcastRequest';
import { get, numbers, postBroadcast } from '../../support/client';
import { optOut } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const HOUR_MS = 3_600_000;
const KEY = { 'idempotency-key': 'spring' };
const people = numbers(5);

type Fields = Record<string, string>;
type Post = (test: TestService, fields: Fields, recipients?: readonly string[]) => PromiseLike<Response>;

const upload = (test: TestService, type: string, fields: Fields, body: string) =>
  request(test.url)
    .post(`/broadcast?${new URLSearchParams(fields).toString()}`)
    .set({ 'x-api-key': API_KEY, ...KEY })
    .type(type)
    .send(body);

/** The same request in each of the forms that it may come in. */
const WAYS: Record<string, Post> = {
  JSON: (test, fields, recipients = people) => postBroadcast(test, { ...fields, recipients }, KEY),
  CSV: (test, fields, recipients = people) => upload(test, 'text/csv', fields, recipients.join('\n')),
  NDJSON: (test, fields, recipients = people) =>
    upload(test, 'application/x-ndjson', fields, recipients.map((number) => `"${number}"\n`).join('')),
  'a form': (test, fields, recipients = people) => {
    const form = request(test.url)
      .post('/broadcast')
      .set({ 'x-api-key': API_KEY, ...KEY });
    for (const [name, value] of Object.entries(fields)) form.field(name, value);
    return form.attach('recipients', Buffer.from(recipients.join('\n')), 'people.csv');
  },
};

function expectReplayOf(first: Response, again: Response): void {
  expect({ status: again.status, replayed: again.headers['idempotency-replayed'] }).toEqual({
    status: 202,
    replayed: 'true',
  });
  expect(again.text).toBe(first.text);
}

describe.each(ENGINES)('a request that is repeated when a rule would refuse it, on %s', (engine) => {
  let test: TestService;
  let isRunning: boolean;
  beforeEach(() => {
    isRunning = true;
  });
  afterEach(async () => {
    expectNothingUnforeseen(test);
    if (isRunning) await test.stop();
  });

  describe.each(Object.entries(WAYS))('as %s', (_way, post) => {
    it('is answered as the first one after sendAt has passed, and nobody is texted again', async () => {
      let now = Date.now();
      test = await startTestService({ engine, clock: () => now });
      const fields = { message: 'Doors open at 9.', sendAt: new Date(now + HOUR_MS).toISOString() };
      const first = await post(test, fields);
      expect(first.status).toBe(202);
      now += 2 * HOUR_MS;
      expectReplayOf(first, await post(test, fields));
      await eventually(() => test.simulator.texts().size === people.length);
      expectReplayOf(first, await post(test, fields));
      expectProblem(await post(test, { ...fields, message: 'Another.' }), 422);
      expectProblem(await post(test, fields, numbers(4)), 422);
      expectTextedOnce(test, people);
    });

    it.each<[what: string, env: Record<string, string>, fields?: Fields]>([
      ['fewer recipients are allowed', { MAX_RECIPIENTS: '2' }],
      ['fewer segments are allowed', { MAX_SEGMENTS_PER_BROADCAST: '1' }],
      ['the sender reaches nobody there any more', { PLIVO_SENDER_ID: 'ACME' }],
      ['quiet hours are configured', { QUIET_HOURS: '00:00-23:00' }],
      ['smaller bodies are taken', { BODY_LIMIT: '20b' }],
      ['fewer are sent in one call', { PLIVO_BULK_MESSAGE_LIMIT: '2' }],
    ])('is answered as the first one where since then %s', async (_what, env, fields = {}) => {
      test = await startTestService({ engine });
      const asked = { message: 'Doors open at 9.', ...fields };
      const first = await post(test, asked);
      expect(first.status).toBe(202);
      isRunning = false;
      const next = await test.restart(env);
      try {
        expectReplayOf(first, await post(next, asked));
        expectProblem(await post(next, asked, numbers(6)), 422);
        expectTextedOnce(next, people);
      } finally {
        await next.stop();
        await test.stop();
      }
    });

    it('is answered as the first one where its hash is of the kind that was stored before', async () => {
      let now = Date.now();
      test = await startTestService({ engine, clock: () => now });
      const at = new Date(now + HOUR_MS).toISOString();
      storeOldHashes(test, Date.parse(at));
      const fields = { message: 'Doors open at 9.', sendAt: at };
      const first = await post(test, fields);
      expect(first.status).toBe(202);
      now += 2 * HOUR_MS;
      expectReplayOf(first, await post(test, fields));
      expectProblem(await post(test, fields, numbers(4)), 422);
      expectProblem(await post(test, fields, ['+1']), 422);
      await eventually(() => test.simulator.texts().size === people.length);
      expectTextedOnce(test, people);
    });

    it('is refused as any other where its key is not known, and the key stays free', async () => {
      test = await startTestService({ engine, env: { MAX_RECIPIENTS: '7' } });
      const fields = { message: 'Doors open at 9.' };
      const past = new Date(Date.now() - HOUR_MS).toISOString();
      expectProblem(await post(test, { ...fields, sendAt: past }), 400);
      const tooMany = await post(test, fields, numbers(9000));
      expectProblem(tooMany, 400);
      expect(tooMany.body.errors[0]).toMatchObject({ path: 'recipients' });
      expectProblem(await post(test, fields, [...people, 'nobody']), 400);
      expect((await get(test, '/broadcast')).body.data).toEqual([]);
      expect((await post(test, fields)).headers).not.toHaveProperty('idempotency-replayed');
      expectTextedOnce(test, people);
    });
  });

  it('is answered as the first one where what was previewed has changed since', async () => {
    test = await startTestService({ engine });
    const body = { recipients: people, message: 'Doors open at 9.' };
    const { body: preview } = await request(test.url)
      .post('/broadcast/preview')
      .set('x-api-key', API_KEY)
      .send(body)
      .expect(200);
    const headers = { ...KEY, 'if-match': `"${preview.digest as string}"` };
    const first = await postBroadcast(test, body, headers).expect(202);
    await optOut(test, people[0]!).expect(201);
    expectReplayOf(first, await postBroadcast(test, body, headers));
  });

  it('is refused as another one, before anything else is judged, where its key stands for what was stored before', async () => {
    test = await startTestService({ engine });
    const at = new Date(Date.now() + HOUR_MS).toISOString();
    storeOldHashes(test, Date.parse(at));
    const first = await postBroadcast(test, { message: 'Hi', recipients: people, sendAt: at }, KEY).expect(202);
    const retry = (id: string, body: object) =>
      request(test.url)
        .post(`/broadcast/${id}/retry`)
        .set({ 'x-api-key': API_KEY, ...KEY })
        .send(body);
    expectProblem(await retry(first.body.id as string, { statuses: ['nonsense'] }), 422);
    expectProblem(await retry('00000000-0000-4000-8000-000000000000', {}), 422);
  });

  it('is answered as the first one where a form says behind its list how that is read, and the list reads otherwise now', async () => {
    test = await startTestService({ engine, env: { DEFAULT_COUNTRY: 'DE' } });
    const list = ['+4915112345678', ...Array.from({ length: 120 }, (_, index) => `0151 1234${5000 + index}`)].join(
      '\n',
    );
    const post = (service: TestService) =>
      request(service.url)
        .post('/broadcast')
        .set({ 'x-api-key': API_KEY, ...KEY, prefer: 'respond-async' })
        .field('message', 'Hi')
        .attach('recipients', Buffer.from(list), 'people.csv')
        .field('invalidRecipients', 'skip');
    const first = await post(test).expect(202);
    expect(first.body.recipients).toMatchObject({ accepted: 121 });
    isRunning = false;
    const next = await test.restart({ DEFAULT_COUNTRY: '' });
    try {
      expectReplayOf(first, await post(next));
      const fresh = await post(next).set('idempotency-key', 'another');
      expectProblem(fresh, 400);
      expect(fresh.body.detail).toContain('behind the recipients');
    } finally {
      await next.stop();
      await test.stop();
    }
  });

  it('is told to come back while the first is still being answered', async () => {
    let now = Date.now();
    test = await startTestService({ engine, clock: () => now });
    const body = { recipients: people, message: 'Hi', sendAt: new Date(now + 1000).toISOString() };
    const first = await postBroadcast(test, body, KEY).expect(202);
    now += HOUR_MS;
    const { accepting } = test.service.store;
    const known = await accepting.findKnown('spring');
    jest.spyOn(accepting, 'findKnown').mockResolvedValueOnce({ ...known!, isAnswering: true, firstAnswer: null });
    const again = await postBroadcast(test, body, KEY);
    expectProblem(again, 409);
    expect(Number(again.headers['retry-after'])).toBeGreaterThan(0);
    expectReplayOf(first, await postBroadcast(test, body, KEY));
  });
});

/** As a service of the first releases: the hash is over what was read. */
function storeOldHashes(test: TestService, sendAt: number): void {
  const { accepting } = test.service.store;
  const accept = accepting.accept.bind(accepting);
  jest.spyOn(accepting, 'accept').mockImplementation(async (broadcast) => {
    if (broadcast.idempotency === null) return await accept(broadcast);
    const requestHash = await requestHashOf({
      text: broadcast.text,
      recipients: {
        submitted: 5,
        valid: people,
        duplicates: 0,
        invalid: [],
        invalidCount: 0,
        texts: null,
        spelledOtherwise: { count: 0, entries: [] },
      },
      invalidRecipients: 'reject',
      name: null,
      sender: null,
      expirySeconds: null,
      mediaUrls: null,
      sendAt,
      sendAtLocal: null,
      canary: null,
      quietHours: null,
      topic: null,
    });
    return await accept({ ...broadcast, idempotency: { ...broadcast.idempotency, requestHash } });
  });
}

describe.each(ENGINES)('a request is the same for its idempotency key, on %s', (engine) => {
  let test: TestService;
  const form = (boundary: string, fields: [name: string, value: string][]) => {
    const parts = fields.map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    return request(test.url)
      .post('/broadcast')
      .set({ 'x-api-key': API_KEY, ...KEY, 'content-type': `multipart/form-data; boundary=${boundary}` })
      .send(`${parts.join('')}--${boundary}--\r\n`);
  };
  const json = (text: string) =>
    request(test.url)
      .post('/broadcast')
      .set({ 'x-api-key': API_KEY, ...KEY })
      .type('json')
      .send(text);
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });

  it('whatever the boundary of its form and the order of its fields', async () => {
    const fields: [string, string][] = [
      ['message', 'Hi'],
      ['name', 'x'],
      ['recipients', people.join('\n')],
    ];
    const first = await form('one', fields).expect(202);
    expectReplayOf(first, await form('another', fields));
    expectReplayOf(first, await form('one', [fields[1]!, fields[0]!, fields[2]!]));
    expectProblem(await form('one', [...fields.slice(0, 2), ['recipients', people.join('\r\n')]]), 422);
  });

  it('whatever the spacing of its JSON, its escapes, and fields that are null', async () => {
    const [a = '', b = ''] = people;
    const first = await json(`{"message":"Hi","recipients":["${a}","${b}"]}`).expect(202);
    expectReplayOf(
      first,
      await json(` { "recipients" : [ "${a}" ,\n"${b}" ], "name": null, "message" : "H\\u0069" } `),
    );
    expectProblem(await json(`{"message":"Hi","recipients":["${a}${b}"]}`), 422);
    expectProblem(await json(`{"message":"Hi","recipients":["${b}","${a}"]}`), 422);
    expectProblem(await json(`{"message":"Hi","recipients":"${a}"}`), 422);
  });

  it('as long as its bytes are: the same people in another form are another request', async () => {
    const first = await upload(test, 'text/csv', { message: 'Hi', name: 'x' }, people.join('\n')).expect(202);
    expectReplayOf(first, await upload(test, 'text/csv', { name: 'x', message: 'Hi' }, people.join('\n')));
    expectProblem(await upload(test, 'text/csv', { name: 'x', message: 'Hi' }, people.join('\r\n')), 422);
    expectProblem(await upload(test, 'text/csv', { name: 'y', message: 'Hi' }, people.join('\n')), 422);
  });

  it('and one that nobody can have sent before is refused in any case', async () => {
    await postBroadcast(test, { recipients: people, message: 'Hi' }, KEY).expect(202);
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    expectProblem(await json(`{"message":"Hi","recipients":[${deep}]}`), 422);
    const fields = Array.from({ length: 5000 }, (_, index) => `"field${index}":1`).join();
    expectProblem(await json(`{"message":"Hi","recipients":[],${fields}}`), 400);
    expectProblem(await json('[]'), 400);
    expectProblem(await json('{'), 400);
  });
});
