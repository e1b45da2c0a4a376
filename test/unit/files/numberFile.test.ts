import { Readable } from 'node:stream';
import fc from 'fast-check';
import { ServiceError } from '../../../src/domain/errors';
import type { NumberSource } from '../../../src/services/files/fileBytes';
import type { NumberEntry } from '../../../src/services/files/listSource';
import { readNumberFile, type FileOptions } from '../../../src/services/files/numberFile';

const AS_IT_IS: FileOptions = {
  kind: 'csv',
  purpose: 'recipients',
  column: null,
  charset: null,
  sheet: null,
  isGzip: false,
};

const readNumbersFromCsv = (source: NumberSource) =>
  readNumberFile(source, AS_IT_IS).entries as AsyncGenerator<readonly NumberEntry[], void>;
const readNumbersFromLines = (source: NumberSource) => readNumberFile(source, { ...AS_IT_IS, kind: 'lines' }).entries;

type Reader = (source: NumberSource) => AsyncIterable<readonly NumberEntry[]>;

/** As `line value`. */
async function listed(reader: Reader, source: Buffer | string | readonly (Buffer | string)[]): Promise<string[]> {
  const entries: NumberEntry[] = [];
  const chunks = Array.isArray(source) ? source : [source];
  for await (const read of reader(Readable.from(chunks))) entries.push(...read);
  return entries.map(({ line, value }) => `${line} ${value}`);
}

const fromCsv = (source: Parameters<typeof listed>[1]) => listed(readNumbersFromCsv, source);
const inFirstColumn = (source: NumberSource) => readNumberFile(source, { ...AS_IT_IS, column: '1' }).entries;
const fromLines = (source: Parameters<typeof listed>[1]) => listed(readNumbersFromLines, source);

async function faultOf(reading: Promise<unknown>): Promise<ServiceError> {
  const fault: unknown = await reading.catch((error: unknown) => error);
  if (!(fault instanceof ServiceError)) throw new Error('It was read without a fault.', { cause: fault });
  return fault;
}

