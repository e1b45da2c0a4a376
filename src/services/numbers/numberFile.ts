import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { ServiceError } from '../../domain/errors';
import { findDelimiter, findNumberColumn, NUMBER_NAMES, type NumberColumn } from '../../domain/numbers/numberColumn';

/** What a file has where a number belongs, unchecked, and the line its record starts in, from 1 with the header. */
export type NumberEntry = { readonly value: string; readonly line: number };

/**
 * Bytes of a file, or its text. A `Readable` is not destroyed when reading ends early, as it may be a request that is
 * still to be answered; close it or `resume()` it.
 */
export type NumberSource = AsyncIterable<Buffer | string>;

const LONGEST_RECORD = 64 * 1024;

/**
 * What is read between two turns of the event loop: 0.2 ms of plain lines, 0.4 ms of quoted cells, at worst (a record
 * for each byte, and csv-parse needed) 10 to 28 ms. Four times as much saved no time that could be measured.
 */
const SLICE_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

const FAULTS = {
  encoding: 'is not UTF-8 text; save the file as "CSV UTF-8" (a workbook such as .xlsx cannot be read)',
  length: 'is longer than 64 kB; end each record with a line break',
  quotes: 'has a stray or unclosed quote ("); close each quoted field with one, and double those inside of it',
  json: 'is not JSON; write one number to a line, such as "+14155550100", with the quotes',
  shape: `must be a string such as "+14155550100" or an object with one in ${NUMBER_NAMES.join(', ')}`,
} as const;

/**
 * Reads the numbers of a CSV file: of the column its header calls `recipient`, `number`, `phone` or `to`, otherwise of
 * the first. Records without anything there are passed over. Nothing is read ahead of the one who takes the entries.
 *
 * A million numbers take 0.15 to 0.2 s in one column (13 MB), 0.4 to 0.5 s as the second of five (78 MB) and 0.7 to
 * 0.9 s in quotes (35 MB), with 15 to 45 MB of memory above what Node itself takes. csv-parse alone, as a stream, took
 * 1.7, 2.9 and 2.0 s; entries one at a time instead of by the thousand add 0.1 s (Node 20, two busy cores).
 *
 * @throws ServiceError `invalid_request` naming the line to mend; entries of lines before it may have been handed out
 */
export async function* readNumbersFromCsv(source: NumberSource): AsyncGenerator<NumberEntry[], void, undefined> {
  let layout: Layout | null = null;
  for await (let piece of cutIntoPieces(source, QUOTE)) {
    if (layout === null) {
      piece = withoutLeadingBlanks(piece);
      layout = readLayout(piece);
      if (layout?.hasHeader) piece = { ...piece, records: piece.records.slice(1) };
    }
    if (layout === null) continue;
    const entries = piece.bytes.includes(QUOTE) ? quotedEntries(piece, layout) : plainEntries(piece, layout);
    if (entries.length > 0) yield entries;
  }
}

/**
 * Reads the numbers of newline-delimited JSON: on each line a string, or an object with one of the names a CSV header
 * may have. Blank lines are passed over. A million take 0.25 s as strings, 0.6 s as objects of two fields.
 *
 * @throws ServiceError `invalid_request` naming the line to mend; entries of lines before it may have been handed out
 */
export async function* readNumbersFromLines(source: NumberSource): AsyncGenerator<NumberEntry[], void, undefined> {
  for await (const { bytes, records } of cutIntoPieces(source, null)) {
    const entries: NumberEntry[] = [];
    for (const { start, end, line } of records) {
      const text = bytes.toString('utf8', start, end).trim();
      if (text !== '') entries.push({ value: numberInJson(text, line), line });
    }
    if (entries.length > 0) yield entries;
  }
}

/** Where a record, its line break included, is in the bytes of its piece, and the line of the file it starts in. */
type RecordPlace = { readonly start: number; readonly end: number; readonly line: number };

/** Whole records, one after the other. */
type Piece = { readonly bytes: Buffer; readonly records: readonly RecordPlace[] };

async function* cutIntoPieces(source: NumberSource, quote: number | null): AsyncGenerator<Piece, void, undefined> {
  const cutter = new RecordCutter(quote);
  for await (const slice of slicesOf(source)) {
    const piece = cutter.cut(slice);
    if (piece !== null) yield piece;
  }
  const last = cutter.end();
  if (last !== null) yield last;
}

/** Others get their turn after each slice even when the source hands out a whole file at once. */
async function* slicesOf(source: NumberSource): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
  for await (const chunk of chunks as NumberSource) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      if (at > 0) await setImmediate();
      yield bytes.subarray(at, at + SLICE_BYTES);
    }
  }
}

/**
 * Cuts a file after the line breaks (LF, CRLF or CR) that are not inside quotes. To know them it is enough to count the
 * quotes: a doubled one opens again what it closed. So each piece can be read by itself, and only those with a quote in
 * them need csv-parse.
 */
class RecordCutter {
  readonly #quote: number | null;
  #tail: Buffer[] = [];
  #tailLength = 0;
  #tailLine = 1;
  #line = 1;
  #isQuoted = false;
  #isAfterCr = false;

  constructor(quote: number | null) {
    this.#quote = quote;
  }

