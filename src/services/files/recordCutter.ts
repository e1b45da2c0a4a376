import { isUtf8 } from 'node:buffer';
import type { ServiceError } from '../../domain/errors';
import { FAULTS, lineFault } from '../formats/fileFault';

const LONGEST_RECORD = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;
/** What ended a file on CP/M and DOS. */
const CTRL_Z = 0x1a;

/** Where a record, its line break included, is in the bytes of its piece, and the line of the file it starts in. */
export type RecordPlace = { readonly start: number; readonly end: number; readonly line: number };

/** Whole records, one after the other. */
export type Piece = {
  readonly bytes: Buffer;
  readonly records: readonly RecordPlace[];
  /** Otherwise one byte is one character, of a kind that nobody named. */
  readonly isUtf8: boolean;
};

/** `slices`: short ones, as a piece is dealt with in one go. Null for a file without quotes. */
export async function* cutIntoPieces(slices: AsyncIterable<Buffer>, quote: number | null): AsyncGenerator<Piece> {
  const cutter = new RecordCutter(quote);
  for await (const slice of slices) {
    const piece = cutter.cut(slice);
    if (piece !== null) yield piece;
  }
  const last = cutter.end();
  if (last !== null) yield last;
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
    return checkedText(bytes, records);
  }

  /** What is left when the file ends without a line break. */
  end(): Piece | null {
    const tail = Buffer.concat(this.#tail);
    let end = tail.length;
    while (end > 0 && tail[end - 1] === CTRL_Z) end--;
    if (end === 0) return null;
    const piece = checkedText(tail.subarray(0, end), [{ start: 0, end, line: this.#tailLine }]);
    if (this.#isQuoted) throw lineFault(this.#tailLine, FAULTS.quotes);
    return piece;
  }

  #tooLong(slice: Buffer, line: number, isQuoted: boolean): ServiceError {
    const isForeign = [...this.#tail, slice].some((bytes) => bytes.includes(0));
    if (isForeign) return lineFault(line, FAULTS.encoding);
    return lineFault(line, isQuoted ? FAULTS.quotes : FAULTS.length);
  }
}

/** Null is a character of UTF-8 too, but a file with one is no text. A byte order mark is left in: it counts as a blank. */
function checkedText(bytes: Buffer, records: readonly RecordPlace[]): Piece {
  if (!bytes.includes(0)) return { bytes, records, isUtf8: isUtf8(bytes) };
  const first = records.find(({ start, end }) => bytes.subarray(start, end).includes(0));
  throw lineFault(first?.line ?? 1, FAULTS.encoding);
}
