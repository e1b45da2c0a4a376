import type { Response } from 'express';
import type { Recipient } from '../../store/reading/recipientStore';
import { recipientView, type RecipientView } from '../views/recipientView';
import { streamCsv, type CsvCell } from '../views/csvAnswer';

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
  'text',
] as const satisfies (keyof RecipientView)[];

type Pages = AsyncIterable<readonly Recipient[]>;

/** Writes recipients as CSV, page after page. */
export const streamRecipientsCsv = (res: Response, fileName: string, pages: Pages): Promise<void> =>
  streamCsv(res, fileName, COLUMNS, rowsOf(pages));

async function* rowsOf(pages: Pages): AsyncGenerator<CsvCell[][]> {
  for await (const recipients of pages)
    yield recipients.map((recipient) => {
      const view = recipientView(recipient);
      return COLUMNS.map((column) => view[column] ?? null);
    });
}
