import { ServiceError } from '../errors';
import { isColumnName, isFaxName, isFromName, isOwnName, isPhoneName, isToName, plainName } from './columnNames';
import { isPlaceholder, phoneShapeOf } from './phoneShape';

/** The cells of a record; holes for cells that a workbook does not have. */
export type Row = readonly (string | undefined)[];

export type ColumnWish = {
  /** A name in the header, or a place from 1; null where the file decides. */
  readonly column: string | null;
  /**
   * In a list of texts, "from" is us and "to" is them for a broadcast; who is to be opted out, nobody can know. Of people
   * for a saved list, "to" is the number whatever others there are, as in what such a list is handed out as.
   */
  readonly purpose: 'recipients' | 'people' | 'optOuts';
};

/** Which column of a file holds the numbers. */
export type NumberColumn = {
  readonly column: number;
  /** Null without a header. */
  readonly name: string | null;
  /** Whether the first record is a header, or the first below a title. */
  readonly hasHeader: boolean;
  /** How many records stand above the header that are none: a title, a remark. */
  readonly titles: number;
  /** Which columns have a name: numbers in them are known to be something else. */
  readonly named: readonly boolean[];
  /** The names in the header by column; none without one. */
  readonly names: readonly string[];
};

const SHOWN_NAME = 64;
const MOST_SHOWN = 40;

/**
 * Finds the column by what a caller wishes; else by its name; else by what is in it, judged by the first rows of the file.
 * Rather none than a wrong one: where two may be meant, the caller has to say which.
 *
 * @throws ServiceError `invalid_request` with one fault that shows the columns
 */
export function findNumberColumn(rows: readonly Row[], wish: ColumnWish): NumberColumn {
  const titles = titlesAbove(rows, wish.column);
  const table = new Table(rows.slice(titles), wish);
  return { ...columnOf(table, wish), titles };
}

/**
 * Whether a sheet holds numbers, by its first rows: surely where a column is called so, or wished for, and has something in it,
 * or where a cell has a "+" or 00 before its digits; digits alone may be anything.
 */
export function likelihoodOfNumbers(rows: readonly Row[], wish: ColumnWish): 'surely' | 'maybe' | 'no' {
  const table = new Table(rows.slice(titlesAbove(rows, wish.column)), wish);
  const isNamed = (column: number) =>
    isPhoneName(table.nameOf(column)) ||
    (wish.column !== null && plainName(table.nameOf(column)) === plainName(wish.column));
  const called = table.hasNames || wish.column !== null ? table.columns(isNamed) : [];
  const isDialled = (cell: string | undefined) =>
    cell !== undefined && /^\s?(?:\+|00)/.test(cell) && phoneShapeOf(cell) === 'sure';
  if (called.some((column) => (table.fillings[column]?.filled ?? 0) > 0) || rows.some((row) => row.some(isDialled)))
    return 'surely';
  return table.columns(table.hasNumbers).length > 0 ? 'maybe' : 'no';
}

function columnOf(table: Table, wish: ColumnWish): Omit<NumberColumn, 'titles'> {
  if (wish.column !== null) return table.wished(wish.column);
  return table.chosen(table.hasNames ? (byName(table) ?? byContent(table)) : byContent(table));
}

/** So far down a header is looked for. */
const MOST_TITLES = 20;

/**
 * How many records stand above the names of the columns, as reports have them: "Contacts of March", "# exported by …". Each
 * has one cell at most, and none that may be a number: nobody is passed over.
 */
function titlesAbove(rows: readonly Row[], wished: string | null): number {
  for (const [index, row] of rows.slice(0, MOST_TITLES + 1).entries()) {
    if (namesColumns(row, wished)) return index;
    const filled = row.filter((cell) => cell !== undefined && cell.trim() !== '');
    if (filled.length > 1 || filled.some((cell) => isNumberLike(cell ?? ''))) return 0;
  }
  return 0;
}

const isNumberLike = (cell: string): boolean =>
  isPlaceholder(cell) || phoneShapeOf(cell) !== 'no' || /\d{7}/.test(cell);

