import type { Response } from 'express';
import { isFormula } from '../../domain/columns/csvFormula';
import { streamText } from './streamedAnswer';

export type CsvCell = string | number | null;

/** Writes rows as CSV (RFC 4180), some at a time, as fast as the reader takes them. */
export async function streamCsv(
  res: Response,
  fileName: string,
  columns: readonly string[],
  batches: AsyncIterator<readonly (readonly CsvCell[])[]>,
): Promise<void> {
  await streamText(res, { type: 'text/csv', fileName, head: lineOf(columns) }, async () => {
    const next = await batches.next();
    return next.done === true ? null : next.value.map(lineOf).join('');
  });
}

const lineOf = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: CsvCell): string {
  if (value === null) return '';
  const text = typeof value === 'string' && isFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
