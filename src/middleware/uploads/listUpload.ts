import type { Readable } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { columnsProblem } from '../../domain/audience/listFields';
import { ListIntake, type CheckedPeople } from '../../domain/audience/listIntake';
import { LINE_TYPES, ROW_TYPES } from '../../domain/lists/listTypes';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { NumberSource } from '../../services/files/fileBytes';
import type { FileOptions, FileReading } from '../../services/files/numberFile';
import type { ListSource } from '../../services/files/listSource';
import { readForm, type ListKind } from './broadcastForm';
import {
  charsetOfType,
  isGzipped,
  LIST_FIELDS,
  listFieldsOf,
  refuseEncodedForm,
  withoutListFields,
} from './listFields';
import { whileComing } from './recipientUpload';
import { broken, fieldsOf, type Fields } from './uploadFields';

export type ListUploadOptions = {
  readonly readFile: (source: NumberSource, options: FileOptions) => FileReading;
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
  /** Hands over people that were read and checked. */
  readonly present: (req: Request, people: UploadedPeople) => void;
};

/** People who were read from a file, and what it was. */
export type UploadedPeople = { readonly people: CheckedPeople; readonly source: ListSource | null };

type Upload = {
  readonly source: Readable;
  readonly kind: ListKind;
  readonly fields: Fields;
  readonly isGzip: boolean;
};

const MOST_SHOWN = 100;
/** Of the values of one upload, which are held in memory until they are in order: half of it to a character. */
const MOST_CHARACTERS = 200_000_000;

/**
 * Reads the people of a saved list that come as a file, as `broadcastUpload` reads those of a broadcast. The other fields
 * become the body; any other body is left to others.
 *
 * @throws ServiceError `invalid_request` where the file or form is broken, `unsupported_content_type` where it is compressed
 * otherwise than by gzip, or called an encoded form
 */
export function listUpload(options: ListUploadOptions): RequestHandler {
  async function take(req: Request, { source, kind, fields, isGzip }: Upload): Promise<UploadedPeople> {
    const wish = listFieldsOf(fields);
    const charset = wish.charset ?? (req.is('multipart/form-data') ? null : charsetOfType(req));
    const file = { ...wish, charset, kind, isGzip, purpose: 'people', fields: 'all' } as const;
    const reading = options.readFile(source, file);
    const intake = new ListIntake({
      reader: options.readerFor(fields['defaultCountry']),
      seed: options.hashSeed,
      maxErrors: MOST_SHOWN,
      expected: 0,
    });
    let names: readonly string[] | null = null;
    for await (const entries of reading.entries) {
      names ??= checkedNames(reading);
      for (const { value, line, values = [], object } of entries)
        if (object === undefined) intake.addRow(value, line, names, values);
        else intake.add(object, line, wish.column);
      if (intake.submitted > options.maxRecipients) throw tooMany(options.maxRecipients);
      if (intake.characters > MOST_CHARACTERS) throw tooMuch();
    }
    return { people: intake.result(), source: reading.source() };
  }

  async function readBody(req: Request, kind: ListKind): Promise<void> {
    const fields = fieldsOf(Object.entries(req.query));
    const read = await whileComing(req, () => take(req, { source: req, kind, fields, isGzip: isGzipped(req) }));
    options.present(req, read);
    req.body = withoutListFields(fields);
  }

  async function readFormOf(req: Request): Promise<void> {
    if (isGzipped(req))
      throw new ServiceError('unsupported_content_type', 'Compress the file in the form, not the form.');
    const uploads: UploadedPeople[] = [];
    let early: Fields = {};
    const takeFile = async (source: Readable, kind: ListKind, fields: Fields) => {
      early = fields;
      const read = await take(req, { source, kind, fields, isGzip: false });
      uploads.push(read);
      return { list: { recipients: read.people.checked, source: read.source, names: [] }, fault: null } as const;
    };
    const { parts } = await whileComing(req, () => readForm(req, takeFile));
    const fields = fieldsOf(parts);
    const late = [...LIST_FIELDS, 'defaultCountry'].find(
      (name) => uploads.length > 0 && Object.hasOwn(fields, name) && !Object.hasOwn(early, name),
    );
    if (late !== undefined) throw broken(`says ${late} behind the recipients; put it before them`);
    for (const read of uploads) options.present(req, read);
    req.body = withoutListFields(fields);
  }

  return async (req, _res, next) => {
    refuseEncodedForm(req);
    if (req.is(ROW_TYPES)) await readBody(req, 'csv');
    else if (req.is(LINE_TYPES)) await readBody(req, 'lines');
    else if (req.is('multipart/form-data')) await readFormOf(req);
    next();
  };
}

/** What may stand in the query string beside a body of its kind; of JSON, everything stands in the body. */
export function parametersBeside(req: Request): readonly string[] {
  if (req.is('multipart/form-data')) return LIST_FIELDS;
  return req.is([...ROW_TYPES, ...LINE_TYPES]) ? ['invalidRecipients', 'defaultCountry', ...LIST_FIELDS] : [];
}

/** @throws ServiceError `invalid_request`: one fault, not one for each row */
function checkedNames(reading: FileReading): readonly string[] {
  const names = reading.valueNames();
  const msg = columnsProblem(names);
  if (msg === null) return names;
  throw new ServiceError('invalid_request', `The file ${msg}. Nothing was changed.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });
}

function tooMany(max: number): ServiceError {
  const msg = `must hold at most ${max} people, and holds more`;
  return new ServiceError('invalid_request', `The list ${msg}. Nothing was changed.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });
}

function tooMuch(): ServiceError {
  const msg = `holds more than ${MOST_CHARACTERS} characters in its fields; send it in parts, the later ones by POST`;
  return new ServiceError('invalid_request', `The list ${msg}. Nothing was changed.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });
}
