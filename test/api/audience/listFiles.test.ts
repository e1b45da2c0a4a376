import request from 'supertest';
import writeXlsxFile from 'write-excel-file/node';
import { get } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const ANN = '+14155550101';
const BOB = '+447700900102';

describe.each(ENGINES)('A saved list from a file, on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });

  const start = (query = '') => request(test.url).put(`/lists/a${query}`).set('x-api-key', API_KEY);
  const put = (body: string | Buffer, type = 'text/csv', query = '') => start(query).type(type).send(body);
  const data = async () => (await get(test, '/lists/a/recipients').expect(200)).body.data as object[];
  const PEOPLE = [
    { to: ANN, name: 'Ann', City: 'Rome' },
    { to: BOB, name: 'Bob' },
  ];

  it.each([
    ['CSV', `name,to,City\nAnn,${ANN},Rome\nBob,${BOB},\n`, 'text/csv'],
    ['CSV as Excel writes it', `sep=;\r\nname;Mobile Phone;City\r\n"Ann";"${ANN}";Rome\r\nBob;${BOB};\r\n`, 'text/csv'],
    [
      'lines of JSON',
      `{"to":"${ANN}","name":"Ann","City":"Rome"}\n\n{"phone":"${BOB}","name":"Bob"}\n`,
      'application/x-ndjson',
    ],
  ])('has all that is in %s', async (_what, body, type) => {
    const answer = await put(body, type).expect((res) => expect([200, 201]).toContain(res.status));
    expect(answer.body).toMatchObject({
      recipients: 2,
      fields: ['name', 'City'],
      upload: { submitted: 2, invalid: 0 },
    });
    expect(await data()).toEqual(PEOPLE);
  });

  it.each(['text/csv', 'application/x-ndjson'])('goes out as %s in the parts that are asked for', async (accept) => {
    await put(`to\n${ANN}\n${BOB}\n`).expect((res) => expect([200, 201]).toContain(res.status));
    const part = async (query: string) => {
      const { text, headers } = await get(test, `/lists/a/recipients${query}`, { accept }).expect(200);
      return { numbers: text.match(/\+\d+/g), next: /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1] };
    };
    const sorted = [ANN, BOB].sort();
    const first = await part('?limit=1');
    expect(first.numbers).toEqual([sorted[0]]);
    expect(await part(first.next!)).toEqual({ numbers: [sorted[1]], next: undefined });
    expect(await part(`?${first.next!.split('&')[1]!}`)).toEqual({ numbers: [sorted[1]], next: undefined });
    expect((await part('')).numbers).toEqual(sorted);
  });

  it('has all that is in a workbook, and in a form with it', async () => {
    const text = (value: string) => ({ type: String, value });
    const rows = [
      ['name', 'to', 'City'],
      ['Ann', ANN, 'Rome'],
      ['Bob', BOB, ''],
    ].map((row) => row.map(text));
    const file = await writeXlsxFile(rows).toBuffer();
    await put(file, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet').expect(200);
    expect(await data()).toEqual(PEOPLE);
    await put('[]', 'application/json').expect(400);
    await start().field('defaultCountry', 'US').attach('recipients', file, 'people.xlsx').expect(200);
    expect(await data()).toEqual(PEOPLE);
  });

  it('is read by the country, column and wish that stand in the query or the form', async () => {
    const csv = 'a,b,name\n020 7946 0018,415-555-0101,Ann\nx,,Bob\n';
    const query = '?column=b&defaultCountry=US&invalidRecipients=skip';
    const answer = await put(csv, 'text/csv', query).expect(200);
    expect(answer.body.upload).toMatchObject({ submitted: 2, invalid: 1, source: { column: 'b', delimiter: ',' } });
    expect(answer.body.upload.errors).toEqual([{ path: 'line 3', column: 'b', msg: 'has no number', value: '' }]);
    expect(await data()).toEqual([{ to: ANN, a: '020 7946 0018', name: 'Ann' }]);
    const form = start()
      .field('column', 'b')
      .field('defaultCountry', 'US')
      .attach('recipients', Buffer.from(csv), 'a.csv');
    await form.field('invalidRecipients', 'skip').expect(200);
    const late = start().attach('recipients', Buffer.from(csv), 'a.csv').field('column', 'b');
    expectProblem(await late, 400);
  });

  it('takes "to" for the number where others may be meant too, as in a list that was handed out', async () => {
    await put(`phone,to\n+14155550109,${ANN}\n`).expect(200);
    expect(await data()).toEqual([{ to: ANN, phone: '+14155550109' }]);
  });

  it.each<[what: string, body: string, type: string, errors: object]>([
    ['a line without a number', `to,name\n${ANN},Ann\n,Bob\n`, 'text/csv', { path: 'line 3', column: 'to' }],
    ['a column twice', `to,Name,name\n${ANN},Ann,Bob\n`, 'text/csv', { msg: expect.stringContaining('twice') }],
    ['a column with braces', `to,{{x}}\n${ANN},Ann\n`, 'text/csv', { msg: expect.stringContaining('braces') }],
    [
      'too many columns',
      `to,${Array.from({ length: 51 }, (_, at) => `f${at}`).join(',')}\n${ANN}\n`,
      'text/csv',
      { msg: expect.stringContaining('51 columns') },
    ],
    ['a line that is no JSON', `{"to":"${ANN}"}\n{\n`, 'application/x-ndjson', { path: 'line 2' }],
    ['a field that is no text', `{"to":"${ANN}","a":[]}\n`, 'application/x-ndjson', { path: 'line 1' }],
    ['nobody in it', 'to,name\n', 'text/csv', { path: 'recipients', msg: 'has no numbers' }],
  ])('stays as it was where the file has %s', async (_what, body, type, error) => {
    await put(`to\n${BOB}\n`).expect(200);
    const answer = await put(body, type);
    expectProblem(answer, 400);
    expect(answer.body.errors).toEqual([expect.objectContaining(error)]);
    expect(await data()).toEqual([{ to: BOB }]);
  });
});
