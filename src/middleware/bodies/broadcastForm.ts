import { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { readFormText } from './formText';
import { endedEarly, type TakenIn } from './recipientUpload';
import { broken, fieldsOf, type FieldPart, type Fields } from './uploadFields';

/** A form as it came in; `taken` is null where it has no recipients. */
export type Form = { readonly parts: readonly FieldPart[]; readonly taken: TakenIn | null };

/** Reads the file or field of the recipients, knowing the fields before it. */
export type TakeFile = (source: Readable, kind: 'csv' | 'lines', fields: Fields) => Promise<TakenIn>;

const MOST_FIELDS = 20;
const MOST_FILES = 2;

/**
 * Reads a `multipart/form-data` body as it comes in. A fault that `takeFile` throws ends the reading; one that it returns
 * does not.
 *
 * @throws ServiceError `invalid_request` where the form is broken
 */
export function readForm(req: Request, takeFile: TakeFile): Promise<Form> {
  return new Promise((resolve, reject) => {
    const texts: Promise<FieldPart>[] = [];
    let taken: Promise<TakenIn> | null = null;
    const fail = (error: unknown) => {
      req.unpipe(form);
      reject(error instanceof ServiceError ? error : broken('cannot be read'));
    };
    const take = (source: Readable, kind: 'csv' | 'lines') => {
      if (taken !== null) throw broken('names its recipients twice');
      const before = Promise.all(texts);
      taken = before.then((parts) => takeFile(source, kind, fieldsOf(parts)));
      taken.catch(fail);
    };
    const form = openForm(req);
    const readText = (name: string, part: Readable, transferEncoding: string) => {
      const text = readFormText(part, name, transferEncoding).then((value): FieldPart => [name, value]);
      text.catch(fail);
      if (name !== 'recipients') texts.push(text);
      else attempt(() => take(Readable.from(bytesOf(text)), 'csv'), fail);
    };
    // Every part comes as a file: of a field, busboy hands on no bytes, but what it makes of them.
    form.on('file', (named: string | undefined, file, fileName: string | undefined, encoding, type) => {
      const name = named ?? '';
      // Bytes after a fault have to go somewhere.
      file.on('error', () => undefined);
      if (fileName === undefined && type !== 'application/octet-stream') {
        readText(name, file, encoding);
        return;
      }
      if (name !== 'recipients') {
        file.resume();
        fail(broken('has a file that is not named "recipients"'));
        return;
      }
      const isLines = type === 'application/x-ndjson' || /\.(ndjson|jsonl)$/i.test(fileName ?? '');
      attempt(() => take(file, isLines ? 'lines' : 'csv'), fail);
    });
    form.on('filesLimit', () => fail(broken('has too many fields')));
    form.on('error', fail);
    req.on('aborted', () => fail(endedEarly()));
    form.on('finish', () => {
      const whole = async () => ({ parts: await Promise.all(texts), taken: await taken });
      whole().then(resolve, fail);
    });
    req.pipe(form);
  });
}

function openForm(req: Request): BusboyInstance {
  try {
    const limits = { files: MOST_FIELDS + MOST_FILES, headerPairs: 100 };
    return new Busboy({ headers: req.headers as BusboyHeaders, limits, isPartAFile: () => true });
  } catch {
    throw broken('has no valid boundary in its Content-Type');
  }
}

async function* bytesOf(text: Promise<FieldPart>): AsyncGenerator<Buffer, void, undefined> {
  const [, value] = await text;
  yield Buffer.from(value as string);
}

function attempt(work: () => void, onFailure: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    onFailure(error);
  }
}
