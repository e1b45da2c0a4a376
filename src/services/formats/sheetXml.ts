import { shownAs, type NumberFormats } from './numberFormats';
import { readAllTags, readTags, type TagReader } from './xmlTags';

/** The cells of a row that hold something; its number is the line that Excel shows. */
export type SheetRow = { readonly line: number; readonly cells: readonly (string | undefined)[] };

/** Cells further right count as something that is there, no more. */
export const MOST_COLUMNS = 1000;
/** Excel's own limit. */
const MOST_ROWS = 1_048_576;
/** Texts that cells refer to, and how much they come to. */
const MOST_STRINGS = 2_500_000;
const MOST_STRING_UNITS = 250_000_000;

/** The texts of a workbook, to which the cells refer by their place. */
export async function sharedStrings(chunks: AsyncIterable<Buffer>, longestCell: number): Promise<string[]> {
  const strings: string[] = [];
  const text = new TextCollector(longestCell);
  let units = 0;
  const reader: TagReader = {
    onOpen: (name) => {
      if (name === 'si') text.clear();
      else text.open(name);
    },
    onText: (piece) => text.add(piece),
    onClose: (name) => {
      text.close(name);
      if (name !== 'si') return;
      const taken = text.take();
      units += taken.length;
      strings.push(taken);
      if (strings.length > MOST_STRINGS || units > MOST_STRING_UNITS) throw new Error('More texts than a list has.');
    },
  };
  await readAllTags(chunks, reader);
  return strings;
}

/** Text inside of <t>, or <v>; what stands in <rPh> is how it is pronounced. */
class TextCollector {
  readonly #longest: number;
  #text = '';
  #depth = 0;
  #isPhonetic = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  open(name: string): void {
    if (name === 'rPh') this.#isPhonetic = true;
    if (name === 't' || name === 'v') this.#depth++;
  }

  close(name: string): void {
    if (name === 'rPh') this.#isPhonetic = false;
    if (name === 't' || name === 'v') this.#depth--;
  }

  add(piece: string): void {
    if (this.#depth > 0 && !this.#isPhonetic && this.#text.length < this.#longest)
      this.#text += piece.slice(0, this.#longest);
  }

  clear(): void {
    this.#text = '';
  }

  take(): string {
    if (this.#text === '') return '';
    // Put together anew: a piece of a string keeps all of it in memory.
    const text = Buffer.from(this.#text.slice(0, this.#longest)).toString();
    this.#text = '';
    return text;
  }
}

/** What the cells of a sheet refer to. */
export type CellLooks = {
  readonly strings: readonly string[];
  readonly formats: NumberFormats;
  /** Of a text so much is kept. */
  readonly longestCell: number;
};

/** Rows with something in them, as many as were complete after each chunk. */
export async function* sheetRows(
  chunks: AsyncIterable<Buffer>,
  looks: CellLooks,
): AsyncGenerator<SheetRow[], void, undefined> {
  const sheet = new SheetReader(looks);
  for await (const read of readTags(chunks, sheet)) {
    const rows = read.takeRows();
    if (rows.length > 0) yield rows;
  }
}

const MOST_EXACT = 1e15;

class SheetReader implements TagReader {
  readonly #looks: CellLooks;
  readonly #text: TextCollector;
  #rows: SheetRow[] = [];
  #line = 0;
  #column = -1;
  #type = '';
  #style = -1;
  #cells: (string | undefined)[] = [];

  constructor(looks: CellLooks) {
    this.#looks = looks;
    this.#text = new TextCollector(looks.longestCell);
  }

  takeRows(): SheetRow[] {
    return this.#rows.splice(0);
  }

  /** Text as Excel kept it. Whole numbers of at most 15 digits are all there; of longer ones digits are lost. */
  #shown(text: string): string {
    const { strings, formats } = this.#looks;
    if (this.#type === 's') return strings[Number(text)] ?? '';
    const number = Number(text);
    if (this.#type !== 'n' || text === '' || !Number.isInteger(number) || Math.abs(number) >= MOST_EXACT) return text;
    return shownAs(String(number), formats[this.#style]);
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
      this.#style = Number(attributes['s'] ?? -1);
      this.#text.clear();
    } else {
      this.#text.open(name);
    }
  };

  onText = (piece: string): void => this.#text.add(piece);

  onClose = (name: string): void => {
    this.#text.close(name);
    if (name === 'c') {
      const value = this.#shown(this.#text.take());
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
