import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { CheckedRecipients } from '../../domain/numbers/recipientList';
import { onlyUncompressed, takeIn, whileComing, type ReadNumbers } from './recipientUpload';

export type NumberUploadOptions = {
  readonly readCsv: ReadNumbers;
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
};

const MOST_SHOWN = 100;

/**
 * Reads the numbers of a `text/csv` body as it comes in, each once.
 *
 * @throws ServiceError `unsupported_content_type` (415), `invalid_request` where the file is broken, empty or too long
 */
export function numberUpload(options: NumberUploadOptions): (req: Request) => Promise<CheckedRecipients> {
  const { readCsv, readerFor, hashSeed: seed, maxRecipients } = options;
  return async (req) => {
    if (!req.is('text/csv')) {
      throw new ServiceError(
        'unsupported_content_type',
        'Send the file as CSV, with the header "Content-Type: text/csv".',
      );
    }
    onlyUncompressed(req);
    const reader = readerFor(req.query['defaultCountry']);
    const upload = { reader, seed, maxRecipients, maxErrors: MOST_SHOWN, expected: 0 };
    const numbers = await whileComing(req, () => takeIn(req, readCsv, upload));
    if (numbers.submitted === 0) throw new ServiceError('invalid_request', 'The file has no numbers.');
    return numbers;
  };
}
