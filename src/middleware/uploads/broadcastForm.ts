import { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { LINE_TYPES } from '../../domain/lists/listTypes';
import { readFormText } from './formText';
import { listFieldsInQuery } from './listFields';
import { endedEarly, type TakenIn } from './recipientUpload';
import { broken, fieldsOf, type FieldPart, type Fields } from './uploadFields';

/** A form as it came in; `taken` is null where it has no recipients. */
export type Form = { readonly parts: readonly FieldPart[]; readonly taken: TakenIn | null };

/** Reads the file or field of the recipients, knowing the fields before it. */
export type TakeFile = (source: Readable, kind: ListKind, fields: Fields) => Promise<TakenIn>;

/** A file with rows, one with JSON on each line, or the text of a field. */
export type ListKind = 'csv' | 'lines' | 'text';

const UNREADABLE =
  'is no form with the boundary that its Content-Type names, or ends too early; leave that header to the program that makes ' +
  'the form, such as curl -F';

const MOST_FIELDS = 20;
const MOST_FILES = 2;
const MOST_BYTES_AFTER = 65_536;

/**
 * Reads a `multipart/form-data` body as it comes in. A fault that `takeFile` throws ends the reading; one that it returns
 * does not.
 *
 * @throws ServiceError `invalid_request` where the form is broken
 */
export function readForm(req: Request, takeFile: TakeFile): Promise<Form> {
  return new Promise((resolve, reject) => {
    const texts = listFieldsInQuery(req).map((part) => Promise.resolve(part));
    let taken: Promise<TakenIn> | null = null;
    const fail = (error: unknown) => {
      req.unpipe(form);
      reject(error instanceof ServiceError ? error : broken(UNREADABLE));
    };
    const take = (source: Readable, kind: ListKind) => {
      if (taken !== null)
        throw broken('has the field "recipients" more than once; give it once, with commas between the numbers');
      const before = Promise.all(texts);
      taken = before.then((parts) => takeFile(source, kind, fieldsOf(parts)));
      taken.catch(fail);
    };
    const form = openForm(req);
    const readText = (name: string, part: Readable, transferEncoding: string) => {
      const text = readFormText(part, name, transferEncoding).then((value): FieldPart => [name, value]);
      text.catch(fail);
      if (name !== 'recipients') texts.push(text);
      else attempt(() => take(Readable.from(bytesOf(text)), 'text'), fail);
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
      const isLines = LINE_TYPES.includes(type) || /\.(ndjson|jsonl)(\.gz)?$/i.test(fileName ?? '');
      attempt(() => take(file, isLines ? 'lines' : 'csv'), fail);
    });
    form.on('filesLimit', () => fail(broken('has too many fields')));
    form.on('error', fail);
    req.on('aborted', () => fail(endedEarly()));
    form.on('finish', () => {
      const rest = restOf(req);
      rest.catch(fail);
      const whole = async () => {
        const form = { parts: await Promise.all(texts), taken: await taken };
        await rest;
        return form;
      };
      whole().then(resolve, fail);
    });
    req.pipe(form);
  });
}

/**
 * Waits for the end of a request whose form is complete. What comes after its last boundary is of no use (RFC 2046, section
 * 5.1.1), but may be broken, and then the request is refused as a whole: nothing may be done before that is known.
 */
async function restOf(req: Request): Promise<void> {
  req.unpipe();
  let bytes = 0;
  try {
    for await (const chunk of req) {
      bytes += (chunk as Buffer).length;
      if (bytes > MOST_BYTES_AFTER) break;
    }
  } catch {
    throw endedEarly();
  }
  if (bytes > MOST_BYTES_AFTER) throw broken('goes on for long after its last boundary');
}

function openForm(req: Request): BusboyInstance {
  try {
    const limits = { files: MOST_FIELDS + MOST_FILES, headerPairs: 100 };
    return new Busboy({ headers: req.headers as BusboyHeaders, limits, isPartAFile: () => true });
  } catch {
    throw broken(
      'has no valid boundary in its Content-Type; leave that header to the program that makes the form, such as curl -F',
    );
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
