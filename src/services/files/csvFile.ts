import { CsvError, parse } from 'csv-parse/sync';
import { delimiterLine, findDelimiter } from '../../domain/columns/delimiter';
import { findNumberColumn, type ColumnWish, type NumberColumn } from '../../domain/columns/numberColumn';
import { phoneShapeOf } from '../../domain/columns/phoneShape';
import type { FieldPlaces } from '../../domain/lists/fieldNames';
import { fieldColumnsOf, valuesIn, type WantedFields } from './fieldColumns';
import { FAULTS, fileFault, lineFault } from '../formats/fileFault';
import type { FieldValues } from '../../domain/lists/recipientList';
import type { NumberEntry } from './listSource';
import { cutIntoPieces, type Piece } from './recordCutter';

const QUOTE = 0x22;

/** The layout is judged by so many records, or so many bytes of them. */
const SAMPLE_RECORDS = 300;
const SAMPLE_BYTES = 64 * 1024;

export type Layout = NumberColumn & {
  readonly delimiter: string;
  /** Cells may hold a number beside the chosen one, in a column that nobody named. */
  readonly isWatched: boolean;
  /** The columns whose values are read beside the number; empty where none are. */
  readonly fieldColumns: FieldPlaces;
};

export type CsvOptions = ColumnWish & {
  /** Whose values are read beside the number. */
  readonly fields: WantedFields;
  /** Told once, before the first entry. */
  readonly onLayout: (layout: Layout) => void;
  /** A cell of a column in use is not UTF-8, though plain enough to be read: told for each piece. */
  readonly onForeign: () => void;
};

/**
 * Reads the numbers of a CSV file: what is in their column, row by row, empty cells too where the row has others. Nothing
 * is read ahead of the one who takes the entries, but for the rows that the layout is judged by.
 *
 * A million numbers take 0.15 to 0.2 s in one column (13 MB), 0.4 to 0.6 s as the second of five (78 MB) and 0.7 to
 * 0.9 s in quotes (35 MB), with 15 to 45 MB of memory above what Node itself takes. csv-parse alone, as a stream, took
 * 1.7, 2.9 and 2.0 s; entries one at a time instead of by the thousand add 0.1 s (Node 20, two busy cores).
 *
 * @throws ServiceError `invalid_request` naming the line or columns; entries of lines before may have been handed out
 */
