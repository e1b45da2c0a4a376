import { isPhoneName } from '../../domain/columns/columnNames';
import { phoneShapeOf } from '../../domain/columns/phoneShape';
import type { NumberEntry } from './listSource';

/** So many entries are handed out before others get their turn. */
const AT_ONCE = 5000;
const BETWEEN = /[,;\r\n]+/;

/**
 * Whether a text is a table whose first line names the columns, as when a form's field is filled from a file; otherwise it is
 * numbers, one after the other.
 */
export function isTable(text: string): boolean {
  const [first = '', ...others] = text.trim().split(/\r\n|\r|\n/, 2);
  const cells = first.split(/[,;\t|]/);
  return (
    others.length > 0 && cells.some((cell) => isPhoneName(cell)) && cells.every((cell) => phoneShapeOf(cell) === 'no')
  );
}

/** Numbers between which are commas, semicolons or line ends; no more are handed out at once than others can wait for. */
export function* textEntries(text: string): Generator<readonly NumberEntry[]> {
  const values = (asJsonList(text) ?? text.split(BETWEEN)).map((value) => value.trim());
  const entries = values.filter((value) => value !== '').map((value) => ({ value, line: null }));
  for (let from = 0; from < entries.length; from += AT_ONCE) yield entries.slice(from, from + AT_ONCE);
}

/** An array of texts, as it stands in a JSON body; null where it is none. */
function asJsonList(text: string): string[] | null {
  if (!/^\s*\[/.test(text)) return null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : null;
  } catch {
    return null;
  }
}