/** Two names at least, or one alone: "Mobile" beside an unknown word may say what kind of number somebody has. */
function namesColumns(row: Row, wished: string | null): boolean {
  const filled = row.map((cell) => (cell ?? '').trim()).filter((cell) => cell !== '');
  const isNamed = (cell: string) => isColumnName(cell) || (wished !== null && plainName(cell) === plainName(wished));
  const names = filled.filter(isNamed);
  return names.length >= 2 || (names.length === 1 && filled.length === 1);
}

type Filling = { sure: number; maybe: number; filled: number };

/** The first rows of a file, looked at by column. */
class Table {
  readonly first: Row;
  readonly width: number;
  readonly hasNames: boolean;
  readonly fillings: readonly Filling[];
  readonly #isOneRow: boolean;
  readonly #hasNumberInFirst: boolean;

  constructor(
    rows: readonly Row[],
    readonly wish: ColumnWish,
  ) {
    this.first = rows[0] ?? [];
    this.#isOneRow = rows.length <= 1;
    this.width = rows.reduce((most, row) => Math.max(most, row.length), 0);
    this.#hasNumberInFirst = this.first.some((cell) => cell !== undefined && phoneShapeOf(cell) === 'sure');
    this.hasNames = !this.#hasNumberInFirst && this.first.some((cell) => cell !== undefined && isColumnName(cell));
    const fillings = Array.from({ length: this.width }, (): Filling => ({ sure: 0, maybe: 0, filled: 0 }));
    for (const row of this.hasNames ? rows.slice(1) : rows) row.forEach((cell, column) => fill(fillings[column], cell));
    this.fillings = fillings;
  }

  nameOf(column: number): string {
    return (this.first[column] ?? '').trim();
  }

  columns(fits: (column: number) => boolean): number[] {
    return this.fillings.map((_filling, column) => column).filter(fits);
  }

  hasNumbers = (column: number): boolean =>
    (this.fillings[column]?.sure ?? 0) + (this.fillings[column]?.maybe ?? 0) > 0;