const FILES: readonly (readonly [name: string, text: string, entries: string[]])[] = [
  ['nothing', '', []],
  ['a byte order mark and nothing else', '\ufeff', []],
  ['blank lines only', '\n \r\n\t\n', []],
  ['a header and nothing else', 'phone\n', []],
  ['numbers alone', '+1\n+2\n', ['1 +1', '2 +2']],
  ['no line break at the end', '+1\n+2', ['1 +1', '2 +2']],
  ['CRLF', '+1\r\n+2\r\n', ['1 +1', '2 +2']],
  ['CR', '+1\r+2\r', ['1 +1', '2 +2']],
  ['line breaks of all kinds', '+1\r\n+2\r+3\n\r+5\n\n+7', ['1 +1', '2 +2', '3 +3', '5 +5', '7 +7']],
  ['a byte order mark before a header', '\ufeffphone\n+1\n', ['2 +1']],
  ['a byte order mark before a number', '\ufeff+1\n', ['1 +1']],
  ['a byte order mark before a quote', '\ufeff"phone"\n"+1"\n', ['2 +1']],
  ['byte order marks of files joined together', '\ufeffphone\n+1\n\ufeff+2\n\ufeff"+3"\n', ['2 +1', '3 +2', '4 +3']],
  ['a header with an unknown name', 'Mobile\n+1\n', ['2 +1']],
  ['a header with the number second', 'Name,Phone\nJane,+1\nJoe,+2\n', ['2 +1', '3 +2']],
  ['a header of unknown names: the first column', 'Mobile,Name\n+1,Jane\n', ['2 +1']],
  ['no header: the column with numbers', 'Jane,+1,Leeds\nJoe,+2,York\n', ['1 +1', '2 +2']],
  ['a word for "none" in the first line, which is no header', 'n/a\n+1\n+2\n', ['1 n/a', '2 +1', '3 +2']],
  ['what Excel writes above the table', 'sep=;\nName;Mobile\nDoe, Jane;+1\n', ['3 +1']],
  ['vertical bars', 'Name|Phone\nJane|+1\n', ['2 +1']],
  ['decimal commas between semicolons', 'Betrag;Handy\n1,50;+1\n2,30;+2\n', ['2 +1', '3 +2']],
  ['a sum below the table', 'phone,name\n+1,x\nTotal: 1,\n', ['2 +1', '3 Total: 1']],
  ['the end mark of old systems', 'phone\n+1\n\u001a', ['2 +1']],
  ['the end mark of old systems behind a number', '+1\n+2\u001a', ['1 +1', '2 +2']],
  ['a faulty number in the first line, which is told of like others', '0171 x\n+1\n', ['1 0171 x', '2 +1']],
  ['a title above the header', 'Contacts,\n,\nname,phone\nx,+1\n', ['4 +1']],
  ['a header after empty rows', '\n,,\n"",\nphone,name\n+1,x\n', ['5 +1']],
  ['a header asked of the first record only', '+1\nphone\n', ['1 +1', '2 phone']],
  ['semicolons', 'Name;Phone\nDoe, Jane;+1\n', ['2 +1']],
  ['tabs', 'Name\tPhone\nDoe, Jane\t+1\n', ['2 +1']],
  ['tabs before the number', 'Name\tPhone\n\t+1\n \t"+2"\n', ['2 +1', '3 +2']],
  ['semicolons around quoted commas', '"Doe, Jane";"Phone"\n"a,b";"+1"\n', ['2 +1']],
  ['rows of differing length', 'name,phone\nJane\nJoe,+1,x,y\n', ['2 ', '3 +1']],
  ['blank lines and rows without a number', 'phone,name\n\n  \n,Jane\n" ",Joe\n+1,x\n,\n', ['4 ', '5 ', '6 +1']],
  ['blanks around values', ' phone , name\n +1 ,x\n\t+2\u00a0\n " +3 " ,x\n', ['2 +1', '3 +2', '4 +3']],
  ['quotes', '"+1","x"\n"+2",y\n+3,"z"\n', ['1 +1', '2 +2', '3 +3']],
  ['formulas that keep text text', 'name,phone,note\n="007",="+1","a,=""x"",b"\n="b",="+2",=""\n', ['2 +1', '3 +2']],
  ['doubled quotes', 'name,phone\n"the ""boss""",+1\n', ['2 +1']],
  ['doubled quotes in the value', '"1""2"\n', ['1 1"2']],
  ['a comma inside quotes', 'name,phone\n"Doe, Jane",+1\n', ['2 +1']],
  ['a line break inside quotes', 'phone,note\n+1,"a\nb"\n+2,c\n', ['2 +1', '4 +2']],
  ['CRLF inside quotes', 'phone,note\r\n+1,"a\r\n\r\nb"\r\n+2,c\r\n', ['2 +1', '5 +2']],
  ['CR inside quotes', 'phone,note\r+1,"a\rb"\r+2,c\r', ['2 +1', '4 +2']],
  ['a line break in the value', '"+1\n2"\n+3\n', ['1 +1\n2', '3 +3']],
  ['other languages', 'имя,phone\nЖанна 😀,+1\n"Žofie",+2\n', ['2 +1', '3 +2']],
  ['a value in another language', '١٢٣\n', ['1 ١٢٣']],
];

describe('The numbers of a CSV file', () => {
  test.each(FILES)('%s', async (_case, text, entries) => {
    expect(await fromCsv(text)).toEqual(entries);
  });

  test.each(FILES)('arriving byte by byte: %s', async (_case, text, entries) => {
    expect(await fromCsv(cutAt(Buffer.from(text), everywhere))).toEqual(entries);
  });

  test('may stand in a file many times as long as what is read at once', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => (n % 1000 === 0 ? `"Doe, ""J""\r\n",+${n}` : `Jane,+${n}`));
    const expected = rows.map((_row, n) => `${n + 2 + Math.ceil(n / 1000)} +${n}`);
    expect(await fromCsv(`name,phone\r\n${rows.join('\r\n')}`)).toEqual(expected);
  });
});