export async function* readCsv(slices: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<NumberEntry[]> {
  const pieces = cutIntoPieces(slices, QUOTE);
  const sample = await takeSample(pieces);
  if (sample.length === 0) return;
  const layout = readLayout(sample, options);
  dropAbove(sample, layout);
  options.onLayout(layout);
  async function* all() {
    yield* sample;
    yield* pieces;
  }
  for await (const piece of all()) {
    if (!piece.isUtf8) options.onForeign();
    const entries = piece.bytes.includes(QUOTE) ? quotedEntries(piece, layout) : plainEntries(piece, layout);
    if (entries.length > 0) yield entries;
  }
}

/** The first pieces, without what stands above the table: empty rows, which may hold delimiters, and Excel's own line. */
async function takeSample(pieces: AsyncGenerator<Piece>): Promise<Piece[]> {
  const sample: Piece[] = [];
  let [records, bytes] = [0, 0];
  let isBegun = false;
  while (records < SAMPLE_RECORDS && bytes < SAMPLE_BYTES) {
    const next = await pieces.next();
    if (next.done === true) break;
    const piece = isBegun ? next.value : withoutLeadingBlanks(next.value);
    if (piece.records.length === 0) continue;
    isBegun = true;
    sample.push(piece);
    records += piece.records.length;
    bytes += piece.bytes.length;
  }
  return sample;
}

function withoutLeadingBlanks(piece: Piece): Piece {
  const first = piece.records.findIndex((place) => !isBlank(textOf(piece, place)));
  return { ...piece, records: first === -1 ? [] : piece.records.slice(first) };
}

type Place = Piece['records'][number];

// eslint-disable-next-line no-control-regex -- Ctrl-Z is what ended files once.
const isBlank = (record: string): boolean => !/[^\s,;|"\u001a\ufeff]/.test(record);

const textOf = ({ bytes, isUtf8 }: Piece, { start, end }: Place): string =>
  isUtf8 ? bytes.toString('utf8', start, end) : WINDOWS.decode(bytes.subarray(start, end));

/** What most files are that are not UTF-8; in names of columns, a wrong guess does no harm. */
const WINDOWS = new TextDecoder('windows-1252');

function readLayout(sample: Piece[], wish: CsvOptions): Layout {
  const said = takeDelimiterLine(sample);
  const places = sample.flatMap((piece) => piece.records.map((place) => ({ piece, place }))).slice(0, SAMPLE_RECORDS);
  const texts = places.map(({ piece, place }) => textOf(piece, place));
  const delimiter = said ?? findDelimiter(texts);
  const [only = ''] = texts;
  if (texts.length === 1) refuseJoined(only, delimiter, endsLine(places[0]));
  const looked = firstOf(sample, SAMPLE_RECORDS);
  const rows = looked.flatMap((piece) => parseRecords(piece, delimiter)).filter((cells) => !isBlank(cells.join('')));
  const column = findNumberColumn(rows, wish);
  const fieldColumns = fieldColumnsOf(column, wish.fields);
  return { ...column, delimiter, isWatched: wish.column === null, fieldColumns };
}

const endsLine = (found: { piece: Piece; place: Place } | undefined): boolean =>
  found !== undefined && /[\r\n]$/.test(textOf(found.piece, found.place));

function takeDelimiterLine(sample: Piece[]): string | null {
  const [piece] = sample;
  const [place] = piece?.records ?? [];
  if (piece === undefined || place === undefined) return null;
  const said = delimiterLine(textOf(piece, place));
  if (said !== null) dropFirstRecord(sample);
  return said;
}

function dropFirstRecord(sample: Piece[]): void {
  const at = sample.findIndex(({ records }) => records.length > 0);
  const piece = sample[at];
  if (piece !== undefined) sample[at] = { ...piece, records: piece.records.slice(1) };
}

/** The header, and what stands above it; wholly empty records between do not count. */
function dropAbove(sample: Piece[], { hasHeader, titles }: NumberColumn): void {
  for (let left = titles + (hasHeader ? 1 : 0); left > 0;) {
    const piece = sample.find(({ records }) => records.length > 0);
    const [place] = piece?.records ?? [];
    if (piece === undefined || place === undefined) return;
    if (!isBlank(textOf(piece, place))) left--;
    dropFirstRecord(sample);
  }
}

/** At most so many records of the pieces. */
function firstOf(pieces: readonly Piece[], most: number): Piece[] {
  let left = most;
  return pieces.flatMap((piece) => {
    const records = piece.records.slice(0, left);
    left -= records.length;
    const end = records.at(-1)?.end ?? 0;
    return records.length === 0 ? [] : [{ ...piece, bytes: piece.bytes.subarray(0, end), records }];
  });
}

/** Line ends that were lost on the way leave one line, in which numbers run into each other or into names. */
function refuseJoined(line: string, delimiter: string, hasEnd: boolean): void {
  const joined = (cell: string) => JOINED.test(cell) || (!hasEnd && RUN_INTO_WORDS.test(cell));
  if (line.split(delimiter).some((cell) => joined(cell.slice(0, 200)))) throw fileFault(FAULTS.joined);
}

const JOINED = /\d\s*\+\d{7}|[\p{L}"]\+\d{7}|^\D{0,20}\d{20}/u;
/** "Ann,+14155550101Bob,…": with a line end behind it, it may be the number of a customer. */
const RUN_INTO_WORDS = /\d(?:[\s()./-]{0,2}\d){6,20}"{0,2}\p{L}|\p{L}"{0,2}\d(?:[\s()./-]{0,2}\d){6}/u;

/** Without quotes, a cell is what lies between two delimiters. */
function plainEntries(piece: Piece, layout: Layout): NumberEntry[] {
  const { bytes, records } = piece;
  const { column, delimiter, isWatched } = layout;
  const entries: NumberEntry[] = [];
  const separator = delimiter.charCodeAt(0);
  for (const place of records) {
    const { start, end, line } = place;
    let from = start;
    let passed = 0;
    for (; passed < column && from < end; from++) if (bytes[from] === separator) passed++;
    let to = from;
    while (to < end && bytes[to] !== separator) to++;
    const value = piece.isUtf8 ? bytes.toString('utf8', from, to).trim() : plainValue(piece, from, to, line);
    if (isWatched && (column > 0 || bytes[to] === separator) && mayHoldOthers(piece, place, separator, layout))
      refuseSeveral(textOf(piece, place).split(delimiter), layout, line);
    const isThere = value !== '' || !isBlank(textOf(piece, place));
    if (isThere) entries.push({ value, line, ...plainValues(piece, place, layout) });
  }
  return entries;
}

function plainValues(piece: Piece, place: Place, { delimiter, fieldColumns }: Layout): Pick<NumberEntry, 'values'> {
  if (fieldColumns.length === 0) return NO_VALUES;
  return knownValues(piece, valuesIn(textOf(piece, place).split(delimiter), fieldColumns), place.line);
}

const NO_VALUES = {};

/** Of a column in use, all bytes must be known. */
function knownValues({ isUtf8 }: Piece, values: FieldValues, line: number): Pick<NumberEntry, 'values'> {
  // eslint-disable-next-line no-control-regex
  if (!isUtf8 && values.some((value) => value !== null && /[^\u0000-\u007f]/.test(value)))
    throw lineFault(line, FAULTS.charset);
  return { values };
}

const PLUS = 0x2b;
const BRACKET = 0x28;
const [ZERO, NINE] = [0x30, 0x39];
const BLANK = 0x20;

/** Whether a cell of a column without a name begins as numbers do: what most rows are not, seen without making a string. */
function mayHoldOthers({ bytes }: Piece, { start, end }: Place, separator: number, layout: Layout): boolean {
  const { column, named } = layout;
  let cell = 0;
  let isAtStart = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === separator) {
      cell++;
      isAtStart = true;
    } else if (isAtStart && byte !== BLANK) {
      isAtStart = false;
      const isNumberLike = byte === PLUS || byte === BRACKET || (byte >= ZERO && byte <= NINE);
      if (isNumberLike && cell !== column && named[cell] !== true) return true;
    }
  }
  return false;
}

/** Of a column in use, all bytes must be known. */
function plainValue({ bytes }: Piece, from: number, to: number, line: number): string {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) > 0x7f) throw lineFault(line, FAULTS.charset);
  return bytes.toString('latin1', from, to).trim();
}

