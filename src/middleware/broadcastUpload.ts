import { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';
import type { NumberCheck } from '../domain/numbers/phoneNumber';
import type { CheckedRecipients } from '../domain/numbers/recipientList';
import { endedEarly, onlyUncompressed, takeIn, whileComing, type ReadNumbers } from './recipientUpload';

export type BroadcastUploadOptions = {
  readonly readCsv: ReadNumbers;
  readonly readLines: ReadNumbers;
  readonly checkNumber: NumberCheck;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
  /** Hands the recipients over to the validation. */
  readonly present: (req: Request, recipients: CheckedRecipients) => void;
};

type Fields = Record<string, unknown>;
type Upload = { readonly fields: Fields; readonly recipients: CheckedRecipients | null };

const MOST_SHOWN = 100;
const MOST_FIELDS = 20;
const LONGEST_FIELD = 1024 * 1024;
/** Bytes of a line with a usual number: about so many are in a file of a certain length, mostly fewer. */
const USUAL_LINE = 13;

/**
 * Reads a broadcast that comes as a file: `text/csv` or `application/x-ndjson` with the other fields in the query string,
 * or `multipart/form-data` with a file or field named `recipients`. Any other body is left to others.
 *
 * @throws ServiceError `invalid_request` where the file or form is broken, `unsupported_content_type` where it is compressed
 */
export function broadcastUpload(options: BroadcastUploadOptions): RequestHandler {
  const { checkNumber: check, hashSeed: seed, maxRecipients } = options;
  const uploadOf = (fields: Fields) => ({
    check,
    seed,
    maxRecipients,
    // Whoever is left out is recorded; whoever makes the request fail is only shown.
    maxErrors: fields['invalidRecipients'] === 'skip' ? Infinity : MOST_SHOWN,
  });

  async function readFile(req: Request, read: ReadNumbers): Promise<Upload> {
    const fields = fieldsOf(Object.entries(req.query));
    if (Object.hasOwn(fields, 'recipients')) throw recipientsInQuery();
    const expected = Math.floor(Number(req.get('content-length') ?? 0) / USUAL_LINE);
    return { fields, recipients: await takeIn(req, read, { ...uploadOf(fields), expected }) };
  }

  function readForm(req: Request): Promise<Upload> {
    return new Promise((resolve, reject) => {
      const parts: [string, unknown][] = [];
      let recipients: Promise<CheckedRecipients> | null = null;
      const take = (source: Readable, read: ReadNumbers) => {
        if (recipients !== null) throw broken('names its recipients twice');
        const expected = Math.floor(Number(req.get('content-length') ?? 0) / USUAL_LINE);
        recipients = takeIn(source, read, { ...uploadOf(fieldsOf(parts)), expected });
        recipients.catch(fail);
      };
      const fail = (error: unknown) => {
        req.unpipe(form);
        reject(error instanceof ServiceError ? error : broken('cannot be read'));
      };
      const form = openForm(req);
      form.on('field', (name, value, _nameCut, isCut) => {
        if (isCut) fail(broken('has a field that is too long; send the recipients as a file'));
        else if (name !== 'recipients') parts.push([name, value]);
        else attempt(() => take(Readable.from([Buffer.from(value)]), options.readCsv), fail);
      });
      form.on('file', (name, file, fileName, _encoding, type) => {
        // Bytes after a fault have to go somewhere.
        file.on('error', () => undefined);
        if (name !== 'recipients') {
          file.resume();
          fail(broken('has a file that is not named "recipients"'));
          return;
        }
        const isLines = type === 'application/x-ndjson' || /\.(ndjson|jsonl)$/i.test(fileName);
        attempt(() => take(file, isLines ? options.readLines : options.readCsv), fail);
      });
      form.on('fieldsLimit', () => fail(broken('has too many fields')));
      form.on('error', fail);
      req.on('aborted', () => fail(endedEarly()));
      form.on('finish', () => {
        const whole = async () => ({ fields: fieldsOf(parts), recipients: await recipients });
        whole().then(refuseLateSkip).then(resolve, fail);
      });
      req.pipe(form);
    });
  }

  const readerOf = (req: Request): (() => Promise<Upload>) | null => {
    if (req.is('text/csv')) return () => readFile(req, options.readCsv);
    if (req.is('application/x-ndjson')) return () => readFile(req, options.readLines);
    return req.is('multipart/form-data') ? () => readForm(req) : null;
  };

  return async (req, _res, next) => {
    const read = readerOf(req);
    if (read === null) {
      next();
      return;
    }
    onlyUncompressed(req);
    const { fields, recipients } = await whileComing(req, read);
    req.body = fields;
    if (recipients !== null) options.present(req, recipients);
    next();
  };
}

/** What texts stand for: a number for seconds, a list for pictures (repeated, or separated by commas). */
function fieldsOf(parts: readonly (readonly [name: string, value: unknown])[]): Fields {
  // A name may be one that every object has.
  const fields = new Map<string, unknown>();
  for (const [name, value] of parts) {
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    const [text = ''] = texts;
    if (name === 'mediaUrls')
      fields.set(name, [...((fields.get(name) as string[] | undefined) ?? []), ...texts.flatMap(listOf)]);
    else if (fields.has(name) || texts.length > 1) throw broken('has a field more than once; give each once');
    else fields.set(name, name === 'expirySeconds' && /^\d{1,9}$/.test(text) ? Number(text) : text);
  }
  return Object.fromEntries(fields);
}

/** People are recorded who are skipped, and only so many are kept of a list that would be refused. */
function refuseLateSkip(upload: Upload): Upload {
  const { fields, recipients } = upload;
  if (
    fields['invalidRecipients'] === 'skip' &&
    recipients !== null &&
    recipients.invalid.length < recipients.invalidCount
  )
    throw broken('says invalidRecipients behind the recipients; put it before them');
  return upload;
}

const listOf = (text: string): string[] => text.split(',').map((address) => address.trim());

function openForm(req: Request): BusboyInstance {
  try {
    const limits = { fields: MOST_FIELDS, fieldSize: LONGEST_FIELD, files: 2, headerPairs: 100 };
    return new Busboy({ headers: req.headers as BusboyHeaders, limits });
  } catch {
    throw broken('has no valid boundary in its Content-Type');
  }
}

function attempt(work: () => void, onFailure: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    onFailure(error);
  }
}

const broken = (what: string): ServiceError =>
  new ServiceError('invalid_request', `The request ${what}. Nothing was sent.`);

const recipientsInQuery = (): ServiceError =>
  new ServiceError('invalid_request', 'The recipients stand in the body, not in the query string. Nothing was sent.');
