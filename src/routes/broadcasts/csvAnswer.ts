import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';

export type CsvCell = string | number | null;

/**
 * Writes rows as CSV (RFC 4180), some at a time, as fast as the reader takes them: memory stays flat however many there
 * are, and in between others get their turn. The first rows are read before the answer begins.
 */
export async function streamCsv(
  res: Response,
  fileName: string,
  columns: readonly string[],
  batches: AsyncIterator<readonly (readonly CsvCell[])[]>,
): Promise<void> {
  let next = await batches.next();
  res.type('text/csv').attachment(fileName);
  res.write(`${columns.join(',')}\r\n`);
  while (next.done !== true && !res.closed) {
    const lines = next.value.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
    if (lines !== '' && !res.write(lines)) await untilDrained(res);
    // SQLite answers at once, and a reader may be as fast.
    await nextTurn();
    next = await batches.next();
  }
  res.end();
}

function untilDrained(res: Response): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      res.off('drain', goOn).off('close', goOn);
      resolve();
    };
    res.on('drain', goOn).on('close', goOn);
  });
}

/** A leading =, @, + or tab could be run as a formula by a spreadsheet; a leading + before a number is no danger and stays. */
function csvCell(value: CsvCell): string {
  if (value === null) return '';
  const isFormula =
    typeof value === 'string' && (/^\s*[=@\t\r-]/.test(value) || /^\s*\+(?![\d\s().-]{1,40}$)/.test(value));
  const text = isFormula ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
