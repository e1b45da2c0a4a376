import { findNumberColumn, type ColumnWish, type NumberColumn } from '../../domain/columns/numberColumn';
import { phoneShapeOf } from '../../domain/columns/phoneShape';
import type { FieldPlaces } from '../../domain/lists/fieldNames';
import { LONGEST_VALUE } from '../../domain/audience/listFields';
import { FAULTS, fileFault, lineFault } from '../formats/fileFault';
import type { SheetRow } from '../formats/sheetXml';
import { openWorkbook } from '../formats/workbookParts';
import { fieldColumnsOf, valuesIn, type WantedFields } from './fieldColumns';
import type { ListSource, NumberEntry } from './listSource';
import { chosenSheet, SAMPLE_ROWS } from './sheetChoice';

export type WorkbookOptions = ColumnWish & {
  readonly sheet: string | null;
  /** Whose values are read beside the number. */
  readonly fields: WantedFields;
  /** Told once, before the first entry. */
  readonly onLayout: (layout: Pick<ListSource, 'column' | 'sheet'> & Named) => void;
};

type Named = { readonly names: readonly string[]; readonly fieldColumns: FieldPlaces };

/** A zip file is read from its end, so it is held in memory. A list of a million takes 10 to 25 MB. */
const LARGEST_FILE = 48 * 1024 ** 2;
/** No number is longer, and no more of it is shown. */
const LONGEST_NUMBER = 100;

/**
 * Reads the numbers of a workbook (.xlsx) from one of its sheets: text as Excel kept it, whole numbers as it shows them.
 * Nothing but the file and its texts is held in memory.
 *
 * @throws ServiceError `invalid_request` where it is no workbook, or broken, or its sheet or column is not clear
 */
export async function* readWorkbook(
  slices: AsyncIterable<Buffer>,
  options: WorkbookOptions,
): AsyncGenerator<NumberEntry[]> {
  const longest = options.fields.length > 0 ? LONGEST_VALUE + 1 : LONGEST_NUMBER;
  const book = await openWorkbook(await wholeOf(slices), longest);
  try {
    const sheet = await chosenSheet(book, options);
    if (sheet !== null) yield* entriesOf(book.rows(sheet), sheet.name, options);
  } finally {
    book.close();
  }
}

async function wholeOf(slices: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const slice of slices) {
    bytes += slice.length;
    if (bytes > LARGEST_FILE) throw fileFault('is a workbook of more than 48 MB; save the list alone, as "CSV UTF-8"');
    pieces.push(slice);
  }
  return Buffer.concat(pieces);
}

async function* entriesOf(
  batches: AsyncGenerator<SheetRow[], void, undefined>,
  sheet: string,
  options: WorkbookOptions,
): AsyncGenerator<NumberEntry[]> {
  const sample: SheetRow[] = [];
  while (sample.length < SAMPLE_ROWS) {
    const next = await batches.next();
    if (next.done === true) break;
    sample.push(...next.value);
  }
  if (sample.length === 0) return;
  const layout = findNumberColumn(
    sample.slice(0, SAMPLE_ROWS).map(({ cells }) => cells),
    options,
  );
  const { names } = layout;
  const fields = fieldColumnsOf(layout, options.fields);
  options.onLayout({ column: layout.name ?? String(layout.column + 1), sheet, names, fieldColumns: fields });
  const reading = { ...layout, isWatched: options.column === null, fields };
  yield numbersIn(sample.slice(layout.titles + (layout.hasHeader ? 1 : 0)), reading);
  for await (const rows of batches) yield numbersIn(rows, reading);
}

type SheetReading = NumberColumn & { readonly isWatched: boolean; readonly fields: FieldPlaces };

function numbersIn(rows: readonly SheetRow[], { column, named, isWatched, fields }: SheetReading): NumberEntry[] {
  return rows.map(({ line, cells }) => {
    if (isWatched)
      cells.forEach((cell, at) => {
        if (at !== column && named[at] !== true && cell !== undefined && phoneShapeOf(cell) === 'sure')
          throw lineFault(line, FAULTS.several, cell);
      });
    const value = (cells[column] ?? '').trim();
    return fields.length === 0 ? { value, line } : { value, line, values: valuesIn(cells, fields) };
  });
}