  /** The records that end in this slice; the first may have begun in an earlier one. */
  cut(slice: Buffer): Piece | null {
    const records: RecordPlace[] = [];
    const offset = this.#tailLength;
    let start = -offset;
    let startLine = this.#tailLine;
    let line = this.#line;
    let isQuoted = this.#isQuoted;
    let isAfterCr = this.#isAfterCr;

    for (let at = 0; at < slice.length; at++) {
      const byte = slice[at];
      if (byte === LF && !isAfterCr) line++;
      if (!isQuoted && (byte === LF || isAfterCr)) {
        const end = byte === LF ? at + 1 : at;
        records.push({ start: start + offset, end: end + offset, line: startLine });
        start = end;
        startLine = line;
      }
      isAfterCr = byte === CR;
      if (isAfterCr) line++;
      if (byte === this.#quote) isQuoted = !isQuoted;
      if (at - start >= LONGEST_RECORD) throw this.#tooLong(slice, startLine, isQuoted);
    }

    this.#line = line;
    this.#isQuoted = isQuoted;
    this.#isAfterCr = isAfterCr;
    if (records.length === 0) {
      this.#tail.push(slice);
      this.#tailLength += slice.length;
      return null;
    }
    const bytes = Buffer.concat([...this.#tail, slice.subarray(0, start)]);
    this.#tail = [slice.subarray(start)];
    this.#tailLength = slice.length - start;
    this.#tailLine = startLine;
    return checkedText({ bytes, records });
  }

  /** What is left when the file ends without a line break. */
  end(): Piece | null {
    if (this.#tailLength === 0) return null;
    const records = [{ start: 0, end: this.#tailLength, line: this.#tailLine }];
    const piece = checkedText({ bytes: Buffer.concat(this.#tail), records });
    if (this.#isQuoted) throw lineFault(this.#tailLine, FAULTS.quotes);
    return piece;
  }

  #tooLong(slice: Buffer, line: number, isQuoted: boolean): ServiceError {
    const isForeign = [...this.#tail, slice].some((bytes) => bytes.includes(0));
    if (isForeign) return lineFault(line, FAULTS.encoding);
    return lineFault(line, isQuoted ? FAULTS.quotes : FAULTS.length);
  }
}

/** Null is a character of UTF-8 too, but a file with one is UTF-16 or a workbook. */
const isText = (bytes: Buffer) => isUtf8(bytes) && !bytes.includes(0);

/** A byte order mark is left in: it counts as a blank, and blanks around values are taken off. */
function checkedText(piece: Piece): Piece {
  if (isText(piece.bytes)) return piece;
  const first = piece.records.find(({ start, end }) => !isText(piece.bytes.subarray(start, end)));
  throw lineFault(first?.line ?? 1, FAULTS.encoding);
}

type Layout = NumberColumn & { readonly delimiter: string };

/** A spreadsheet may begin with empty rows, which may still hold their delimiters. */
function withoutLeadingBlanks({ bytes, records }: Piece): Piece {
  const first = records.findIndex(({ start, end }) => /[^\s,;"]/.test(bytes.toString('utf8', start, end)));
  return { bytes, records: first === -1 ? [] : records.slice(first) };
}

function readLayout({ bytes, records }: Piece): Layout | null {
  const [first] = records;
  if (first === undefined) return null;
  const delimiter = findDelimiter(bytes.toString('utf8', first.start, first.end));
  const [cells = []] = parseRecords({ bytes: bytes.subarray(0, first.end), records: [first] }, delimiter);
  return { ...findNumberColumn(cells), delimiter };
}

/** Without quotes, a cell is what lies between two delimiters. */
function plainEntries({ bytes, records }: Piece, { column, delimiter }: Layout): NumberEntry[] {
  const entries: NumberEntry[] = [];
  const separator = delimiter.charCodeAt(0);
  for (const { start, end, line } of records) {
    let from = start;
    for (let passed = 0; passed < column && from < end; from++) if (bytes[from] === separator) passed++;
    let to = from;
    while (to < end && bytes[to] !== separator) to++;
    const value = bytes.toString('utf8', from, to).trim();
    if (value !== '') entries.push({ value, line });
  }
  return entries;
}

function quotedEntries(piece: Piece, { column, delimiter }: Layout): NumberEntry[] {
  const rows = parseRecords(piece, delimiter);
  const entries: NumberEntry[] = [];
  for (const [index, { line }] of piece.records.entries()) {
    const value = rows[index]?.[column]?.trim() ?? '';
    if (value !== '') entries.push({ value, line });
  }
  return entries;
}

/**
 * The cells of each record, blank ones included, so that the n-th is the n-th of the piece: of csv-parse's own line
 * numbers, those after a CRLF inside quotes are wrong. Its messages quote the file and are not passed on.
 */
function parseRecords({ bytes, records }: Piece, delimiter: string): string[][] {
  try {
    return parse(bytes.subarray(records[0]?.start ?? bytes.length), {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw lineFault(records[Number(error['records'])]?.line ?? 1, FAULTS.quotes);
  }
}

function numberInJson(text: string, line: number): string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw lineFault(line, FAULTS.json);
  }
  const value = typeof content === 'object' && content !== null ? namedNumber(content) : content;
  if (typeof value !== 'string') throw lineFault(line, FAULTS.shape);
  return value.trim();
}

function namedNumber(object: Partial<Record<string, unknown>>): unknown {
  const name = NUMBER_NAMES.find((known) => object[known] !== undefined && object[known] !== null);
  return name === undefined ? undefined : object[name];
}

const lineFault = (line: number, msg: string) =>
  new ServiceError('invalid_request', `Line ${line} of the file ${msg}.`, {
    errors: [{ path: `line ${line}`, msg }],
    errorCount: 1,
  });
