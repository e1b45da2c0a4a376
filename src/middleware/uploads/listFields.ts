import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import type { FileOptions } from '../../services/files/numberFile';
import type { FieldPart, Fields } from './uploadFields';

/** Fields that say how a list is to be read; they are of the file, not of the broadcast. */
export const LIST_FIELDS = ['column', 'charset', 'sheet'] as const;

export type ListFields = Pick<FileOptions, (typeof LIST_FIELDS)[number]>;

/** Given in the query string of a form; those in the form itself are its fields. */
export const listFieldsInQuery = (req: Request): FieldPart[] =>
  LIST_FIELDS.flatMap((name): FieldPart[] => (req.query[name] === undefined ? [] : [[name, req.query[name]]]));

/** @throws ServiceError `invalid_request` where one is empty, or given twice */
export function listFieldsOf(fields: Fields): ListFields {
  const one = (name: (typeof LIST_FIELDS)[number]): string | null => {
    const value = fields[name];
    if (value === undefined) return null;
    if (typeof value === 'string' && value !== '') return value;
    const msg = 'must be given once and not be empty';
    throw new ServiceError('invalid_request', `The field "${name}" ${msg}. Nothing was done.`, {
      errors: [{ path: name, msg }],
      errorCount: 1,
    });
  };
  return { column: one('column'), charset: one('charset'), sheet: one('sheet') };
}

/** The fields of the broadcast itself. */
export const withoutListFields = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !(LIST_FIELDS as readonly string[]).includes(name)));

/** The charset that a body's own type names, where it is not what is tried anyway. */
export function charsetOfType(req: Request): string | null {
  const [, charset = ''] = /;\s*charset="?([\w.:-]{1,40})/i.exec(req.get('content-type') ?? '') ?? [];
  return charset === '' || /^(utf-?8|us-ascii)$/i.test(charset) ? null : charset;
}

/**
 * Whether the body is compressed by gzip.
 *
 * @throws ServiceError `unsupported_content_type` where it is compressed in another way
 */
export function isGzipped(req: Request): boolean {
  const encoding = (req.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  if (encoding === 'identity') return false;
  throw new ServiceError('unsupported_content_type', 'Send the file as it is, or compressed by gzip.');
}

/** @throws ServiceError `unsupported_content_type` for what curl's `-d` makes of a file */
export function refuseEncodedForm(req: Request): void {
  if (!req.is('application/x-www-form-urlencoded')) return;
  throw new ServiceError(
    'unsupported_content_type',
    'The body is called an encoded form, as curl does with -d, which also takes the line ends out of a file. ' +
      'Send a file with --data-binary @numbers.csv and -H "content-type: text/csv", or as -F recipients=@numbers.csv; ' +
      'send JSON with -H "content-type: application/json".',
  );
}
