import type { Response } from 'express';
import type { Place, Recipient } from '../../store/reading/recipientStore';
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

type PageAfter = (place: Place | null) => Promise<{ items: readonly Recipient[]; next: Place | null }>;

/** Writes all recipients as CSV, page after page. */
export const streamRecipientsCsv = (res: Response, fileName: string, pageAfter: PageAfter): Promise<void> =>
  streamCsv(res, fileName, COLUMNS, rowsOf(pageAfter));

async function* rowsOf(pageAfter: PageAfter): AsyncGenerator<CsvCell[][]> {
  for (let place: Place | null | undefined; place !== null;) {
    const { items, next }: Awaited<ReturnType<PageAfter>> = await pageAfter(place ?? null);
    yield items.map((recipient) => {
      const view = recipientView(recipient);
      return COLUMNS.map((column) => view[column] ?? null);
    });
    place = next;
  }
}
