import { NUMBER_NAMES } from '../../domain/columns/columnNames';
import { createEntryReader, numberOf, SEVERAL, type EntryReader } from '../../domain/lists/recipientEntry';
import type { WantedFields } from './fieldColumns';
import { FAULTS, lineFault } from '../formats/fileFault';
import { keysWritten } from './keysWritten';
import type { NumberEntry } from './listSource';
import { cutIntoPieces } from './recordCutter';

const NO_JSON = 'is not JSON; write one number to a line, such as "+14155550100", with the quotes';

const SAID_TWICE = 'has a field twice; which of the two is meant cannot be known';

export type JsonLinesOptions = {
  readonly column: string | null;
  /** Whose values are read beside the number. */
  readonly fields: WantedFields;
  /** Told which keys there are. */
  readonly onNames: (names: readonly string[]) => void;
};

/**
 * Reads the numbers of newline-delimited JSON: on each line a string, or an object with one of the names a CSV header
 * may have, or the one in `column`. Blank lines are passed over. A million take 0.25 s as strings, 0.6 s as objects of two
 * fields.
 *
 * @throws ServiceError `invalid_request` naming the line to mend; entries of lines before it may have been handed out
 */
export async function* readJsonLines(
  slices: AsyncIterable<Buffer>,
  { column, fields, onNames }: JsonLinesOptions,
): AsyncGenerator<NumberEntry[]> {
  const reader = createEntryReader(fields === 'all' ? [] : fields, column);
  for await (const { bytes, records, isUtf8 } of cutIntoPieces(slices, null)) {
    if (!isUtf8) throw lineFault(records[0]?.line ?? 1, FAULTS.charset);
    const entries: NumberEntry[] = [];
    for (const { start, end, line } of records) {
      const text = bytes.toString('utf8', start, end).trim();
      if (text !== '') entries.push(entryInJson(text, line, { column, fields, reader }));
    }
    if (entries.length > 0) yield entries;
    onNames(reader.knownKeys());
  }
}

type LineOptions = Pick<JsonLinesOptions, 'column' | 'fields'> & { readonly reader: EntryReader };

function entryInJson(text: string, line: number, { column, fields, reader }: LineOptions): NumberEntry {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw lineFault(line, NO_JSON);
  }
  const isObject = typeof content === 'object' && content !== null;
  if (isObject && !Array.isArray(content) && keysWritten(text) !== Object.keys(content as object).length)
    throw lineFault(line, SAID_TWICE);
  const value = isObject ? numberOf(content as Readonly<Record<string, unknown>>, column) : content;
  if (value === SEVERAL) throw lineFault(line, 'has several fields that may hold the number; choose one with ?column=');
  if (typeof value !== 'string') {
    const name = column === null ? NUMBER_NAMES.join(', ') : JSON.stringify(column.slice(0, 64));
    throw lineFault(line, `must be a string such as "+14155550100" or an object with one in ${name}`);
  }
  if (isObject && fields === 'all') return { value: value.trim(), line, object: content as object };
  if (!isObject || fields.length === 0 || value === '') return { value: value.trim(), line };
  const { values, problem } = reader.read(content as object);
  if (problem !== null) throw lineFault(line, problem);
  return { value: value.trim(), line, values };
}
