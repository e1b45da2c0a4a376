import { ServiceError } from '../../domain/errors';

const refused = (path: string, msg: string, detail: string): ServiceError =>
  new ServiceError('invalid_request', `${detail} Nothing was done.`, { errors: [{ path, msg }], errorCount: 1 });

const shown = (key: string): string =>
  (key.length > 64 ? `${key.slice(0, 63)}…` : key).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');

/** Which of the two was meant nobody can tell (RFC 8259, section 4: names should be unique). */
export const repeatedKey = (key: string): ServiceError =>
  refused(shown(key), 'stands twice in one object', `The body has the field "${shown(key)}" twice in one object.`);

export const tooManyEntries = (key: string, most: number): ServiceError =>
  refused(
    shown(key),
    `must hold at most ${most} entries, and holds more; send several requests`,
    `The field "${shown(key)}" must hold at most ${most} entries, and holds more.`,
  );

/** `what` there is too much of. */
export const absurd = (what: string): ServiceError =>
  refused('body', `has too many ${what}`, `The body has too many ${what}. Send a large list as CSV or NDJSON.`);

const NO_JSON = 'The body is not valid JSON. Check quotes, commas and brackets.';

/** Of a file that was called JSON, it says what its own type would be. */
export function malformed(bytes: Buffer): ServiceError {
  const isNoJson = /^\s*[^\s[{"]/.test(bytes.toString('latin1', 0, 100));
  const hint = isNoJson ? ' A file is sent under its own type, such as "Content-Type: text/csv".' : '';
  return new ServiceError('invalid_request', NO_JSON + hint);
}
