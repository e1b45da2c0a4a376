import { isColumnName } from './columnNames';
import { phoneShapeOf } from './phoneShape';

export type Delimiter = ',' | ';' | '\t' | '|';

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const MOST_LOOKED_AT = 50;

/**
 * What stands between the cells, judged over several records: first by whether the first
 * then names a column that is known, then by how many hold a phone number, then by
 * how many have the same number of cells, then by that number. Excel separates by semicolons where the comma is the decimal
 * sign, and by tabs when asked for text. Delimiters inside quotes do not count.
 */
export function findDelimiter(records: readonly string[]): Delimiter {
  const looked = records.filter((record) => /[^\s,;|"]/.test(record)).slice(0, MOST_LOOKED_AT);
  let best: Delimiter = ',';
  let bestScore = scoreOf(looked, best);
  for (const delimiter of DELIMITERS.slice(1)) {
    const score = scoreOf(looked, delimiter);
    if (isHigher(score, bestScore)) [best, bestScore] = [delimiter, score];
  }
  return best;
}

type Score = readonly [names: number, withNumbers: number, alike: number, cells: number];

function scoreOf(records: readonly string[], delimiter: Delimiter): Score {
  const counts = new Map<number, number>();
  let withNumbers = 0;
  for (const record of records) {
    const cells = bareCells(record, delimiter);
    if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    if (cells.some((cell) => phoneShapeOf(cell) !== 'no')) withNumbers++;
  }
  let [cells, alike] = [1, 0];
  for (const [count, often] of counts)
    if (often > alike || (often === alike && count > cells)) [cells, alike] = [count, often];
  const names = bareCells(records[0] ?? '', delimiter).some((cell) => isColumnName(cell)) ? 1 : 0;
  return [names, withNumbers, alike, cells];
}

const bareCells = (record: string, delimiter: Delimiter): string[] =>
  record.replace(/"([^"]*)"/g, (_quoted, inside: string) => inside.replaceAll(delimiter, ' ')).split(delimiter);

function isHigher(one: Score, other: Score): boolean {
  for (const [index, value] of one.entries()) if (value !== other[index]) return value > (other[index] ?? 0);
  return false;
}

/** Excel's own first line, which names the delimiter and is no row; null for any other. */
export function delimiterLine(record: string): Delimiter | null {
  const [, given = ''] = /^[\s\ufeff]*"?sep=(.)"?[\s,;]*$/i.exec(record) ?? [];
  return DELIMITERS.find((delimiter) => delimiter === given) ?? null;
}
