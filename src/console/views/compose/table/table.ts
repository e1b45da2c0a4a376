import { beginningOf } from './beginning';
import { recordsOf } from './csv';
import { tableOfLines } from './jsonLines';
import { recordsOfWorkbook } from './workbook';

/** Cells that belong together, and the line of the file that they begin in, from 1. */
export type TableRow = { readonly line: number; readonly cells: readonly string[] };

/** The first rows of what was handed over. */
export type Table = { readonly columns: readonly string[]; readonly rows: readonly TableRow[] };

const ROWS = 5;
/** Titles may stand above the names of the columns. */
const RECORDS = ROWS + 10;

/** What a person checks a file by before it goes; null where it has no table. The service reads the file itself. */
export async function headOf(file: File): Promise<Table | null> {
  const name = file.name.replace(/\.gz$/i, '');
  if (/\.xlsx$/i.test(name)) return tableOf(await recordsOfWorkbook(file, RECORDS));
  const text = await beginningOf(file);
  return /\.(ndjson|jsonl)$/i.test(name) ? tableOfLines(text, ROWS) : tableOf(recordsOf(text, RECORDS));
}

function tableOf(records: readonly TableRow[]): Table | null {
  const widest = Math.max(...records.map(widthOf), 0);
  const from = records.findIndex((record) => widthOf(record) > 1 || widest <= 1);
  const [head, ...others] = records.slice(Math.max(from, 0));
  // Without letters the first row is a person already.
  if (head?.cells.some((cell) => /\p{L}{2}/u.test(cell)) !== true) return null;
  return { columns: head.cells, rows: others.slice(0, ROWS) };
}

const widthOf = ({ cells }: TableRow): number => cells.filter((cell) => cell !== '').length;
