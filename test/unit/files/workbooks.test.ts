import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ServiceError } from '../../../src/domain/errors';
import type { ListSource } from '../../../src/services/files/listSource';
import { readNumberFile, type FileOptions } from '../../../src/services/files/numberFile';
import { workbookOf, zipOf } from '../../support/zip';

const AS_IT_IS: FileOptions = {
  kind: 'csv',
  purpose: 'recipients',
  column: null,
  charset: null,
  sheet: null,
  isGzip: false,
};

const fixture = (name: string): Buffer => readFileSync(join(__dirname, '../../fixtures/lists', name));

type Read = { readonly source: ListSource | null; readonly entries: string[]; readonly values: unknown[] };

/** Entries as `line value`. */
async function read(file: Buffer, options: Partial<FileOptions> = {}): Promise<Read> {
  const reading = readNumberFile(Readable.from([file]), { ...AS_IT_IS, ...options });
  const [entries, values]: [string[], unknown[]] = [[], []];
  for await (const some of reading.entries)
    for (const entry of some) {
      entries.push(`${entry.line} ${entry.value}`);
      values.push(entry.values);
    }
  return { source: reading.source(), entries, values };
}

async function faultOf(file: Buffer, options: Partial<FileOptions> = {}): Promise<string> {
  const fault: unknown = await read(file, options).catch((error: unknown) => error);
  if (!(fault instanceof ServiceError)) throw new Error('It was read without a fault.', { cause: fault });
  return fault.message;
}

const A = '+14155550101';
const B = '+447700900101';
const C = '+491712345678';
const AS_IT_SHOWS = [`3 ${A}`, `4 ${B}`, '7 0171 2345678', '8 +491712345679', '9 01712345670'];

describe('A workbook is read as the program meant it that saved it', () => {
  it.each<[file: string, column: string, sheet: string, entries: string[]]>([
    ['openpyxl.xlsx', 'Mobile Phone', 'Kontakte', [`2 ${A}`, '4 447700900101', `5 ${C}`]],
    ['libreoffice.xlsx', 'Mobile Phone', 'Kontakte', [`2 ${A}`, '4 447700900101', `5 ${C}`, '6 ']],
    ['xlsxwriter.xlsx', 'Handy', 'List', AS_IT_SHOWS],
    ['gnumeric.xlsx', 'Handy', 'List', AS_IT_SHOWS],
    ['xlsxwriter-inline.xlsx', 'Telefon', 'Sheet1', [`2 ${A}`, `3 ${B}`]],
    ['exceljs.xlsx', 'Cell', 'Members', [`2 ${A}`, `3 ${B}`, `5 ${C}`, '6 #N/A', `7 ${A}`]],
    ['exceljs-stream.xlsx', 'Phone', 'S', [`2 ${A}`, `3 ${B}`]],
    ['sheetjs.xlsx', 'Phone', 'Data', [`2 ${A}`, '4 447700900101', `5 ${C}`]],
    ['xlsx-populate.xlsx', 'Téléphone', 'Sheet1', [`2 ${A}`, '3 447700900101']],
    ['excel4node.xlsx', 'Mobile', 'Sheet 1', [`2 ${A}`, '3 447700900101', `4 ${C}`]],
    ['perl.xlsx', 'Téléphone', 'Liste', [`2 ${A}`, '3 00447700900101']],
  ])('%s', async (file, column, sheet, entries) => {
    expect(await read(fixture(file))).toMatchObject({
      source: { column, sheet, encoding: 'xlsx', delimiter: null },
      entries,
    });
  });

  it('on any of its sheets, the hidden one included, where that is asked for', async () => {
    const file = fixture('openpyxl.xlsx');
    expect((await read(file, { sheet: 'Secret' })).entries).toEqual(['2 +14155550199']);
    expect((await read(file, { sheet: '1' })).source).toMatchObject({ sheet: 'Kontakte' });
  });

  it('with the values of its other columns, however long', async () => {
    const long = 'a'.repeat(1500);
    const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const rows = `<row r="1">${cell('A1', 'phone')}${cell('B1', 'note')}</row><row r="2">${cell('A2', A)}${cell('B2', long)}</row>`;
    expect((await read(await workbookOf(rows), { fields: ['note'] })).values).toEqual([[long]]);
  });
});

