import request from 'supertest';
import { broadcastWhen, type BroadcastBody, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const [ANN = '', BOB = '', CEM = '', DORA = '', EVE = ''] = numbers(5);

describe.each(ENGINES)('A broadcast to saved lists on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
    await save('friends', [
      { to: ANN, name: 'Ann' },
      { to: BOB, name: 'Bob' },
    ]);
    await save('customers', [{ to: BOB, name: 'Robert' }, CEM]);
    await save('not now', [BOB, EVE]);
    await save('nobody', []);
    await template('hello', 'Hi {{name|friend}}.');
  });
  afterAll(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });

  const save = (name: string, recipients: unknown) =>
    send(test, 'put', `/lists/${encodeURIComponent(name)}`, { recipients }).expect(({ status }) =>
      expect([200, 201]).toContain(status),
    );
  const template = (name: string, message: string) => send(test, 'put', `/templates/${name}`, { message });
  const preview = (body: object) => send(test, 'post', '/broadcast/preview', body);
  const accepted = async (body: object, headers: Record<string, string> = {}) =>
    (await postBroadcast(test, body, headers).expect(202)).body as BroadcastBody;
  const textsOf = async (id: string): Promise<Record<string, string>> => {
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    const { data } = body as { data: { recipient: string; text: string }[] };
    return Object.fromEntries(data.map(({ recipient, text }) => [recipient, text]));
  };

  it('goes to everybody on them and everybody named beside them, each once, with what the first says of them', async () => {
    const body = {
      message: 'Hi {{name|you}}',
      recipients: [{ to: DORA, name: 'Dora' }],
      lists: ['friends', 'customers'],
    };
    const { id, recipients, lists, exceptLists, template: used } = await accepted(body);
    expect(recipients).toEqual({ submitted: 5, accepted: 4, duplicates: 1, invalid: 0, optedOut: 0 });
    expect({ lists, exceptLists, used }).toEqual({ lists: ['friends', 'customers'], exceptLists: [], used: null });
    expect(await textsOf(id)).toEqual({ [ANN]: 'Hi Ann', [BOB]: 'Hi Bob', [CEM]: 'Hi you', [DORA]: 'Hi Dora' });
  });

  it('leaves out whoever is on a list in exceptLists, and counts them apart', async () => {
    const body = { message: 'Doors open', recipients: [EVE, EVE, DORA], lists: ['friends'], exceptLists: ['not now'] };
    const { id, recipients } = await accepted(body);
    expect(recipients).toEqual({ submitted: 2, accepted: 2, duplicates: 0, invalid: 0, optedOut: 0, excepted: 2 });
    expect(Object.keys(await textsOf(id)).sort()).toEqual([ANN, DORA].sort());
    const { delivery, recipients: later } = await readBroadcast(test, id);
    expect(Object.values(delivery).reduce((all, count) => all + count, 0)).toBe(2);
    expect(later['excepted']).toBe(2);
    expect((await preview(body).expect(200)).body.recipients).toEqual(recipients);
  });

  it('does not text who is on a list and has opted out', async () => {
    await save('with one who left', [ANN, '+14155559000']);
    await optOut(test, '+14155559000');
    const { recipients } = await accepted({ message: 'Doors open', lists: ['with one who left'] });
    expect(recipients).toMatchObject({ submitted: 2, accepted: 1, optedOut: 1 });
  });

  it('goes to the list as it was when it was accepted', async () => {
    await save('changing', [ANN]);
    const sendAt = new Date(Date.now() + 60_000).toISOString();
    const { id } = await accepted({ message: 'Doors open', lists: ['changing'], sendAt });
    await save('changing', [BOB]);
    await send(test, 'delete', '/lists/changing').expect(204);
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    expect((body as { data: object[] }).data).toEqual([expect.objectContaining({ recipient: ANN })]);
    await send(test, 'post', `/broadcast/${id}/cancel`).expect(200);
  });

  it('says what the template says, in the version that it keeps', async () => {
    await template('doors', 'Doors open at 9, {{name|friend}}.');
    await template('doors', 'Doors open at 10, {{name|friend}}.');
    const latest = await accepted({ template: 'doors', lists: ['friends'] });
    const first = await accepted({ template: 'doors', templateVersion: 1, recipients: [CEM] });
    await send(test, 'delete', '/templates/doors').expect(204);
    expect(latest['template']).toEqual({ name: 'doors', version: 2 });
    expect((await readBroadcast(test, first.id))['template']).toEqual({ name: 'doors', version: 1 });
    expect(await textsOf(latest.id)).toEqual({
      [ANN]: 'Doors open at 10, Ann.',
      [BOB]: 'Doors open at 10, Bob.',
    });
    expect(Object.values(await textsOf(first.id))).toEqual(['Doors open at 9, friend.']);
  });

  it('is what was previewed only while list and template say the same', async () => {
    await save('previewed', [ANN]);
    await template('previewed', 'One');
    const body = { template: 'previewed', lists: ['previewed'] };
    const digest = async () => `"${(await preview(body).expect(200)).body.digest}"`;
    const before = await digest();
    await send(test, 'post', '/lists/previewed/recipients', { recipients: [BOB] }).expect(200);
    expectProblem(await postBroadcast(test, body, { 'if-match': before }), 412);
    const then = await digest();
    await template('previewed', 'Two');
    expectProblem(await postBroadcast(test, body, { 'if-match': then }), 412);
    await accepted(body, { 'if-match': await digest() });
  });

  it('is answered again as it was, though list and template are others by now or gone', async () => {
    await save('repeated', [ANN]);
    await template('repeated', 'One');
    const body = { template: 'repeated', lists: ['repeated'], exceptLists: ['nobody'] };
    const headers = { 'idempotency-key': `key-${engine}` };
    const first = await accepted(body, headers);
    await send(test, 'delete', '/lists/repeated').expect(204);
    await send(test, 'delete', '/templates/repeated').expect(204);
    const again = await postBroadcast(test, body, headers).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.id).toBe(first.id);
    expectProblem(await postBroadcast(test, { ...body, lists: ['friends'] }, headers), 422);
  });

  it('takes lists and template beside a file and in a form, before the recipients or behind them', async () => {
    const file = `to,name\n${DORA},Dora\n${EVE},Eve\n`;
    const query = '?template=hello&lists=friends,customers&exceptLists=not%20now&templateVersion=1';
    const csv = await request(test.url)
      .post(`/broadcast${query}`)
      .set('x-api-key', API_KEY)
      .type('text/csv')
      .send(file)
      .expect(202);
    expect(csv.body).toMatchObject({ recipients: { submitted: 3, accepted: 3, excepted: 2 } });
    expect(await textsOf(csv.body.id)).toEqual({ [ANN]: 'Hi Ann.', [CEM]: 'Hi friend.', [DORA]: 'Hi Dora.' });

    const form = () => request(test.url).post('/broadcast').set('x-api-key', API_KEY);
    const behind = await form()
      .attach('recipients', Buffer.from(file), 'a.csv')
      .field('template', 'hello')
      .field('lists', 'friends')
      .expect(202);
    expect(await textsOf(behind.body.id)).toEqual({
      [ANN]: 'Hi Ann.',
      [BOB]: 'Hi Bob.',
      [DORA]: 'Hi Dora.',
      [EVE]: 'Hi Eve.',
    });
    await form().field('message', 'Doors open').field('lists', 'friends').expect(202);
    const late = form().attach('recipients', Buffer.from(file), 'a.csv').field('exceptLists', 'friends');
    expectProblem(await late.field('message', 'Doors open'), 400);
  });

  it('names who on a list lacks what the message needs, or leaves them out where that is asked for', async () => {
    const body = { message: 'Hi {{name}}', lists: ['friends', 'customers'] };
    const refused = await postBroadcast(test, body);
    expectProblem(refused, 400);
    expect(refused.body.errors).toEqual([
      { path: 'lists "customers"', msg: expect.stringContaining('{{name}}'), value: CEM },
    ]);
    const { recipients } = await accepted({ ...body, invalidRecipients: 'skip' });
    expect(recipients).toMatchObject({ submitted: 4, accepted: 2, duplicates: 1, invalid: 1 });
    const { invalidRecipients } = (await preview(body).expect(200)).body;
    expect(invalidRecipients).toEqual([expect.objectContaining({ list: 'customers', value: CEM })]);
    const nobodyHas = await postBroadcast(test, { message: 'Your code is {{code}}', lists: ['friends'] });
    expectProblem(nobodyHas, 400);
    expect(nobodyHas.body.errors[0]).toMatchObject({ path: 'message' });
  });

  it.each<[what: string, body: object, path: string, msg: RegExp]>([
    ['neither recipients nor lists', { message: 'Hi' }, 'recipients', /is missing/],
    ['no lists', { message: 'Hi', lists: [] }, 'recipients', /is missing/],
    ['a list that is none', { message: 'Hi', lists: ['friends', 'none'] }, 'lists[1]', /names no saved list/],
    ['lists that are no list', { message: 'Hi', lists: 'friends' }, 'lists', /array/],
    ['a name that is none', { message: 'Hi', lists: ['friends', 7] }, 'lists[1]', /string/],
    [
      'an exception that is none',
      { message: 'Hi', lists: ['friends'], exceptLists: ['x'] },
      'exceptLists[0]',
      /no saved/,
    ],
    ['an empty list', { message: 'Hi', lists: ['nobody'] }, 'recipients', /at least one/],
    ['everybody left out', { message: 'Hi', recipients: [BOB], exceptLists: ['not now'] }, 'recipients', /exceptLists/],
    ['a template that is none', { template: 'none', lists: ['friends'] }, 'template', /no saved template/],
    [
      'another version',
      { template: 'hello', templateVersion: 9, lists: ['friends'] },
      'templateVersion',
      /latest is 1/,
    ],
    [
      'a version that is none',
      { template: 'hello', templateVersion: '1', lists: ['friends'] },
      'templateVersion',
      /whole/,
    ],
    ['a version of nothing', { message: 'Hi', templateVersion: 1, lists: ['friends'] }, 'templateVersion', /needs a/],
    ['a template and a message', { message: 'Hi', template: 'hello', lists: ['friends'] }, 'message', /left out/],
    ['a name of a template that is none', { template: ['hello'], lists: ['friends'] }, 'template', /string/],
  ])('is refused with %s, previewed or not', async (_what, body, path, msg) => {
    for (const answer of [await postBroadcast(test, body), await preview(body)]) {
      expectProblem(answer, 400);
      expect(answer.body.errors[0]).toMatchObject({ path, msg: expect.stringMatching(msg) });
    }
  });

  it('has at most MAX_RECIPIENTS people with those of its lists', async () => {
    const small = await startTestService({ env: { MAX_RECIPIENTS: '3' } });
    try {
      for (const [name, recipients] of [
        ['a', [ANN, BOB]],
        ['b', [CEM, DORA]],
      ] as const)
        await send(small, 'put', `/lists/${name}`, { recipients }).expect(201);
      expectProblem(await postBroadcast(small, { message: 'Hi', lists: ['a', 'b'] }), 400);
      expectProblem(await send(small, 'put', '/lists/c', { recipients: [ANN, BOB, CEM, DORA] }), 400);
      await postBroadcast(small, { message: 'Hi', lists: ['a'], recipients: [EVE] }).expect(202);
    } finally {
      await small.stop();
    }
  });
});
