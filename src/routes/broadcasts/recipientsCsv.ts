import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import type { Place, Recipient } from '../../store/reading/recipientStore';
import { recipientView, type RecipientView } from '../views/recipientView';

const COLUMNS = [
  'recipient',
  'status',
  'messageUuid',
  'errorCode',
  'errorReason',
  'units',
  'cost',
  'batch',
  'updatedAt',
  'notBefore',
  'optedOutAt',
] as const satisfies (keyof RecipientView)[];

/**
 * Writes all recipients as CSV (RFC 4180), page after page, as fast as the reader takes them: memory stays flat however
 * many there are, and between two pages others get their turn.
 */
export async function streamRecipientsCsv(
  res: Response,
  fileName: string,
  pageAfter: (place: Place | null) => Promise<{ items: readonly Recipient[]; next: Place | null }>,
): Promise<void> {
  let page = await pageAfter(null);
  res.type('text/csv').attachment(fileName);
  res.write(`${COLUMNS.join(',')}\r\n`);
  for (;;) {
    const lines = page.items.map((recipient) => csvLine(recipientView(recipient))).join('');
    if (lines !== '' && !res.write(lines)) await untilDrained(res);
    if (page.next === null || res.closed) break;
    // SQLite answers at once, and a reader may be as fast.
    await nextTurn();
    page = await pageAfter(page.next);
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

const csvLine = (view: RecipientView) => `${COLUMNS.map((column) => csvField(view[column])).join(',')}\r\n`;

/** A leading =, @ or tab could be run as a formula by a spreadsheet; a leading + is every number's and stays. */
function csvField(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=@\t\r-]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