describe('A file of another kind is refused in a sentence that says what to do', () => {
  const packed = (name: string) => zipOf([{ name, content: 'x' }]);
  it.each<[what: string, file: () => Buffer | Promise<Buffer>, words: RegExp]>([
    ['.xls', () => fixture('libreoffice.xls'), /old Excel file.*CSV UTF-8/],
    ['.xls of the first Excel', () => Buffer.from('0900040002001000', 'hex'), /old Excel file.*CSV UTF-8/],
    [
      '.xls that is XML',
      () => Buffer.from('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>'),
      /old XML/,
    ],
    ['.xls that is a web page', () => Buffer.from('<table><tr><td>1'), /web page.*CSV UTF-8/],
    ['.xlsb', () => fixture('sheetjs.xlsb'), /\.xlsb.*\.xlsx/],
    ['.ods', () => fixture('libreoffice.ods'), /\.ods.*\.xlsx/],
    ['.odt', () => fixture('libreoffice.odt'), /\.odt.*copy the list into a spreadsheet/],
    ['.docx', () => fixture('libreoffice.docx'), /Word.*copy the list into a spreadsheet/],
    ['.dif', () => fixture('libreoffice.dif'), /\.dif.*CSV UTF-8/],
    ['.slk', () => fixture('libreoffice.slk'), /\.slk.*CSV UTF-8/],
    ['.numbers', () => packed('Index/Document.iwa'), /Numbers.*File, Export To, CSV/],
    ['.numbers of older versions', () => packed('index.apxl'), /Numbers.*File, Export To, CSV/],
    ['.pptx', () => packed('ppt/presentation.xml'), /presentation.*copy the list/],
    ['.zip', () => packed('list.csv'), /zip file; unpack it/],
    ['.pdf', () => Buffer.from('%PDF-1.7'), /PDF.*export the list as CSV/],
    ['.rtf', () => Buffer.from('{\\rtf1'), /\.rtf.*copy the list/],
    ['.vcf', () => Buffer.from('BEGIN:VCARD\r\n'), /contact cards.*CSV/],
    [
      '.fods',
      () => Buffer.from('<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument'),
      /\.fods/,
    ],
    ['.dbf', () => Buffer.from('0377010a01000000410025000000000000', 'hex'), /dBASE.*CSV UTF-8/],
    ['.mdb', () => Buffer.from('\0\u0001\0\0Standard Jet DB\0'), /Access.*CSV/],
    ['.tar', () => Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')]), /\.tar.*unpack/],
    ['.7z', () => Buffer.from('377abcaf271c', 'hex'), /unpack it/],
    ['.gsheet', () => Buffer.from('{"url": "https://docs.google.com/spreadsheets/d/x"}'), /download the sheet as CSV/],
    ['.eml', () => Buffer.from('Return-Path: <a@example.com>\r\n'), /e-mail.*attached/],
    ['.jpg', () => Buffer.from('ffd8ffe0', 'hex'), /picture/],
  ])('%s', async (_what, file, words) => {
    expect(await faultOf(await file())).toMatch(words);
  });

  it.each<[what: string, text: string]>([
    ['"From Number" as a name', `From Number,To Number\n${A},${B}\n`],
    ['ID;Phone as names', `ID;Phone\n1;${A}\n`],
    ['TABLE as a name', `TABLE,Phone\n1,${A}\n`],
  ])('which a list is not that begins alike: %s', async (_what, text) => {
    expect((await read(Buffer.from(text))).entries).toHaveLength(1);
  });
});

describe('Of several sheets', () => {
  const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const column = (...cells: string[]) =>
    cells.map((cell, index) => `<row r="${index + 1}">${text(`A${index + 1}`, cell)}</row>`).join('');
  const sheetsOf = (...sheets: [name: string, rows: string, state?: string][]) => {
    const LINKS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    return zipOf([
      {
        name: '_rels/.rels',
        content: `<Relationships><Relationship Id="r" Type="${LINKS}/officeDocument" Target="/book/Main.xml"/></Relationships>`,
      },
      {
        name: 'book/main.xml',
        content: `<workbook xmlns:r="${LINKS}"><sheets>${sheets
          .map(
            ([name, , state = 'visible'], index) =>
              `<sheet name="${name.replace('&', '&amp;')}" state="${state}" r:id="r${index}"/>`,
          )
          .join('')}</sheets></workbook>`,
      },
      {
        name: 'book/_rels/Main.xml.rels',
        content: `<Relationships>${sheets
          .map(
            (_sheet, index) =>
              `<Relationship Id="r${index}" Type="${LINKS}/worksheet" Target="../sheets/${index}.xml"/>`,
          )
          .join('')}</Relationships>`,
      },
      ...sheets.map(([, rows], index) => ({
        name: `sheets/${index}.xml`,
        content: `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      })),
    ]);
  };

  it('the one with numbers is read, wherever its parts are', async () => {
    const file = await sheetsOf(['Read me', column('Our customers of May.')], ['List', column('phone', A)]);
    expect(await read(file)).toMatchObject({ source: { sheet: 'List' }, entries: [`2 ${A}`] });
  });

  it.each<[what: string, other: string]>([
    ['a column of that name', column('Mobile', '01712345678')],
    ['a number that is dialled from abroad', column(B)],
  ])('two with numbers are refused, and nobody is left out unnoticed: %s', async (_what, other) => {
    const file = await sheetsOf(['May', column('phone', A)], ['June & July', other]);
    expect(await faultOf(file)).toMatch(/several sheets \("May", "June & July"\); choose one with \?sheet=May,/);
    expect((await read(file, { sheet: 'June & July' })).entries).toHaveLength(1);
  });

  it('one with other digits, empty ones and hidden ones are no matter', async () => {
    const others = [
      ['Orders', column('Order', '4155550123')],
      ['Empty', column('phone')],
      ['Hidden', column('phone', B), 'hidden'],
    ] as [string, string, string?][];
    const file = await sheetsOf(...others, ['List', column('phone', A)]);
    expect(await read(file)).toMatchObject({ source: { sheet: 'List' }, entries: [`2 ${A}`] });
    const withoutList = await read(
      await sheetsOf(['Notes', column('Hello.')], ['Hidden', column('phone', B), 'veryHidden']),
    );
    expect(withoutList.source).toMatchObject({ sheet: 'Hidden' });
  });
});

describe('A number that is kept as a number is read as it shows', () => {
  const shown = async (code: string, value: string) => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="${code.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`;
    const rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c r="A2" s="1"><v>${value}</v></c></row>`;
    const { entries } = await read(await workbookOf(rows, [{ name: 'xl/styles.xml', content: styles }]));
    return entries[0]?.slice(2);
  };

  it.each<[code: string, value: string, shows: string]>([
    ['General', '14155550101', '14155550101'],
    ['0', '14155550101', '14155550101'],
    ['"+"0', '14155550101', '+14155550101'],
    ['+0', '14155550101', '+14155550101'],
    ['\\+#', '14155550101', '+14155550101'],
    ['"+1 "(000) 000-0000', '4155550101', '+14155550101'],
    ['00000000000', '1712345678', '01712345678'],
    ['0###', '1712345678', '1712345678'],
    ['"00"0', '447700900101', '00447700900101'],
    ['[Red]"+"0;[Blue]-0', '14155550101', '+14155550101'],
    ['0', '4.4770090010E+11', '447700900100'],
    ['[<=9999999]###-####;(###) ###-####', '4155550101', '4155550101'],
    ['#,##0.00', '1234567', '1234567'],
    ['dd.mm.yyyy', '46027', '46027'],
    ['0 "EUR"', '14155550101', '14155550101'],
    ['"No. "0000', '12', '12'],
    ['+0', '-5', '-5'],
    ['+0', '1.5', '1.5'],
    ['+0', '1e30', '1e30'],
  ])('%s: %s', async (code, value, shows) => {
    expect(await shown(code, value)).toBe(shows);
  });
});
