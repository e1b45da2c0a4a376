import { isUtf8 } from 'node:buffer';
import { parse, type ParsedUrlQuery } from 'node:querystring';
import { ServiceError } from '../../domain/errors';

/** Bytes that are no text: to guess at them, or to put U+FFFD in their place, would send people what nobody wrote. */
export const notUtf8 = (what: string): ServiceError =>
  new ServiceError('invalid_request', `${what} is not valid UTF-8. Send it as UTF-8. Nothing was done.`);

const shown = (name: string): string => (name.length > 64 ? `${name.slice(0, 63)}…` : name);

/**
 * Reads a query string as Express's simple parser does, which would take broken escapes and bytes for what they are not.
 * Node hands on as Latin-1 what was sent without escapes, such as `?message=Café` by curl; that is taken for the UTF-8 it is.
 *
 * @throws ServiceError `invalid_request`
 */
export function readQuery(query: string | null | undefined): ParsedUrlQuery {
  if (query === null || query === undefined || query === '') return {};
  const bytes = Buffer.from(query, 'latin1');
  if (!isUtf8(bytes)) throw notUtf8('The query string');
  const text = bytes.toString('utf8');
  for (const field of text.split('&')) {
    const [name = ''] = field.split('=', 1);
    const problem = escapeProblem(field);
    if (problem !== null)
      throw new ServiceError('invalid_request', `The query parameter "${shown(name)}" ${problem}. Nothing was done.`, {
        errors: [{ path: shown(name), msg: problem }],
        errorCount: 1,
      });
  }
  return parse(text);
}

function escapeProblem(field: string): string | null {
  if (/%(?![0-9a-f]{2})/i.test(field))
    return 'has a "%" without two hexadecimal digits behind it; write "%25" for the sign itself';
  try {
    decodeURIComponent(field);
    return null;
  } catch {
    return 'is not valid UTF-8 once its escapes are read; escape the bytes of its UTF-8, such as "%C3%A9" for "é"';
  }
}
