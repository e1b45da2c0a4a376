import request from 'supertest';
import { send } from '../../support/compliance';
import { get, numbers } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const ANN = '+14155550101';
const BOB = '+14155550102';
const CEM = '+447700900103';

describe.each(ENGINES)('Saved lists on %s', (engine) => {
  let test: TestService;
  let made = 0;
  let name = '';
  beforeAll(async () => {
    test = await startTestService({ engine, env: { DEFAULT_COUNTRY: 'GB' } });
  });
  afterAll(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });
  beforeEach(() => {
    name = `list-${++made}`;
  });

  const put = (recipients: unknown, more: object = {}) => send(test, 'put', `/lists/${name}`, { recipients, ...more });
  const add = (recipients: unknown, more: object = {}) =>
    send(test, 'post', `/lists/${name}/recipients`, { recipients, ...more });
  const upload = (method: 'put' | 'post', body: string, type = 'text/csv', query = '') => {
    const path = `/lists/${name}${method === 'post' ? '/recipients' : ''}${query}`;
    const sent = method === 'put' ? request(test.url).put(path) : request(test.url).post(path);
    return sent.set('x-api-key', API_KEY).type(type).send(body);
  };
  const people = (accept = 'application/json') =>
    get(test, `/lists/${name}/recipients`, { accept }).buffer(true).expect(200);
  const data = async () => (await people()).body.data as Record<string, string>[];
  const shown = async () => (await get(test, `/lists/${name}`).expect(200)).body as object;

  it('are made by a PUT, hold each person once with what is said of them, and are shown with their size', async () => {
    const answer = await put([BOB, { to: ANN, name: 'Ann', Code: 'X1' }, { to: CEM, NAME: 'Cem' }, BOB]).expect(201);
    expect(answer.headers['location']).toBe(`/lists/${name}`);
    expect(answer.body).toMatchObject({
      name,
      recipients: 3,
      fields: ['name', 'Code'],
      upload: { submitted: 4, duplicates: 1, invalid: 0, errors: [], source: null },
    });
    expect(await shown()).toMatchObject({ name, recipients: 3, fields: ['name', 'Code'] });
    expect(await data()).toEqual([{ to: ANN, name: 'Ann', Code: 'X1' }, { to: BOB }, { to: CEM, name: 'Cem' }]);
  });

  it('keep what the first of two entries of one person says, however its number is written', async () => {
    await put([
      { to: '07700 900103', name: 'Cem' },
      { to: CEM, name: 'Other' },
    ]).expect(201);
    expect(await data()).toEqual([{ to: CEM, name: 'Cem' }]);
  });

  it('have other people after another PUT, and none of those before', async () => {
    await put([{ to: ANN, name: 'Ann' }]).expect(201);
    const answer = await put([{ to: BOB, city: 'Rome' }]).expect(200);
    expect(answer.body).toMatchObject({ recipients: 1, fields: ['city'] });
    expect(await data()).toEqual([{ to: BOB, city: 'Rome' }]);
  });

  it('may be empty', async () => {
    await put([]).expect(201);
    expect(await shown()).toMatchObject({ recipients: 0, fields: [] });
    expect(await data()).toEqual([]);
    await add([ANN]).expect(200);
    expect(await data()).toEqual([{ to: ANN }]);
  });

  it('take further people, and what else is said of those who are on them', async () => {
    await put([{ to: ANN, name: 'Ann', code: 'X1' }, BOB]).expect(201);
    const answer = await add([{ to: ANN, Name: 'Anna', city: 'Rome' }, { to: CEM, name: 'Cem' }, BOB]).expect(200);
    expect(answer.body).toMatchObject({
      recipients: 3,
      fields: ['name', 'code', 'city'],
      upload: { submitted: 3, added: 1, updated: 2 },
    });
    expect(await data()).toEqual([
      { to: ANN, name: 'Anna', code: 'X1', city: 'Rome' },
      { to: BOB },
      { to: CEM, name: 'Cem' },
    ]);
    await add([{ to: ANN, code: '' }]).expect(200);
    expect((await data())[0]).toEqual({ to: ANN, name: 'Anna', city: 'Rome' });
  });

  it('are the same whether people are added few by few or many at once', async () => {
    const all = numbers(130).map((to, at) => ({ to, place: String(at) }));
    await put(all.filter((_, at) => at % 3 === 0).map(({ to }) => ({ to, place: 'old', kept: 'yes' }))).expect(201);
    const many = await add(all.slice(0, 100)).expect(200);
    expect(many.body.upload).toMatchObject({ added: 66, updated: 34 });
    for (let from = 100; from < 130; from += 10) await add(all.slice(from, from + 10)).expect(200);
    expect(await shown()).toMatchObject({ recipients: 130, fields: ['place', 'kept'] });
    expect((await get(test, `/lists/${name}/recipients?limit=1000`)).body.data).toEqual(
      all.map((person, at) => (at % 3 === 0 ? { ...person, kept: 'yes' } : person)),
    );
  });

  it('lose a person by any spelling of the number, and say where there was none', async () => {
    await put([ANN, CEM]).expect(201);
    await send(test, 'delete', `/lists/${name}/recipients/07700900103`).expect(204);
    expect(await data()).toEqual([{ to: ANN }]);
    expect(await shown()).toMatchObject({ recipients: 1 });
    expectProblem(await send(test, 'delete', `/lists/${name}/recipients/07700900103`), 404);
    expectProblem(await send(test, 'delete', `/lists/${name}/recipients/1415`), 400);
    expectProblem(await send(test, 'delete', `/lists/none-${name}/recipients/${ANN}`), 404);
  });

  it('go with a DELETE, and are unknown then', async () => {
    await put([ANN]).expect(201);
    await send(test, 'delete', `/lists/${name}`).expect(204);
    for (const path of [`/lists/${name}`, `/lists/${name}/recipients`]) expectProblem(await get(test, path), 404);
    expectProblem(await send(test, 'delete', `/lists/${name}`), 404);
    expectProblem(await add([BOB]), 404);
    await put([BOB]).expect(201);
    expect(await data()).toEqual([{ to: BOB }]);
  });

  it('are listed by name, page by page, and their people by number', async () => {
    const names = ['a ü', 'b', 'c'].map((each) => `${name} ${each}`);
    for (const each of names) await send(test, 'put', `/lists/${encodeURIComponent(each)}`, { recipients: [ANN] });
    const found: string[] = [];
    for (let path: string | null = '/lists?limit=1'; path !== null;) {
      const { body } = (await get(test, path).expect(200)) as {
        body: { data: { name: string }[]; next: string | null };
      };
      found.push(...body.data.map((each) => each.name));
      path = body.next === null ? null : `/lists?limit=1&cursor=${body.next}`;
    }
    expect(found.filter((each) => each.startsWith(`${name} `))).toEqual(names);

    name = names[0]!;
    const all = numbers(1203);
    await send(test, 'put', `/lists/${encodeURIComponent(name)}`, { recipients: all }).expect(200);
    const read: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await get(test, `/lists/${encodeURIComponent(name)}/recipients?limit=500${query}`).expect(200);
      const { data: some, next } = page.body as { data: { to: string }[]; next: string | null };
      read.push(...some.map(({ to }) => to));
      cursor = next;
    }
    expect(read).toEqual(all);
  });

  it('go out as CSV and as lines of JSON, which can be sent in as they are', async () => {
    const hard = { to: ANN, name: 'O"Neil, Ann', formula: '=1+1', quoted: "'=2", lines: 'a\nb', minus: '-5' };
    await put([hard, { to: BOB, name: 'Bob' }, CEM]).expect(201);
    const before = await data();
    const { text: lines, type: typeOfLines } = await people('application/x-ndjson');
    expect(typeOfLines).toBe('application/x-ndjson');
    const csv = (await people('text/csv')).text;
    expect(csv.split('\r\n')[0]).toBe('to,name,formula,quoted,lines,minus');
    expect(csv).toContain(`${BOB},Bob,,,,`);
    expect(csv).toContain(`'=1+1`);
    for (const [body, type] of [
      [csv, 'text/csv'],
      [lines, typeOfLines],
    ] as const) {
      await put([]).expect(200);
      await upload('put', body, type).expect(200);
      expect(await data()).toEqual(before);
    }
  });

  it.each<[what: string, body: unknown, path: string, msg: RegExp]>([
    ['no array', { recipients: 'x' }, 'recipients', /must be an array/],
    ['none', {}, 'recipients', /must be an array/],
    ['a field that is not known', { recipients: [], message: 'Hi' }, 'message', /not a known field/],
    ['a wish that is none', { recipients: [], invalidRecipients: 'x' }, 'invalidRecipients', /"reject" or "skip"/],
    ['a country that is none', { recipients: [], defaultCountry: 'XX' }, 'defaultCountry', /must be a country/],
    ['a number that is none', { recipients: [ANN, '+1415'] }, 'recipients[1]', /too short/],
    ['an object without a number', { recipients: [{ name: 'Ann' }] }, 'recipients[0]', /has no number/],
    ['two numbers', { recipients: [{ mobile: ANN, phone2: BOB, Handy: BOB }] }, 'recipients[0]', /several fields/],
    ['a field "To"', { recipients: [{ phone: ANN, To: BOB }] }, 'recipients[0]', /the number's, "to"/],
    ['a list in a list', { recipients: [[ANN]] }, 'recipients[0]', /must be a string/],
    ['a field that is an object', { recipients: [{ to: ANN, a: {} }] }, 'recipients[0]', /"a" that must be a string/],
    ['a field twice', { recipients: [{ to: ANN, a: 'x', A: 'y' }] }, 'recipients[0]', /twice/],
    ['a field with braces', { recipients: [{ to: ANN, '{{a}}': 'x' }] }, 'recipients[0]', /braces/],
    ['a field without a name', { recipients: [{ to: ANN, ' ': 'x' }] }, 'recipients[0]', /no name/],
    [
      'a value that is too long',
      { recipients: [{ to: ANN, a: 'x'.repeat(1601) }] },
      'recipients[0]',
      /longer than 1600/,
    ],
    ['half a character', { recipients: [{ to: ANN, a: '\ud800' }] }, 'recipients[0]', /were lost/],
    ['a control character', { recipients: [{ to: ANN, a: '\u0000' }] }, 'recipients[0]', /control characters/],
    [
      'too many fields of one',
      { recipients: [{ to: ANN, ...Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`f${at}`, 'x'])) }] },
      'recipients[0]',
      /more than 50 fields/,
    ],
    [
      'too many fields of all',
      { recipients: numbers(51).map((to, at) => ({ to, [`f${at}`]: 'x' })) },
      'recipients[50]',
      /beyond the 50/,
    ],
  ])('are not changed by a request with %s', async (_what, body, path, msg) => {
    await put([BOB]).expect(201);
    const answer = await send(test, 'put', `/lists/${name}`, body as object);
    expectProblem(answer, 400);
    expect(answer.body.errors[0]).toMatchObject({ path, msg: expect.stringMatching(msg) });
    expect(await data()).toEqual([{ to: BOB }]);
  });

  it('leave bad entries out where that is asked for, and name them', async () => {
    const answer = await put([ANN, '+1415', { to: BOB, a: {} }], { invalidRecipients: 'skip' }).expect(201);
    expect(answer.body).toMatchObject({ recipients: 1, upload: { submitted: 3, invalid: 2 } });
    expect(answer.body.upload.errors).toEqual([
      expect.objectContaining({ path: 'recipients[1]' }),
      expect.objectContaining({ path: 'recipients[2]' }),
    ]);
    expectProblem(await put(['+1415'], { invalidRecipients: 'skip' }), 400);
  });

  it('have at most MAX_RECIPIENTS people, and at most fifty fields however they come', async () => {
    await put([{ to: ANN, ...Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, 'x'])) }]).expect(201);
    for (const more of [[{ to: BOB, one: 'too many' }], numbers(60).map((to) => ({ to, one: 'too many' }))])
      expectProblem(await add(more), 400);
    expect(await data()).toHaveLength(1);
  });

  it.each(['%20x', 'a%2Fb', 'a,b', '..%2F', 'x'.repeat(101), '%00', '%EF%BF%BD'])(
    'cannot be called %s',
    async (bad) => {
      expectProblem(await send(test, 'put', `/lists/${bad}`, { recipients: [ANN] }), 400);
    },
  );

  it('refuse parameters and methods that they do not know', async () => {
    await put([ANN]).expect(201);
    expectProblem(await get(test, `/lists/${name}?x=1`), 400);
    expectProblem(await get(test, `/lists?cursor=%FF`), 400);
    expectProblem(await get(test, `/lists?cursor=AA`), 400);
    expectProblem(await get(test, `/lists/${name}/recipients?cursor=x`), 400);
    expectProblem(await send(test, 'put', `/lists/${name}?column=2`, { recipients: [ANN] }), 400);
    expectProblem(await send(test, 'post', `/lists/${name}`, {}), 405);
    expectProblem(await upload('put', 'x', 'text/plain'), 415);
    expectProblem(await upload('put', '{', 'application/json'), 400);
    expectProblem(await upload('put', '', 'text/csv'), 400);
  });
});
