import type { Readable } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { CheckedRecipients } from '../../domain/numbers/recipientList';
import { readForm } from './broadcastForm';
import { onlyUncompressed, takeIn, takeInHashed, whileComing, type ReadNumbers, type TakenIn } from './recipientUpload';
import { FileHash } from './submittedHash';
import { noteSubmitted } from './submittedRequest';
import { broken, fieldsOf, type FieldPart, type Fields } from './uploadFields';

export type BroadcastUploadOptions = {
  readonly readCsv: ReadNumbers;
  readonly readLines: ReadNumbers;
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
  /** Hands the recipients over to the validation. */
  readonly present: (req: Request, recipients: CheckedRecipients) => void;
  /** Whether what is submitted has to be known again. */
  readonly isNoted: (req: Request) => boolean;
};

type Upload = {
  readonly parts: readonly FieldPart[];
  readonly taken: TakenIn | null;
  /** The country by which numbers were read. */
  readonly readBy: unknown;
};

const MOST_SHOWN = 100;
/** Bytes of a line with a usual number: about so many are in a file of a certain length, mostly fewer. */
const USUAL_LINE = 13;

/**
 * Reads a broadcast that comes as a file: `text/csv` or `application/x-ndjson` with the other fields in the query string,
 * or `multipart/form-data` with a file or field named `recipients`. Any other body is left to others. Where the request is
 * noted, a file with a fault is read to its end, and the fault is noted with it instead of thrown.
 *
 * @throws ServiceError `invalid_request` where the file or form is broken, `unsupported_content_type` where it is compressed
 */
export function broadcastUpload(options: BroadcastUploadOptions): RequestHandler {
  const reads = { csv: options.readCsv, lines: options.readLines };

  async function takeFile(
    req: Request,
    source: Readable,
    kind: 'csv' | 'lines',
    fields: Fields,
    hash: FileHash | null,
  ): Promise<TakenIn> {
    const intake = {
      reader: options.readerFor(fields['defaultCountry']),
      seed: options.hashSeed,
      maxRecipients: options.maxRecipients,
      // Whoever is left out is recorded; whoever makes the request fail is only shown.
      maxErrors: fields['invalidRecipients'] === 'skip' ? Infinity : MOST_SHOWN,
      expected: Math.floor(Number(req.get('content-length') ?? 0) / USUAL_LINE),
    };
    if (hash !== null) return await takeInHashed(source, reads[kind], intake, hash);
    return { recipients: await takeIn(source, reads[kind], intake), fault: null };
  }

  const readerOf = (req: Request, hash: FileHash | null): (() => Promise<Upload>) | null => {
    if (req.is('text/csv')) return () => readFile(req, 'csv', hash);
    if (req.is('application/x-ndjson')) return () => readFile(req, 'lines', hash);
    if (!req.is('multipart/form-data')) return null;
    return () => readParts(req, hash);
  };

  async function readFile(req: Request, kind: 'csv' | 'lines', hash: FileHash | null): Promise<Upload> {
    const parts = Object.entries(req.query);
    const fields = fieldsOf(parts);
    if (Object.hasOwn(fields, 'recipients')) throw recipientsInQuery();
    return { parts, taken: await takeFile(req, req, kind, fields, hash), readBy: fields['defaultCountry'] };
  }

  async function readParts(req: Request, hash: FileHash | null): Promise<Upload> {
    let readBy: unknown;
    const form = await readForm(req, (source, kind, fields) => {
      readBy = fields['defaultCountry'];
      return takeFile(req, source, kind, fields, hash);
    });
    return { ...form, readBy };
  }

  return async (req, _res, next) => {
    const hash = options.isNoted(req) ? new FileHash() : null;
    const read = readerOf(req, hash);
    if (read === null) {
      next();
      return;
    }
    onlyUncompressed(req);
    const { parts, taken, readBy } = await whileComing(req, read);
    const fields = fieldsOf(parts);
    refuseLateSkip(fields, taken);
    if (taken !== null && fields['defaultCountry'] !== readBy)
      throw broken('says defaultCountry behind the recipients; put it before them');
    req.body = fields;
    if (hash !== null)
      noteSubmitted(req, { submittedHash: hash.digest(parts), fault: taken === null ? null : taken.fault });
    if (taken?.recipients) options.present(req, taken.recipients);
    next();
  };
}

/** People are recorded who are skipped, and only so many are kept of a list that would be refused. */
function refuseLateSkip(fields: Fields, taken: TakenIn | null): void {
  const recipients = taken === null ? null : taken.recipients;
  if (
    fields['invalidRecipients'] === 'skip' &&
    recipients !== null &&
    recipients.invalid.length < recipients.invalidCount
  )
    throw broken('says invalidRecipients behind the recipients; put it before them');
}

const recipientsInQuery = (): ServiceError =>
  new ServiceError('invalid_request', 'The recipients stand in the body, not in the query string. Nothing was sent.');
