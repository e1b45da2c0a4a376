import { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { LINE_TYPES } from '../../domain/numbers/listTypes';
import { listFieldsInQuery } from './listFields';
import { endedEarly, type TakenIn } from './recipientUpload';
import { broken, fieldsOf, type FieldPart, type Fields } from './uploadFields';

/** A form as it came in; `taken` is null where it has no recipients. */
export type Form = { readonly parts: readonly FieldPart[]; readonly taken: TakenIn | null };

/** Reads the file or field of the recipients, knowing the fields before it. */
export type TakeFile = (source: Readable, kind: ListKind, fields: Fields) => Promise<TakenIn>;

/** A file with rows, one with JSON on each line, or the text of a field. */
export type ListKind = 'csv' | 'lines' | 'text';

const MOST_FIELDS = 20;
const LONGEST_FIELD = 1024 * 1024;

/**
 * Reads a `multipart/form-data` body as it comes in. A fault that `takeFile` throws ends the reading; one that it returns
 * does not.
 *
 * @throws ServiceError `invalid_request` where the form is broken
 */
export function readForm(req: Request, takeFile: TakeFile): Promise<Form> {
  return new Promise((resolve, reject) => {
    const parts: FieldPart[] = listFieldsInQuery(req);
    let taken: Promise<TakenIn> | null = null;
    const fail = (error: unknown) => {
      req.unpipe(form);
      reject(error instanceof ServiceError ? error : broken('cannot be read'));
    };
    const take = (source: Readable, kind: ListKind) => {
      if (taken !== null) throw broken('names its recipients twice');
      taken = takeFile(source, kind, fieldsOf(parts));
      taken.catch(fail);
    };
    const form = openForm(req);
    form.on('field', (name, value, _nameCut, isCut) => {
      if (isCut) fail(broken('has a field that is too long; send the recipients as a file'));
      else if (name !== 'recipients') parts.push([name, value]);
      else attempt(() => take(Readable.from([Buffer.from(value)]), 'text'), fail);
    });
    form.on('file', (name, file, fileName, _encoding, type) => {
      // Bytes after a fault have to go somewhere.
      file.on('error', () => undefined);
      if (name !== 'recipients') {
        file.resume();
        fail(broken('has a file that is not named "recipients"'));
        return;
      }
      const isLines = LINE_TYPES.includes(type) || /\.(ndjson|jsonl)(\.gz)?$/i.test(fileName);
      attempt(() => take(file, isLines ? 'lines' : 'csv'), fail);
    });
    form.on('fieldsLimit', () => fail(broken('has too many fields')));
    form.on('error', fail);
    req.on('aborted', () => fail(endedEarly()));
    form.on('finish', () => {
      const whole = async () => ({ parts, taken: await taken });
      whole().then(resolve, fail);
    });
    req.pipe(form);
  });
}

function openForm(req: Request): BusboyInstance {
  try {
    const limits = { fields: MOST_FIELDS, fieldSize: LONGEST_FIELD, files: 2, headerPairs: 100 };
    return new Busboy({ headers: req.headers as BusboyHeaders, limits });
  } catch {
    throw broken(
      'has no valid boundary in its Content-Type; leave that header to the program that makes the form, such as curl -F',
    );
  }
}

function attempt(work: () => void, onFailure: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    onFailure(error);
  }
}