describe('A broken CSV file is refused, with the line to mend', () => {
  test.each([
    ['a quote left open at the end', '+1\n+2\n"+3\n', 3, 'unclosed quote'],
    ['a quote and nothing else', '\n"\n', 2, 'unclosed quote'],
    ['a quote left open and closed by the next one', '+1\n"+2\n"+3"\n+4\n', 2, 'unclosed quote'],
    ['a quote left open in a long file', `+1\n"+2\n${'+3\n'.repeat(50_000)}`, 2, 'unclosed quote'],
    ['quotes in the middle of a field', '+1,x\n+2,say "Hi"\n+3,x\n', 2, 'stray'],
    ['text after a closing quote', '+1,x\n+2,"Hi" you\n', 2, 'stray'],
    ['a broken record after line breaks in quotes', '+1,"\r\n\r\n"\r\n+2,x\r\n+3,"a"b\r\n', 5, 'stray'],
    ['a broken header', 'phone,"na"me\n+1,x\n', 1, 'stray'],
    ['a line longer than 64 kB', `+1\n${'1'.repeat(70_000)}\n`, 2, 'longer than 64 kB'],
    ['a line longer than 64 kB at the end', `+1\n+2\n${'1'.repeat(70_000)}`, 3, 'longer than 64 kB'],
    ['a field longer than 64 kB', `+1\n+2,"${'\n'.repeat(70_000)}"\n`, 2, 'quote'],
  ])('%s', async (_case, text, line, words) => {
    const fault = await faultOf(fromCsv(text));
    expect(fault.code).toBe('invalid_request');
    expect(fault.message).toMatch(new RegExp(`^Line ${line} of the file .*${words}`));
    expect(fault.details.errors).toEqual([{ path: `line ${line}`, msg: expect.stringContaining(words) }]);
    expect(await faultOf(fromCsv(cutAt(Buffer.from(text), everyHundredth)))).toEqual(fault);
  });

  test.each([
    ['another charset in the numbers', Buffer.from('phone,name\n+1\u00a0415,José\n', 'latin1'), 2, 'windows-1252'],
    ['a file of null characters', Buffer.alloc(100_000), 1, 'CSV UTF-8'],
  ])('%s', async (_case, bytes, line, words) => {
    const fault = await faultOf(fromCsv(bytes));
    expect(fault.details.errors).toEqual([{ path: `line ${line}`, msg: expect.stringContaining(words) }]);
  });

  test('without telling what is in it', async () => {
    const fault = await faultOf(fromCsv('+14155550100,secret "plan"\n'));
    expect(JSON.stringify([fault, fault.message, fault.cause])).not.toMatch(/14155550100|secret|plan/);
  });
});

const LINES: readonly (readonly [name: string, text: string, entries: string[]])[] = [
  ['nothing', '', []],
  ['strings', '"+1"\n"+2"\n', ['1 +1', '2 +2']],
  ['no line break at the end', '"+1"\n"+2"', ['1 +1', '2 +2']],
  ['CRLF', '"+1"\r\n"+2"\r\n', ['1 +1', '2 +2']],
  ['a byte order mark', '\ufeff"+1"\n', ['1 +1']],
  ['blank lines', '\n"+1"\n  \r\n\n"+2"\n', ['2 +1', '5 +2']],
  ['blanks around values', ' " +1\\t" \n', ['1 +1']],
  ['objects', '{"recipient":"+1"}\n{"number":"+2"}\n{"phone":"+3"}\n{"to":"+4"}', ['1 +1', '2 +2', '3 +3', '4 +4']],
  ['objects with other fields', '{"name":"Zoë","phone":"+1","tags":[{}]}\n', ['1 +1']],
  ['several names: "to" before all others', '{"number":"+2","recipient":"+1","to":"+4"}\n', ['1 +4']],
  ['several other names: the first in order', '{"phone":"+3","number":"+2","recipient":"+1"}\n', ['1 +1']],
  ['a name set to null is absent', '{"recipient":null,"phone":"+3"}\n', ['1 +3']],
  ['an empty string, which the check of numbers will refuse', '""\n', ['1 ']],
  ['escapes', '"\\u002b1"\n', ['1 +1']],
];

describe('The numbers of newline-delimited JSON', () => {
  test.each(LINES)('%s', async (_case, text, entries) => {
    expect(await fromLines(text)).toEqual(entries);
    expect(await fromLines(cutAt(Buffer.from(text), everywhere))).toEqual(entries);
  });

  test.each([
    ['no JSON', '"+1"\n+2\n', 2, 'not JSON'],
    ['a string over two lines', '"+1\n2"\n', 1, 'not JSON'],
    ['a line cut short', '"+1"\n\n{"phone":"+2"', 3, 'not JSON'],
    ['a number without quotes', '14155550100\n', 1, 'must be a string'],
    ['null', 'null\n', 1, 'must be a string'],
    ['a list', '["+1"]\n', 1, 'must be a string'],
    ['an object without a known name', '{"City":"+1"}\n', 1, 'recipient, number, phone, to'],
    ['an object with something else than a string', '{"phone":14155550100}\n', 1, 'must be a string'],
    ['a list nested thousands deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}\n`, 1, 'must be a string'],
    ['a line longer than 64 kB', `"+1"\n"${'1'.repeat(70_000)}"\n`, 2, 'longer than 64 kB'],
  ])('are refused with the line to mend: %s', async (_case, text, line, words) => {
    const fault = await faultOf(fromLines(text));
    expect(fault.code).toBe('invalid_request');
    expect(fault.details.errors).toEqual([{ path: `line ${line}`, msg: expect.stringContaining(words) }]);
    expect(await faultOf(fromLines(cutAt(Buffer.from(text), everyHundredth)))).toEqual(fault);
  });
});

/** Where one chunk ends and the next begins is up to the network. */
function cutAt(bytes: Buffer, places: (length: number) => number[]): Buffer[] {
  const cuts = [0, ...places(bytes.length), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const everywhere = (length: number) => Array.from({ length }, (_, at) => at);
const everyHundredth = (length: number) => Array.from({ length: Math.floor(length / 100) }, (_, n) => n * 100);

/** Of few characters, so that those with a meaning meet often. */
const textOf = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), maxLength });

