import request from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { OWN_REPORTS, reportFailed, retry } from '../../support/retries';
import { addUpAndStop, textsTo } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const people = numbers(4);
const [colleague = '', other = ''] = numbers(2, 200);

describe.each(ENGINES)('a test of a broadcast, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({ engine, simulator: OWN_REPORTS, env });
  };
  afterEach(() => addUpAndStop(test));

  const body = { message: 'Doors open at 9.', recipients: people, to: [colleague] };
  const personal = {
    message: 'Hi {{name|there}}, your code is {{code}}.',
    recipients: [
      { to: people[0], name: 'Ann', code: 'X1' },
      { to: people[1], code: 'X2' },
      { to: people[2], name: 'Cem', code: 'X3' },
    ],
    to: [colleague, other],
  };
  const tryOut = (fields: object, headers: Record<string, string> = {}) =>
    send(test, 'post', '/broadcast/test', fields).set(headers);
  const idsOf = async (query = ''): Promise<string[]> =>
    ((await get(test, `/broadcast${query}`).expect(200)).body as { data: { id: string }[] }).data.map(({ id }) => id);

  it('goes at once to those it names and to nobody else, marked, and stands apart in the list', async () => {
    await start();
    const answer = await tryOut({ ...body, to: [colleague, other, colleague], name: 'Opening' }).expect(202);
    expect(answer.body).toMatchObject({
      test: true,
      name: 'Opening',
      text: 'Doors open at 9.',
      status: 'completed',
      recipients: { submitted: 3, accepted: 2, duplicates: 1 },
    });
    expect(answer.headers['location']).toBe(`/broadcast/${answer.body.id}`);
    expect([...test.simulator.texts().keys()].sort()).toEqual([colleague.slice(1), other.slice(1)]);
    const { body: real } = await postBroadcast(test, { message: 'Come in.', recipients: people }).expect(202);
    expect(real.test).toBe(false);
    expect(await idsOf()).toEqual([real.id]);
    expect(await idsOf('?test=false')).toEqual([real.id]);
    expect(await idsOf('?test=true')).toEqual([answer.body.id]);
    expect(await idsOf('?test=true&status=failed')).toEqual([]);
    expectProblem(await get(test, '/broadcast?test=yes'), 400);
    const { body: person } = await get(test, `/recipients/${colleague}`).expect(200);
    expect(JSON.stringify(person)).toContain('"test":true');
  });

  it('says what the person of an entry would be told, or else of the first one', async () => {
    await start();
    expect((await tryOut(personal).expect(202)).body.text).toBe('Hi Ann, your code is X1.');
    const { body: second } = await tryOut({ ...personal, as: 1 }).expect(202);
    expect(second).toMatchObject({ text: 'Hi there, your code is X2.', batches: { total: 1 }, template: null });
    expect(textsTo(test, other)).toEqual(['Hi Ann, your code is X1.', 'Hi there, your code is X2.']);
    expect(textsTo(test, people[1]!)).toEqual([]);
  });

  it('takes files and forms as a broadcast does', async () => {
    await start();
    const csv = `phone,name,code\n${people[0]},Ann,X1\n${people[1]},Bob,X2\n`;
    const form = await request(test.url)
      .post('/broadcast/test')
      .set('x-api-key', API_KEY)
      .field('message', personal.message)
      .field('as', '1')
      .field('to', `${colleague},${other}`)
      .attach('recipients', Buffer.from(csv), 'people.csv')
      .expect(202);
    expect(form.body).toMatchObject({ text: 'Hi Bob, your code is X2.', recipients: { accepted: 2 } });
    const file = await request(test.url)
      .post('/broadcast/test')
      .query({ message: personal.message, as: 0, to: colleague })
      .set('x-api-key', API_KEY)
      .type('text/csv')
      .send(csv)
      .expect(202);
    expect(file.body).toMatchObject({ text: 'Hi Ann, your code is X1.', recipients: { accepted: 1 } });
    const late = await request(test.url)
      .post('/broadcast/test')
      .set('x-api-key', API_KEY)
      .field('message', personal.message)
      .attach('recipients', Buffer.from(csv), 'people.csv')
      .field('to', colleague)
      .field('as', '1');
    expectProblem(late, 400);
    expect(late.body.detail).toMatch(/says to behind the recipients/);
  });

  it('neither waits for the time of the broadcast, its quiet hours or its canary, nor has its topic', async () => {
    await start();
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const fields = { ...body, sendAt: at, quietHours: '00:00-23:00', topic: 'opening', canary: { recipients: 1 } };
    const answer = await tryOut(fields).expect(202);
    expect(answer.body).toMatchObject({
      status: 'completed',
      sendAt: null,
      quietHours: null,
      topic: null,
      canary: null,
    });
    const real = await postBroadcast(test, { ...body, to: undefined, recipients: [colleague], topic: 'opening' });
    expect(real.body.delivery).toMatchObject({ queued: 1, cancelled: 0 });
    await tryOut(fields).expect(202);
    expect(textsTo(test, colleague)).toHaveLength(3);
  });

  it('is held back by no guard, and holds back nothing', async () => {
    await start({ MAX_TEXTS_PER_PERSON: '1/1d', DUPLICATE_WINDOW_HOURS: '1' });
    const toColleague = { message: body.message, recipients: [colleague] };
    for (let tests = 0; tests < 3; tests++) await tryOut(body).expect(202);
    const preview = await send(test, 'post', '/broadcast/preview', toColleague).expect(200);
    expect(preview.body.leftOut).toMatchObject({ cap: 0, duplicateText: 0 });
    const real = await postBroadcast(test, toColleague).expect(202);
    expect(real.body.delivery).toMatchObject({ queued: 1, cancelled: 0 });
    expect((await tryOut(body).expect(202)).body.delivery).toMatchObject({ queued: 1, cancelled: 0 });
    const again = await postBroadcast(test, toColleague).expect(202);
    expect(again.body.delivery).toMatchObject({ queued: 0, cancelled: 1 });
    expect(textsTo(test, colleague)).toHaveLength(5);
  });

  it('leaves out who has said STOP', async () => {
    await start();
    await optOut(test, colleague).expect(201);
    const answer = await tryOut({ ...body, to: [colleague, other] }).expect(202);
    expect(answer.body.recipients).toMatchObject({ accepted: 1, optedOut: 1 });
    expect(textsTo(test, colleague)).toEqual([]);
  });

  it('comes from the sender of whom it goes to, with the media of the broadcast', async () => {
    await start({ PLIVO_SENDERS: '1:+14155550101,44:ACME' });
    await tryOut({ ...body, to: ['+447700900123'], mediaUrls: ['https://example.com/a.png'] }).expect(202);
    expect(test.simulator.calls()[0]!.body).toMatchObject({ media_urls: ['https://example.com/a.png'] });
    expect(test.simulator.textsOf('+447700900123')).toMatchObject([{ src: 'ACME' }]);
  });

  it('is answered as the first time where its Idempotency-Key comes again, and is no broadcast', async () => {
    await start();
    const key = { 'idempotency-key': 'k' };
    const first = await tryOut(body, key).expect(202);
    const again = await tryOut(body, key).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expectProblem(await tryOut({ ...body, to: [other] }, key), 422);
    for (const fields of [body, { ...body, to: undefined }]) expectProblem(await postBroadcast(test, fields, key), 422);
    const csv = (path: string) =>
      send(test, 'post', path)
        .query({ message: 'Hi', to: colleague })
        .set({ 'idempotency-key': 'file' })
        .type('text/csv')
        .send(people.join('\n'));
    await csv('/broadcast/test').expect(202);
    expect((await csv('/broadcast/test').expect(202)).headers['idempotency-replayed']).toBe('true');
    expectProblem(await csv('/broadcast'), 422);
    expect(textsTo(test, colleague)).toHaveLength(2);
  });

  it('is told at once that Plivo refuses it', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400, times: 1 });
    expectProblem(await tryOut(body), 400);
    expect(test.simulator.texts().size).toBe(0);
  });

  it('can be retried, as a test', async () => {
    await start();
    const answer = await tryOut(body).expect(202);
    await reportFailed(test, [colleague]);
    const again = await retry(test, answer.body.id as string).expect(202);
    expect(again.body).toMatchObject({ test: true, retryOf: answer.body.id });
    await broadcastWhen(test, again.body.id as string, ({ status }) => status === 'completed');
    expect(await idsOf()).toEqual([]);
  });

  it.each([
    [{ to: undefined }, 'to'],
    [{ to: [] }, 'to'],
    [{ to: colleague }, 'to'],
    [{ to: numbers(11) }, 'to'],
    [{ to: [colleague, '+1415'] }, 'to[1]'],
    [{ to: [{ to: colleague }] }, 'to[0]'],
    [{ as: 4 }, 'as'],
    [{ as: -1 }, 'as'],
    [{ as: '1' }, 'as'],
    [{ recipients: ['+1415'] }, 'recipients[0]'],
    [{ recipients: ['+1415', colleague], invalidRecipients: 'skip' }, 'as'],
    [{ recipients: undefined }, 'recipients'],
    [{ message: '' }, 'message'],
    [{ form: colleague }, 'form'],
  ])('is refused with %j, and nobody is texted', async (change, path) => {
    await start();
    const answer = await tryOut({ ...body, ...change });
    expectProblem(answer, 400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ path })]);
    expect(test.simulator.calls()).toEqual([]);
    expect(await idsOf('?test=true')).toEqual([]);
  });

  it.each([
    ['lacks a value of the message', { name: 'Dora' }, {}, /first one is not texted: .*code/],
    ['is named and lacks one', { name: 'Dora' }, { as: 0 }, /index of an entry that is texted.*code/],
    ['would be told too long a text', { code: 'x'.repeat(1600) }, {}, /first one is not texted: .*long/],
  ])('is refused with the reason where the entry to be tried out %s', async (_what, values, wish, reason) => {
    await start();
    const recipients = [{ to: people[3], ...values }, ...personal.recipients];
    const answer = await tryOut({ ...personal, recipients, invalidRecipients: 'skip', ...wish });
    expectProblem(answer, 400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ path: 'as', msg: expect.stringMatching(reason) })]);
    expect(test.simulator.calls()).toEqual([]);
    expect((await tryOut({ ...personal, recipients, invalidRecipients: 'skip', as: 1 }).expect(202)).body.text).toMatch(
      /^Hi Ann/,
    );
  });

  it('is a path of its own: its fields are none of a broadcast', async () => {
    await start();
    expectProblem(await postBroadcast(test, body), 400);
    expectProblem(await send(test, 'post', '/broadcast/preview', { ...body, as: 0 }), 400);
    expect((await get(test, '/broadcast/test')).status).toBe(405);
    expect(test.simulator.calls()).toEqual([]);
  });
});
