import { connect } from 'node:net';
import request from 'supertest';
import { broadcastWhen, get, numbers, readBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const MESSAGE = '?message=Doors%20open%20at%209.';

describe.each(ENGINES)('a broadcast that comes as a file, on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine, env: { MAX_RECIPIENTS: '120000' }, simulator: { requestsPer5s: 0 } });
  });
  afterEach(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });

  const post = (path: string, type: string, body: string, headers: Record<string, string> = {}) =>
    request(test.url).post(path).set('x-api-key', API_KEY).set(headers).type(type).send(body);
  const csv = (body: string, query = MESSAGE) => post(`/broadcast${query}`, 'text/csv', body);
  const expectNothingKept = async () => {
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
    expect(test.simulator.calls()).toEqual([]);
  };

  it.each([
    ['CSV without a header', 'text/csv', (people: string[]) => people.join('\n')],
    [
      'CSV of a spreadsheet',
      'text/csv',
      (people: string[]) => `\ufeffname;phone\r\n${people.map((p) => `"A; B";${p}\r\n`).join('')}`,
    ],
    [
      'NDJSON of strings',
      'application/x-ndjson',
      (people: string[]) => people.map((p) => JSON.stringify(p)).join('\n'),
    ],
    [
      'NDJSON of objects',
      'application/x-ndjson',
      (people: string[]) => people.map((p) => JSON.stringify({ name: 'Ann', to: p })).join('\n'),
    ],
  ])('goes to everybody in it: %s', async (_what, type, write) => {
    const people = numbers(2500);
    const { body } = await post(`/broadcast${MESSAGE}`, type, write([...people, people[0]!])).expect(202);
    expect(body.recipients).toEqual({ submitted: 2501, accepted: 2500, duplicates: 1, invalid: 0, optedOut: 0 });
    await broadcastWhen(test, body.id, ({ status }) => status === 'completed');
    expectTextedOnce(test, people);
    expect(test.simulator.textsOf(people[0]!)[0]!.text).toBe('Doors open at 9.');
    await expectNobodyMissing(test, body.id);
  });

  it('takes the other fields from the query string', async () => {
    const query = `${MESSAGE}&name=Spring&sender=%2B14155559999&expirySeconds=60&quietHours=off&sendAt=${encodeURIComponent(
      new Date(Date.now() + 3_600_000).toISOString(),
    )}&mediaUrls=https%3A%2F%2Fexample.com%2Fa.png,https%3A%2F%2Fexample.com%2Fb.png`;
    const { body } = await csv(numbers(2).join('\n'), query).expect(202);
    expect(body).toMatchObject({
      name: 'Spring',
      sender: '+14155559999',
      status: 'scheduled',
      mediaUrls: ['https://example.com/a.png', 'https://example.com/b.png'],
    });
  });

  it('is a form with a message and a file, in either order', async () => {
    const [first = '', second = '', third = ''] = numbers(3);
    const form = () => request(test.url).post('/broadcast').set('x-api-key', API_KEY);
    await form()
      .field('message', 'Hi')
      .attach('recipients', Buffer.from(`phone\n${first}\n`), 'numbers.csv')
      .expect(202);
    await form()
      .attach('recipients', Buffer.from(`{"to":"${second}"}\n`), 'numbers.ndjson')
      .field('message', 'Hi')
      .expect(202);
    await form().field('message', 'Hi').field('recipients', third).expect(202);
    expectTextedOnce(test, [first, second, third]);
  });

  it('is refused whole where a line holds no number, and the line is named', async () => {
    const [first = '', second = ''] = numbers(2);
    const response = await csv(`phone\n${first}\n+1415\n${second}\nnobody\n`);
    expectProblem(response, 400);
    expect(response.body).toMatchObject({
      errorCount: 2,
      errors: [
        { path: 'line 3', value: '+1415' },
        { path: 'line 5', value: 'nobody' },
      ],
    });
    await expectNothingKept();
  });

  it('goes without such lines where that is asked for, and they are recorded', async () => {
    const [first = '', second = ''] = numbers(2);
    const { body } = await csv(`${first}\n+1415\n${second}\n`, `${MESSAGE}&invalidRecipients=skip`).expect(202);
    expect(body.recipients).toMatchObject({ accepted: 2, invalid: 1 });
    expectTextedOnce(test, [first, second]);
  });

  it.each([
    ['an empty file', 'text/csv', '', 'recipients'],
    ['only a header', 'text/csv', 'phone\n', 'recipients'],
    ['a quote left open', 'text/csv', '"+14155550000\n+14155550001\n', 'line 1'],
    ['JSON that breaks off', 'application/x-ndjson', '"+14155550000"\n{"to":\n', 'line 2'],
    ['more numbers than allowed', 'text/csv', numbers(120_001).join('\n'), 'recipients'],
  ])('is refused for %s', async (_what, type, body, path) => {
    const response = await post(`/broadcast${MESSAGE}`, type, body);
    expectProblem(response, 400);
    expect(response.body).toMatchObject({ errors: [{ path }] });
    await expectNothingKept();
  });

  it.each([
    ['no message', ''],
    ['an empty message', '?message='],
    ['two messages', '?message=a&message=b'],
    ['recipients in the query string', `${MESSAGE}&recipients=%2B14155550000`],
    ['an unknown field', `${MESSAGE}&colour=red`],
    ['an expiry that is no number', `${MESSAGE}&expirySeconds=soon`],
  ])('is refused with %s', async (_what, query) => {
    expectProblem(await csv(numbers(2).join('\n'), query), 400);
    await expectNothingKept();
  });

  it.each([
    ['a boundary that is missing', 'multipart/form-data', ''],
    [
      'a form that breaks off',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nHi',
    ],
    [
      'a form without recipients',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nHi\r\n--x--\r\n',
    ],
  ])('is refused for %s', async (_what, type, body) => {
    expectProblem(await post('/broadcast', type, body), 400);
    await expectNothingKept();
  });

  it.each([
    [
      'a field twice',
      [
        ['message', 'a'],
        ['message', 'b'],
      ],
    ],
    [
      'a field twice behind the recipients',
      [
        ['message', 'a'],
        ['recipients', '+14155550000'],
        ['name', 'a'],
        ['name', 'b'],
      ],
    ],
    [
      'a field that every object has',
      [
        ['message', 'a'],
        ['toString', 'x'],
        ['recipients', '+14155550000'],
      ],
    ],
    [
      'the name of the prototype',
      [
        ['message', 'a'],
        ['__proto__', 'x'],
        ['recipients', '+14155550000'],
      ],
    ],
    [
      'recipients twice',
      [
        ['message', 'a'],
        ['recipients', '+14155550000'],
        ['recipients', '+14155550001'],
      ],
    ],
    [
      'skip behind a faulty list',
      [
        ['message', 'a'],
        ['recipients', `x${'\ny'.repeat(1)}\n${Array.from({ length: 120 }, (_, i) => `bad${i}`).join('\n')}`],
        ['invalidRecipients', 'skip'],
      ],
    ],
  ] as [string, [string, string][]][])(
    'is refused as a form with %s, and the service lives on',
    async (_what, fields) => {
      const form = request(test.url).post('/broadcast').set('x-api-key', API_KEY);
      for (const [name, value] of fields) form.field(name, value);
      expectProblem(await form, 400);
      await expectNothingKept();
    },
  );

  it('is refused as a form or JSON with fields in the query string, where they would be passed over', async () => {
    const form = request(test.url).post('/broadcast?quietHours=off').set('x-api-key', API_KEY);
    expectProblem(await form.field('message', 'Hi').field('recipients', '+14155550000'), 400);
    const json = { message: 'Hi', recipients: numbers(1) };
    expectProblem(await send(test, 'post', '/broadcast?sendAt=2099-01-01T00:00:00Z', json), 400);
    await expectNothingKept();
  });

  it('is refused where it is not compressed as it says, or in another way than gzip', async () => {
    const not = await post(`/broadcast${MESSAGE}`, 'text/csv', 'x', { 'content-encoding': 'gzip' });
    expectProblem(not, 400);
    expect(not.body.detail).toContain('is not compressed');
    expectProblem(await post(`/broadcast${MESSAGE}`, 'text/csv', 'x', { 'content-encoding': 'br' }), 415);
  });

  it('leaves nothing behind when the connection breaks', async () => {
    const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
    socket.write(
      `POST /broadcast${MESSAGE} HTTP/1.1\r\nHost: x\r\nx-api-key: ${API_KEY}\r\nContent-Type: text/csv\r\n` +
        `Content-Length: 1000000\r\n\r\n${numbers(1000).join('\n')}`,
    );
    await eventually(() => socket.bytesWritten > 10_000);
    socket.destroy();
    // Another one goes through meanwhile.
    const { body } = await csv(numbers(1, 5000).join('\n')).expect(202);
    await broadcastWhen(test, body.id, ({ status }) => status === 'completed');
    expect((await get(test, '/broadcast')).body.data).toHaveLength(1);
    expectTextedOnce(test, numbers(1, 5000));
  });

  it('is known again by its idempotency key and its bytes', async () => {
    const people = numbers(3);
    const key = { 'idempotency-key': 'spring' };
    const { body } = await post(`/broadcast${MESSAGE}`, 'text/csv', people.join('\n'), key).expect(202);
    const again = await post(`/broadcast${MESSAGE}`, 'text/csv', people.join('\n'), key);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.id).toBe(body.id);
    const asLines = people.map((person) => `"${person}"`).join('\n');
    expectProblem(await post(`/broadcast${MESSAGE}`, 'application/x-ndjson', asLines, key), 422);
    expectProblem(await post(`/broadcast${MESSAGE}`, 'text/csv', people.slice(1).join('\n'), key), 422);
    expectTextedOnce(test, people);
  });

  it('can be previewed', async () => {
    const [gone = '', first = ''] = numbers(2);
    await optOut(test, gone).expect(201);
    const { body } = await post(`/broadcast/preview${MESSAGE}`, 'text/csv', `phone\n${gone}\n${first}\nx\n`).expect(
      200,
    );
    expect(body).toMatchObject({
      recipients: { submitted: 3, accepted: 1, invalid: 1, optedOut: 1 },
      invalidRecipients: [{ index: 2, line: 4, value: 'x' }],
    });
    const json = { message: 'Doors open at 9.', recipients: [gone, first] };
    expect((await send(test, 'post', '/broadcast/preview', json)).body.digest).toBe(body.digest);
  });

  it('of 100,000 is written in steps and appears whole', async () => {
    const people = numbers(100_000);
    const seen = new Set<number>();
    const watch = { isOver: false };
    const watching = (async () => {
      while (!watch.isOver) seen.add(((await get(test, '/broadcast')).body.data as unknown[]).length);
    })();
    const { body } = await csv(people.join('\n'), `${MESSAGE}&sendAt=2099-01-01T00:00:00Z`).expect(400);
    expect(body.errors[0].path).toBe('sendAt');
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const { body: broadcast } = await csv(people.join('\n'), `${MESSAGE}&sendAt=${later}`).expect(202);
    watch.isOver = true;
    await watching;
    expect([...seen].sort()).toEqual([0, 1].filter((count) => seen.has(count)));
    expect(await readBroadcast(test, broadcast.id)).toMatchObject({
      status: 'scheduled',
      batches: { total: 100, pending: 100 },
      delivery: { queued: 100_000 },
    });
    await expectNobodyMissing(test, broadcast.id);
  });
});