function quotedEntries(piece: Piece, layout: Layout): NumberEntry[] {
  const rows = parseRecords(piece, layout.delimiter);
  const entries: NumberEntry[] = [];
  for (const [index, { line }] of piece.records.entries()) {
    const row = rows[index] ?? [];
    const value = row[layout.column]?.trim() ?? '';
    // eslint-disable-next-line no-control-regex
    if (!piece.isUtf8 && /[^\u0000-\u007f]/.test(value)) throw lineFault(line, FAULTS.charset);
    if (layout.isWatched) refuseSeveral(row, layout, line);
    if (value === '' && isBlank(row.join(''))) continue;
    const { fieldColumns } = layout;
    const values = fieldColumns.length === 0 ? NO_VALUES : knownValues(piece, valuesIn(row, fieldColumns), line);
    entries.push({ value, line, ...values });
  }
  return entries;
}

/** Whoever stands there would be passed over without a word. */
function refuseSeveral(row: readonly string[], { column, named }: NumberColumn, line: number): void {
  for (let at = 0; at < row.length; at++) {
    const cell = row[at] ?? '';
    if (at === column || cell.length < 7 || named[at] === true) continue;
    if (phoneShapeOf(cell) === 'sure') throw lineFault(line, FAULTS.several, row.join(' | ').trim());
  }
}

/** `="0171 234"` is what programs write so that Excel keeps a cell as text: the quotes are the cell's. */
function withoutFormulas(text: Buffer | string, delimiter: string): Buffer | string {
  if (!text.includes('="')) return text;
  const end = `[\\r\\n\\${delimiter}]`;
  const cell = new RegExp(`(^|${end})=("[^"\\r\\n]{0,200}")(?=${end}|$)`, 'g');
  return text.toString().replace(cell, '$1$2');
}

/**
 * The cells of each record, blank ones included, so that the n-th is the n-th of the piece: of csv-parse's own line
 * numbers, those after a CRLF inside quotes are wrong. Its messages quote the file and are not passed on.
 */
function parseRecords({ bytes, records, isUtf8 }: Piece, delimiter: string): string[][] {
  const from = bytes.subarray(records[0]?.start ?? bytes.length);
  try {
    return parse(withoutFormulas(isUtf8 ? from : WINDOWS.decode(from), delimiter), {
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