test('However a file is cut into chunks, what is read of it is the same', async () => {
  const file = textOf('+12,;"\r\n\ta é😀\ufeff', 60);
  const outcome = (reading: Promise<string[]>) => reading.catch((error: unknown) => (error as ServiceError).message);
  await fc.assert(
    fc.asyncProperty(file, fc.array(fc.nat(80)), async (content, at) => {
      const bytes = Buffer.from(content);
      const places = () => at.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b);
      expect(await outcome(fromCsv(cutAt(bytes, places)))).toEqual(await outcome(fromCsv(bytes)));
      expect(await outcome(fromLines(cutAt(bytes, places)))).toEqual(await outcome(fromLines(bytes)));
    }),
    { numRuns: 250 },
  );
});

test('Whatever is in a file without quotes, it is read as csv-parse would read it', async () => {
  const file = textOf('+12,;\t\r\n a\u00a0é', 60).map((text) => `+1${text}`);
  await fc.assert(
    fc.asyncProperty(file, async (plain) => {
      const quotedToo = await listed(inFirstColumn, `${plain}\n"+9"\n`);
      expect(await listed(inFirstColumn, plain)).toEqual(quotedToo.slice(0, -1));
    }),
    { numRuns: 250 },
  );
});

test('Whatever was written into the cells of a file is read again, with its line', async () => {
  const cell = fc.record({
    value: textOf('+12,"\r\n aé', 8),
    isQuoted: fc.boolean(),
    pad: fc.constantFrom('', ' ', '\t'),
  });
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
  const written = ({ value, isQuoted, pad }: { value: string; isQuoted: boolean; pad: string }) =>
    isQuoted || /[",\r\n]/.test(value) ? `${pad}"${value.replaceAll('"', '""')}"${pad}` : `${pad}${value}${pad}`;

  await fc.assert(
    fc.asyncProperty(rows, fc.nat(3), fc.constantFrom('\n', '\r\n', '\r'), async (table, column, lineBreak) => {
      const header = Array.from({ length: 4 }, (_, index) => (index === column ? 'Phone' : 'x')).join(',');
      let content = header;
      const expected: string[] = [];
      for (const row of table) {
        content += lineBreak;
        const line = content.split(/\r\n|\r|\n/).length;
        const value = row[column]?.value.trim() ?? '';
        const isBlank = row.every(({ value: text }) => /^[\s,"]*$/.test(text));
        if (value !== '' || !isBlank) expected.push(`${line} ${value}`);
        content += row.map(written).join(',');
      }
      expect(await fromCsv(content)).toEqual(expected);
    }),
    { numRuns: 250 },
  );
});

describe('A file of any size', () => {
  async function* endless(pulled: { chunks: number }) {
    for (;;) {
      pulled.chunks++;
      yield Promise.resolve(Buffer.from('+14155550100\n'.repeat(100)));
    }
  }

  test('is read no faster than its entries are taken', async () => {
    const pulled = { chunks: 0 };
    const reading = readNumbersFromCsv(endless(pulled))[Symbol.asyncIterator]();
    await reading.next();
    await reading.next();
    // The layout is judged by the first 300 lines.
    expect(pulled.chunks).toBe(3);
    await reading.return();
  });

  test('lets others have their turn though it arrives in one piece', async () => {
    let turns = 0;
    const others = setInterval(() => turns++, 0);
    await fromCsv('+14155550100\n'.repeat(300_000));
    clearInterval(others);
    expect(turns).toBeGreaterThan(10);
  });

  test('stays open when it turns out to be broken, as a request has to be answered', async () => {
    const source = new Readable({ read: () => undefined });
    source.push(`+1\n"a"b\n${'+2\n'.repeat(500)}`);
    const reading = readNumbersFromCsv(source);
    await faultOf(reading.next());
    expect(source.destroyed).toBe(false);
    source.destroy();
  });

  test('that breaks off is told of with the cause, not as if it were complete', async () => {
    const source = new Readable({ read: () => undefined });
    source.push('+1\n'.repeat(500));
    const reading = readNumbersFromCsv(source);
    expect((await reading.next()).value).toHaveLength(500);
    source.destroy(new Error('aborted'));
    await expect(reading.next()).rejects.toThrow('aborted');
  });
});