  #named(hasHeader: boolean): Pick<NumberColumn, 'named' | 'names'> {
    const names = Array.from(this.first, (cell) => (hasHeader ? (cell ?? '').trim() : ''));
    return { named: names.map((name) => name !== ''), names: hasHeader ? names : [] };
  }

  /** Unknown words above numbers are a header too; a word for "none", nothing, or digits may be somebody's. */
  #hasHeaderAbove(column: number): boolean {
    if (this.hasNames) return true;
    const cell = this.nameOf(column);
    return !this.#hasNumberInFirst && !this.#isOneRow && !isPlaceholder(cell) && !/\p{Nd}/u.test(cell);
  }

  chosen(column: number): Omit<NumberColumn, 'titles'> {
    const hasHeader = this.#hasHeaderAbove(column);
    const name = this.nameOf(column);
    return { column, name: hasHeader && name !== '' ? shown(name) : null, hasHeader, ...this.#named(hasHeader) };
  }

  /** A place goes first: names are looked for in cells that may be no names. */
  wished(wish: string): Omit<NumberColumn, 'titles'> {
    const place = /^\d{1,5}$/.test(wish) ? Number(wish) : 0;
    if (place >= 1 && place <= this.width) return this.chosen(place - 1);
    const isName = (fits: (name: string) => boolean) =>
      this.#hasNumberInFirst ? [] : this.columns((column) => fits(this.nameOf(column)));
    const exact = isName((name) => name === wish.trim());
    const alike = isName((name) => plainName(wish) !== '' && plainName(name) === plainName(wish));
    const named = exact.length > 0 ? exact : alike;
    if (named.length > 1) throw this.fault(`has more than one column called "${shown(wish)}"; choose by place`, named);
    const [byName] = named;
    if (byName !== undefined)
      return { column: byName, name: shown(this.nameOf(byName)), hasHeader: true, ...this.#named(true) };
    throw this.fault(`has no column "${shown(wish)}"; choose another`, []);
  }

  /** `meant`: the columns between which it cannot be decided. */
  fault(problem: string, meant: readonly number[]): ServiceError {
    const offered = meant[0] ?? 0;
    const name = this.hasNames ? this.nameOf(offered) : '';
    const isNameOfOne = name !== '' && this.columns((column) => this.nameOf(column) === name).length === 1;
    const ways = isNameOfOne
      ? `?column=${encodeURIComponent(shown(name))} or ?column=${offered + 1}`
      : `?column=${offered + 1}`;
    const choose = `with ${ways}, or the field "column" of a form`;
    const all = this.columns(() => true);
    const listed = all.slice(0, MOST_SHOWN).map((column) => this.#label(column));
    const more = all.length > MOST_SHOWN ? `, and ${all.length - MOST_SHOWN} more` : '';
    const msg = `${problem} ${choose}. The columns are: ${listed.join(', ')}${more}`;
    const value = shown(this.first.map((cell) => (cell ?? '').trim()).join(' | '));
    return new ServiceError('invalid_request', `The file ${msg}. Nothing was done.`, {
      errors: [{ path: 'column', msg, value }],
      errorCount: 1,
    });
  }

  labels(columns: readonly number[]): string {
    return columns
      .slice(0, MOST_SHOWN)
      .map((column) => this.#label(column))
      .join(', ');
  }

  /** Never a cell that may be a number: messages have none. */
  #label(column: number): string {
    const name = this.nameOf(column);
    const isName = name !== '' && !this.#hasNumberInFirst && (this.hasNames || !/\p{Nd}/u.test(name));
    return isName ? `${column + 1} "${shown(name)}"` : String(column + 1);
  }
}

function fill(filling: Filling | undefined, cell: string | undefined): void {
  if (filling === undefined || cell === undefined || isPlaceholder(cell)) return;
  filling.filled++;
  const shape = phoneShapeOf(cell);
  if (shape !== 'no') filling[shape]++;
}

/** Null where no name is known. Names of ours, to the letter, go first where there are numbers below them. */
function byName(table: Table): number | null {
  if (table.wish.purpose === 'optOuts') refuseBothEnds(table);
  const named = table.columns((column) => isPhoneName(table.nameOf(column)));
  const own = named.filter((column) => isOwnName(table.nameOf(column)));
  const [to, ...more] = table.wish.purpose === 'people' ? own.filter((column) => table.nameOf(column) === 'to') : [];
  if (to !== undefined && more.length === 0) return to;
  const candidates = own.some(table.hasNumbers) ? own : named;
  if (candidates.length <= 1) return candidates[0] ?? null;
  const [only, ...others] = candidates.filter(table.hasNumbers);
  if (only !== undefined && others.length === 0) return only;
  throw table.fault(
    `has several columns that may hold the numbers (${table.labels(candidates)}); choose one`,
    candidates,
  );
}

/** A log of texts: in it, either end may be ours. */
function refuseBothEnds(table: Table): void {
  const from = table.columns((column) => isFromName(table.nameOf(column)));
  const to = table.columns((column) => isToName(table.nameOf(column)));
  if (from.length === 0 || to.length === 0) return;
  const both = [...from, ...to];
  throw table.fault(`does not say whether people are in ${table.labels(both)}; choose the column`, both);
}

/** The column in which most values are phone numbers. */
function byContent(table: Table): number {
  const isOut = (column: number) =>
    table.hasNames &&
    (isFaxName(table.nameOf(column)) || (table.wish.purpose !== 'optOuts' && isFromName(table.nameOf(column))));
  const open = table.columns((column) => !isOut(column));
  const mostly = open.filter((column) => {
    const { sure = 0, maybe = 0, filled = 0 } = table.fillings[column] ?? {};
    return sure + maybe > 0 && (sure + maybe) * 2 >= filled;
  });
  const surely = mostly.filter((column) => (table.fillings[column]?.sure ?? 0) > 0);
  const found = surely.length > 0 ? surely : mostly.length > 0 ? mostly : open.filter(table.hasNumbers);
  const [only, ...others] = found;
  if (only === undefined) {
    if (table.width <= 1 || open.length === 0) return onlyColumn(table, open);
    throw table.fault('has no column that is called as numbers are or holds mostly phone numbers; choose one', []);
  }
  if (others.length === 0) return only;
  const hint = table.hasNames ? '' : ' (or write one number to a line; with curl, --data-binary keeps the line ends)';
  throw table.fault(`has numbers in several columns (${table.labels(found)})${hint}; choose one`, found);
}

function onlyColumn(table: Table, open: readonly number[]): number {
  if (open.length > 0 || table.width === 0) return 0;
  throw table.fault('has no column for the numbers of people; choose one', []);
}

const shown = (text: string): string => text.slice(0, SHOWN_NAME).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
