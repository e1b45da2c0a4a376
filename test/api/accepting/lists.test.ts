import { gzipSync } from 'node:zlib';
import request from 'supertest';
import writeExcelFile from 'write-excel-file/node';
import { get, numbers } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const MESSAGE = '?message=Doors%20open%20at%209.';
const A = '+14155550101';
const B = '+447700900101';

describe.each(ENGINES)('a list as people have it, on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { PLIVO_SENDERS: '44:+447700900999' } });
  });
  beforeEach(() => test.simulator.reset());
  afterEach(() => expectNothingUnforeseen(test));
  afterAll(() => test.stop());

  const post = (path: string, body: string | Buffer, type = 'text/csv', headers: Record<string, string> = {}) =>
    request(test.url).post(path).set('x-api-key', API_KEY).set('prefer', 'wait=10').set(headers).type(type).send(body);
  const broadcast = (body: string | Buffer, query = '', type = 'text/csv') =>
    post(`/broadcast${MESSAGE}${query}`, body, type);
  const form = (path = '/broadcast') =>
    request(test.url)
      .post(path)
      .set('x-api-key', API_KEY)
      .set('prefer', 'wait=10')
      .field('message', 'Doors open at 9.');
  const workbook = async (rows: (string | number | null)[][]) => {
    const cells = rows.map((row) =>
      row.map((value) => (value === null ? null : { value, type: typeof value === 'number' ? Number : String })),
    );
    return await (writeExcelFile(cells as never, {}) as unknown as { toBuffer(): Promise<Buffer> }).toBuffer();
  };

  const CRM = `Name,E-Mail,Mobile Phone,City\r\nZoë Müller,zoe@example.com,${A},Köln\r\n"Doe, José",j@example.com,${B},León\r\n`;
  const ASCII_NAMES = `Name;Telefon;Ort\r\nMüller;${A};Köln\r\nJosé;${B};Málaga\r\n`;
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

  it.each<[what: string, file: string | Buffer, source: object]>([
    ['Excel, English, "CSV UTF-8"', `\ufeff${CRM}`, { column: 'Mobile Phone', encoding: 'utf-8', delimiter: ',' }],
    [
      'Excel, German, "CSV"',
      Buffer.from(ASCII_NAMES, 'latin1'),
      { column: 'Telefon', encoding: 'windows-1252', delimiter: ';' },
    ],
    [
      'Excel, "Unicode Text"',
      utf16(CRM.replaceAll(',', '\t').replaceAll('Doe\t', 'Doe,')),
      { encoding: 'utf-16le', delimiter: '\t' },
    ],
    ['UTF-16, high byte first', utf16(ASCII_NAMES).swap16(), { encoding: 'utf-16be', delimiter: ';' }],
    ['Excel with its own first line', `sep=;\r\n${ASCII_NAMES}`, { column: 'Telefon', delimiter: ';' }],
    [
      'LibreOffice, all in quotes',
      `"Nom","Téléphone portable"\n"Zoë","${A}"\n"José","${B}"\n`,
      { column: 'Téléphone portable' },
    ],
    ['Google Sheets', `Naam,GSM,\nZoë,${A},\nJosé,${B},\n`, { column: 'GSM' }],
    ['Numbers', `Nombre;Móvil\nZoë;${A}\nJosé;${B}\n`, { column: 'Móvil' }],
    [
      'Google Contacts',
      `First Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\nA,Mobile,${A},,\nB,Mobile,${B},,\n`,
      { column: 'Phone 1 - Value' },
    ],
    [
      'Outlook',
      `First Name,Business Fax,Business Phone,Home Phone,Mobile Phone,Pager\nA,+442079460000,,,${A},\nB,,,,${B},\n`,
      { column: 'Mobile Phone' },
    ],
    [
      'HubSpot',
      `Record ID,First Name,Phone Number,Contact owner\n4155550123,A,${A},x\n4155550124,B,${B},x\n`,
      { column: 'Phone Number' },
    ],
    [
      'Salesforce, compressed',
      gzipSync(`"Contact ID","Name","Mobile"\n"0031","A","${A}"\n"0032","B","${B}"\n`),
      { column: 'Mobile' },
    ],
    [
      'a Russian program of the nineties',
      // windows-1251: "Имя;Телефон;Счёт".
      Buffer.concat([
        Buffer.from('c8ecff3bd2e5ebe5f4eeed3bd1f7b8f20d0a', 'hex'),
        Buffer.from(`A;${A};40817810099910\r\nB;${B};40817810099911\r\n`),
      ]),
      { column: 'Телефон', encoding: 'windows-1251', delimiter: ';' },
    ],
    [
      'a report with a title',
      `Contacts of March\r\n\r\nName,Phone\r\nA,${A}\r\nB,${B}\r\n`,
      { column: 'Phone', encoding: 'utf-8', delimiter: ',' },
    ],
    ['vertical bars, no header, end mark', `A|${A}\r\nB|${B}\r\n\u001a`, { column: '2', delimiter: '|' }],
  ])('is read right: %s', async (_what, file, source) => {
    const { body } = await broadcast(file).expect(202);
    expect(body).toMatchObject({ recipients: { submitted: 2, accepted: 2, invalid: 0 }, source });
    expectTextedOnce(test, [A, B]);
  });

  it('is read from a workbook, text as text, from the sheet that has something in it', async () => {
    const file = await workbook([['Name', 'Handy'], ['Zoë', A], [null, null], ['José', B], ['Ann', null]]); // prettier-ignore
    const { body } = await form('/broadcast/preview').attach('recipients', file, 'Kontakte.xlsx').expect(200);
    expect(body).toMatchObject({
      recipients: { submitted: 3, accepted: 2, invalid: 1 },
      invalidRecipients: [{ line: 5, value: '', reason: 'has no number' }],
      source: { column: 'Handy', encoding: 'xlsx', delimiter: null, sheet: expect.any(String) },
    });
    const lost = await workbook([['phone'], [14155550101]]);
    const { body: preview } = await form('/broadcast/preview').attach('recipients', lost, 'a.xlsx').expect(200);
    expect(preview.invalidRecipients).toMatchObject([{ line: 2, value: '14155550101' }]);
    expectProblem(await form().field('sheet', 'None').attach('recipients', file, 'a.xlsx'), 400);
    expectProblem(await form().attach('recipients', file.subarray(0, 900), 'a.xlsx'), 400);
  });

  it.each<[what: string, file: string | Buffer, words: RegExp]>([
    ['one name twice', `phone,phone\n${A},${B}\n`, /1 "phone", 2 "phone".*column=1/],
    ['two names of ours', `to,phone\n${A},${B}\n`, /1 "to", 2 "phone"/],
    ['several numbers in its only line', `${A};${B};${A}\n`, /several columns \(1, 2, 3\)/],
    ['several numbers in one line of many', `phone\n${A}\n${A},${B}\n`, /Line 3 .*more than one number/],
    ['no column of numbers', 'Name,City\nAnn,Leeds\n', /1 "Name", 2 "City"/],
    ['line ends lost on the way', `${A}${B}${A}`, /--data-binary/],
    ['a header and line ends lost', `phone${A}${B}`, /--data-binary/],
    ['line ends lost of several columns', `Name,PhoneAnn,${A}Bob,${B}`, /--data-binary/],
    ['line ends lost of quoted cells', `"Name","Phone""Ann","${A}""Bob","${B}"`, /--data-binary/],
    ['line ends lost of numbers of one country', 'Ann,0171 2345678Bob,0171 2345679', /--data-binary/],
    ['other characters in the numbers', Buffer.from(`phone\n${A}\u00a0\n`, 'latin1'), /charset=windows-1252/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /\.xls/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['a Numbers document', Buffer.from('504b03040000', 'hex'), /workbook|zip/],
    ['JSON', `{"recipients":["${A}"]}`, /application\/json/],
    ['a gzip file that breaks off', gzipSync(numbers(500).join('\n')).subarray(0, 400), /gzip/],
  ])('is refused in one fault, and nobody is texted: %s', async (_what, file, words) => {
    const response = await broadcast(file, '&invalidRecipients=skip');
    expectProblem(response, 400);
    expect(response.body.errorCount).toBe(1);
    expect(response.body.detail).toMatch(words);
    expect(test.simulator.calls()).toEqual([]);
  });

  it('is read as its sender says: the column by name or place, the charset', async () => {
    const file = `phone,phone\n${A},${B}\n`;
    await broadcast(file, '&column=2').expect(202);
    expectTextedOnce(test, [B]);
    await form()
      .field('column', 'Mobile')
      .attach('recipients', Buffer.from(`Phone,Mobile\n${B},${A}\n`), 'a.csv')
      .expect(202);
    expectTextedOnce(test, [A, B]);
    const odd = Buffer.from(`phone\n${A}\u00a0\n`, 'latin1');
    await broadcast(odd, '&charset=windows-1252').expect(202);
    expectProblem(await broadcast(odd, '&charset=klingon'), 400);
    expectProblem(await form().attach('recipients', Buffer.from(A), 'a.csv').field('column', '1'), 400);
  });

  it('is a field of a form with numbers between commas, semicolons and line ends', async () => {
    const { body } = await form().field('recipients', `${A},${B};${A}\r\n`).expect(202);
    expect(body).toMatchObject({ recipients: { submitted: 3, accepted: 2, duplicates: 1 }, source: null });
    expectTextedOnce(test, [A, B]);
  });

  it('is taken as a JSON array in a field too', async () => {
    const { body } = await form()
      .field('recipients', JSON.stringify([A, B, A]))
      .expect(202);
    expect(body.recipients).toMatchObject({ submitted: 3, accepted: 2, duplicates: 1 });
  });

  it.each<[what: string, send: () => request.Test, words: RegExp]>([
    ['a field twice', () => form().field('recipients', A).field('recipients', B), /"recipients" more than once/],
    ['fields in the way of PHP', () => form().field('recipients[]', A).field('recipients[]', B), /as "recipients"/],
    ['the name of a file', () => form().field('recipients', 'numbers.csv'), /write @ before it/],
    [
      'another boundary than the header names',
      () => post('/broadcast', '--a\r\n\r\n--a--\r\n', 'multipart/form-data; boundary=b'),
      /boundary/,
    ],
    ['no boundary', () => post('/broadcast', '--a\r\n\r\n--a--\r\n', 'multipart/form-data'), /boundary/],
    ['a list that is called JSON', () => post('/broadcast', `phone\n${A}\n`, 'application/json'), /text\/csv/],
    [
      'JSON that is called gzip',
      () => post('/broadcast', '{}', 'application/json', { 'content-encoding': 'gzip' }),
      /not compressed as its Content-Encoding says/,
    ],
  ])('is refused with what to mend: %s', async (_what, send, words) => {
    const response = await send();
    expectProblem(response, 400);
    expect(response.body.detail).toMatch(words);
    expect(test.simulator.calls()).toEqual([]);
  });

  it.each([
    ['an empty cell', `phone,name\n${A},Ann\n,Bob\n,\n\n`, 3, ''],
    ['a word for none in the first line', `n/a\n${A}\n`, 1, 'n/a'],
    ['a sum', `phone\n${A}\nTotal: 1\n`, 3, 'Total: 1'],
  ])('counts a row without a number, with its line: %s', async (_what, file, line, value) => {
    const response = await broadcast(file);
    expectProblem(response, 400);
    expect(response.body.errors).toMatchObject([{ path: `line ${line}`, value }]);
    const { body } = await broadcast(file, '&invalidRecipients=skip').expect(202);
    expect(body.recipients).toMatchObject({ submitted: 2, accepted: 1, invalid: 1 });
    await get(test, `/broadcast/${body.id}/recipients`).expect(200);
  });

  it('sent as curl does by -d is refused with the way to send it', async () => {
    const response = await broadcast(`${A}${B}`, '', 'application/x-www-form-urlencoded');
    expectProblem(response, 415);
    expect(response.body.detail).toContain('--data-binary');
  });

  it('is given back cleaned by a preview', async () => {
    const file = `Handy,x\n${A},1\n${A},2\n=1+1,3\n,4\n`;
    const answer = await post(`/broadcast/preview${MESSAGE}`, file, 'text/csv', { accept: 'text/csv' }).expect(200);
    const [header, ...lines] = answer.text.split('\r\n');
    expect(header).toBe('submitted,number,country,verdict,reason');
    expect(lines[0]).toBe(`${A},${A},US,accepted,`);
    expect(lines[1]).toMatch(/,duplicate,/);
    expect(lines[2]).toMatch(/^'=1\+1,,,invalid,/);
    expect(lines[3]).toMatch(/^,,,invalid,has no number/);
  });

  /** As a CRM exports it, in the Latin script with accents, numbers as people there write them. */
  const EXPORT = [
    'Name,E-Mail,Mobile Phone,City',
    'Zoë Müller,zoe@example.com,0171 2345678,Köln',
    '"Šimon, José",jose@example.com,+49 (0)171 / 23 45 679,Málaga',
    'Élodie Lefèvre,elodie@example.com,0033 6 12 34 56 78,Besançon',
    'Ødegård,,4.91715E+11,Tromsø',
    'Łukasz,lukasz@example.com,,Łódź',
    'Ann,ann@example.com,0171-234 567 8,Köln',
    'Bob,bob@example.com,0171 2345678 / 0172 2345678,Bonn',
    '',
  ].join('\r\n');

  it('is the export of a CRM, with the country by which its numbers are read, as curl -F sends it', async () => {
    const upload = (path: string) => form(path).field('defaultCountry', 'DE');
    const file = ['recipients', Buffer.from(EXPORT), 'export.csv'] as const;
    const faulty = [
      { line: 5, value: '4.91715E+11', reason: expect.stringMatching(/spreadsheet.*digits are lost/) },
      { line: 6, value: '', reason: 'has no number' },
      { line: 8, value: '0171 2345678 / 0172 2345678', reason: expect.stringMatching(/more than one number/) },
    ];
    const { body: preview } = await upload('/broadcast/preview')
      .attach(...file)
      .expect(200);
    expect(preview).toMatchObject({
      recipients: { submitted: 7, accepted: 3, duplicates: 1, invalid: 3 },
      invalidRecipients: faulty,
      source: { column: 'Mobile Phone', encoding: 'utf-8', delimiter: ',' },
    });
    expect(preview.spelledOtherwise).toMatchObject({ count: 4 });
    expect(preview.spelledOtherwise.entries[1]).toEqual({
      index: 1,
      line: 3,
      value: '+49 (0)171 / 23 45 679',
      number: '+491712345679',
    });

    const refused = await upload('/broadcast').attach(...file);
    expectProblem(refused, 400);
    expect(refused.body.errors).toMatchObject(
      faulty.map(({ line, value, reason }) => ({ path: `line ${line}`, column: 'Mobile Phone', value, msg: reason })),
    );
    expect(test.simulator.calls()).toEqual([]);

    const { body } = await upload('/broadcast')
      .field('invalidRecipients', 'skip')
      .attach(...file)
      .expect(202);
    expect(body.recipients).toEqual({ submitted: 7, accepted: 3, duplicates: 1, invalid: 3, optedOut: 0 });
    expectTextedOnce(test, ['+491712345678', '+491712345679', '+33612345678']);
    const page = await get(test, `/broadcast/${body.id}/recipients?status=invalid`).expect(200);
    expect(page.body.data).toHaveLength(3);
  });

  describe('of people who opt out', () => {
    const importList = (file: string, query = '') => post(`/opt-outs/import${query}`, file);

    it('is refused where it is a log of texts, until the column is chosen', async () => {
      const log = `From,To,Text\n${A},+14155550100,STOP\n`;
      const response = await importList(log);
      expectProblem(response, 400);
      expect(response.body.detail).toMatch(/1 "From", 2 "To"/);
      const { body } = await importList(log, '?column=From').expect(200);
      expect(body).toMatchObject({ imported: 1, source: { column: 'From', encoding: 'utf-8', delimiter: ',' } });
    });

    it('never holds our own senders', async () => {
      const { body } = await importList(`phone\n+14155550100\n+447700900999\n${B}\n`, '?invalidRecipients=skip').expect(
        200,
      );
      expect(body).toMatchObject({ submitted: 3, imported: 1, invalid: 2 });
      expectProblem(await request(test.url).put('/opt-outs/+14155550100').set('x-api-key', API_KEY), 400);
    });

    it('is refused where a line has several', async () => {
      expectProblem(await importList(`${A};${B};${A}\n`), 400);
    });
  });
});
