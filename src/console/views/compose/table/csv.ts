import type { TableRow } from './table';

const DELIMITERS = [',', ';', '\t', '|'];
/** What Excel writes above a table to say how to read it. */
const SAID = /^sep=(.)\s*$/i;

/** The first records that hold something. A line break in quotes ends none, but counts as a line. */
export function recordsOf(text: string, most: number): TableRow[] {
  const raw = cut(text);
  const said = SAID.exec(raw[0]?.text ?? '')?.[1];
  const records = said === undefined ? raw : raw.slice(1);
  const delimiter = said ?? delimiterOf(records[0]?.text ?? '');
  return records.slice(0, most).map(({ line, text: record }) => ({ line, cells: cellsOf(record, delimiter) }));
}

/** Where quotes are even, a line break ends a record. */
function cut(text: string): { line: number; text: string }[] {
  const records: { line: number; text: string }[] = [];
  let [open, from] = ['', 1];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (open === '') from = index + 1;
    open += open === '' ? line : `\n${line}`;
    if (count(open, '"') % 2 === 1) continue;
    if (/[^\s,;|"]/.test(open)) records.push({ line: from, text: open });
    open = '';
  }
  return open === '' ? records : [...records, { line: from, text: open }];
}

const delimiterOf = (first: string): string =>
  DELIMITERS.reduce((best, one) => (count(first, one) > count(first, best) ? one : best));

const count = (text: string, character: string): number => text.split(character).length - 1;

function cellsOf(record: string, delimiter: string): string[] {
  const cells: string[] = [];
  const characters = Array.from(record);
  let [cell, isQuoted] = ['', false];
  for (const [place, character] of characters.entries()) {
    if (character === '"') {
      isQuoted = !isQuoted;
      // A doubled one stands for itself.
      if (isQuoted && characters[place - 1] === '"' && cell !== '') cell += character;
    } else if (character === delimiter && !isQuoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}
