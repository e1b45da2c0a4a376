import { SAXParser } from 'sax';
import { fileFault } from './fileFault';

export const DAMAGED = 'is a workbook that cannot be read; open and save it again, or save the list as "CSV UTF-8"';

/** What a part of a workbook tells as it is read; names of tags without their prefixes. */
export type TagReader = {
  readonly onOpen?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly onClose?: (name: string) => void;
  readonly onText?: (text: string) => void;
};

/**
 * Reads XML as it comes, yielding after each chunk. Entities that a document declares itself are not known, so that none
 * grows to gigabytes.
 *
 * @throws ServiceError `invalid_request` where it is not well-formed
 */
async function* readTags<R extends TagReader>(chunks: AsyncIterable<Buffer>, reader: R): AsyncGenerator<R> {
  const parser = new SAXParser(true, { trim: false, normalize: false, position: false });
  const decoder = new TextDecoder();
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => reader.onOpen?.(localName(name), attributes as Record<string, string>);
  parser.onclosetag = (name) => reader.onClose?.(localName(name));
  parser.ontext = (text) => reader.onText?.(text);
  parser.oncdata = (text) => reader.onText?.(text);
  const write = (text: string) => {
    try {
      parser.write(text);
    } catch {
      throw fileFault(DAMAGED);
    }
  };
  for await (const chunk of chunks) {
    write(decoder.decode(chunk, { stream: true }));
    yield reader;
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** For parts that are dealt with tag by tag. */
export async function readAllTags(chunks: AsyncIterable<Buffer>, reader: TagReader): Promise<void> {
  const reading = readTags(chunks, reader);
  while ((await reading.next()).done !== true);
}

/** Of an attribute, whatever its prefix. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | null {
  for (const [key, value] of Object.entries(attributes)) if (localName(key) === name) return value;
  return null;
}

/** The cells of a row that hold something; its number is the line that Excel shows. */
export type SheetRow = { readonly line: number; readonly cells: readonly (string | undefined)[] };

/** Cells further right count as something that is there, no more. */
export const MOST_COLUMNS = 1000;
/** Of a text so much is kept: no number is longer, and no more of it is shown. */
const LONGEST_CELL = 100;
/** Excel's own limit. */
const MOST_ROWS = 1_048_576;
/** Texts that cells refer to, 100 bytes each at most. */
const MOST_STRINGS = 2_500_000;

/** The texts of a workbook, to which the cells refer by their place. */
export async function sharedStrings(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const strings: string[] = [];
  const text = new TextCollector();
  const reader: TagReader = {
    onOpen: (name) => {
      if (name === 'si') text.clear();
      else text.open(name);
    },
    onText: (piece) => text.add(piece),
    onClose: (name) => {
      text.close(name);
      if (name === 'si') strings.push(text.take());
      if (strings.length > MOST_STRINGS) throw new Error('More texts than a list has.');
    },
  };
  await readAllTags(chunks, reader);
  return strings;
}

/** Text inside of <t>, or <v>; what stands in <rPh> is how it is pronounced. */
class TextCollector {
  #text = '';
  #depth = 0;
  #isPhonetic = false;

  open(name: string): void {
    if (name === 'rPh') this.#isPhonetic = true;
    if (name === 't' || name === 'v') this.#depth++;
  }

  close(name: string): void {
    if (name === 'rPh') this.#isPhonetic = false;
    if (name === 't' || name === 'v') this.#depth--;
  }

  add(piece: string): void {
    if (this.#depth > 0 && !this.#isPhonetic && this.#text.length < LONGEST_CELL)
      this.#text += piece.slice(0, LONGEST_CELL);
  }

  clear(): void {
    this.#text = '';
  }

  take(): string {
    // Put together anew: a piece of a string keeps all of it in memory.
    const text = Buffer.from(this.#text.slice(0, LONGEST_CELL)).toString();
    this.#text = '';
    return text;
  }
}

/** Rows with something in them, as many as were complete after each chunk. */
export async function* sheetRows(
  chunks: AsyncIterable<Buffer>,
  strings: readonly string[],
): AsyncGenerator<SheetRow[], void, undefined> {
  const sheet = new SheetReader(strings);
  for await (const read of readTags(chunks, sheet)) {
    const rows = read.takeRows();
    if (rows.length > 0) yield rows;
  }
}

class SheetReader implements TagReader {
  readonly #strings: readonly string[];
  readonly #text = new TextCollector();
  #rows: SheetRow[] = [];
  #line = 0;
  #column = -1;
  #type = '';
  #cells: (string | undefined)[] = [];

  constructor(strings: readonly string[]) {
    this.#strings = strings;
  }

  takeRows(): SheetRow[] {
    return this.#rows.splice(0);
  }

  onOpen = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'row') {
      const given = Number(attributes['r'] ?? NaN);
      this.#line = Number.isInteger(given) && given > this.#line ? given : this.#line + 1;
      if (this.#line > MOST_ROWS) throw new Error('More rows than a sheet has.');
      this.#cells = [];
      this.#column = -1;
    } else if (name === 'c') {
      this.#column = columnOf(attributes['r'] ?? '') ?? this.#column + 1;
      this.#type = attributes['t'] ?? 'n';
      this.#text.clear();
    } else {
      this.#text.open(name);
    }
  };

  onText = (piece: string): void => this.#text.add(piece);

  onClose = (name: string): void => {
    this.#text.close(name);
    if (name === 'c') {
      const value = cellText(this.#type, this.#text.take(), this.#strings);
      if (value.trim() !== '') this.#cells[Math.min(this.#column, MOST_COLUMNS)] = value;
    } else if (name === 'row' && this.#cells.length > 0) {
      this.#rows.push({ line: this.#line, cells: this.#cells });
    }
  };
}

/** "AB12" is in the 28th column, 27 from 0. */
function columnOf(reference: string): number | null {
  const [letters = ''] = /^[A-Z]{1,3}(?=\d)/.exec(reference) ?? [];
  if (letters === '') return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

const MOST_EXACT = 1e15;

/** As Excel kept it. Whole numbers of at most 15 digits are all there; of longer ones digits are lost. */
function cellText(type: string, text: string, strings: readonly string[]): string {
  if (type === 's') return strings[Number(text)] ?? '';
  if (type !== 'n') return text;
  const number = Number(text);
  return text !== '' && Number.isInteger(number) && Math.abs(number) < MOST_EXACT ? String(number) : text;
}
