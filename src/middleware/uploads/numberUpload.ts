import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { ROW_TYPES } from '../../domain/lists/listTypes';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { FileOptions, FileReading } from '../../services/files/numberFile';
import type { NumberSource } from '../../services/files/fileBytes';
import { charsetOfType, isGzipped, listFieldsOf, refuseEncodedForm } from './listFields';
import type { ReadList } from '../bodies/fields/readLists';
import { takeIn, whileComing } from './recipientUpload';

export type NumberUploadOptions = {
  readonly readFile: (source: NumberSource, options: FileOptions) => FileReading;
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
};

const MOST_SHOWN = 100;

/**
 * Reads the numbers of a file with people who are to be opted out as it comes in, each once.
 *
 * @throws ServiceError `unsupported_content_type` (415), `invalid_request` where the file is broken, empty or too long
 */
export function numberUpload(options: NumberUploadOptions): (req: Request) => Promise<ReadList> {
  const { readFile, readerFor, hashSeed: seed, maxRecipients } = options;
  return async (req) => {
    refuseEncodedForm(req);
    if (!req.is(ROW_TYPES)) {
      throw new ServiceError(
        'unsupported_content_type',
        'Send the file as CSV, with the header "Content-Type: text/csv".',
      );
    }
    const fields = listFieldsOf(req.query);
    const charset = fields.charset ?? charsetOfType(req);
    const file = { ...fields, charset, kind: 'csv', purpose: 'optOuts', isGzip: isGzipped(req) } as const;
    const reader = readerFor(req.query['defaultCountry']);
    const upload = { reader, seed, maxRecipients, maxErrors: MOST_SHOWN, expected: 0 };
    const list = await whileComing(req, () => takeIn(readFile(req, file), upload));
    if (list.recipients.submitted === 0) throw new ServiceError('invalid_request', 'The file has no numbers.');
    return list;
  };
}
