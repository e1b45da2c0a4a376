import { parse, type ParsedUrlQuery } from 'node:querystring';
import { ServiceError } from '../../domain/errors';

/** Bytes that are no text: to guess at them, or to put U+FFFD in their place, would send people what nobody wrote. */
export const notUtf8 = (what: string): ServiceError =>
  new ServiceError('invalid_request', `${what} is not valid UTF-8. Send it as UTF-8. Nothing was done.`);

const shown = (name: string): string => (name.length > 64 ? `${name.slice(0, 63)}…` : name);

/**
 * Reads a query string as Express's simple parser does, which would take broken escapes and bytes for what they are not.
 * Bytes that are not escaped do not come here: Node refuses them.
 *
 * @throws ServiceError `invalid_request`
 */
export function readQuery(query: string | null | undefined): ParsedUrlQuery {
  if (query === null || query === undefined || query === '') return {};
  for (const field of query.split('&')) {
    const [name = ''] = field.split('=', 1);
    const problem = escapeProblem(field);
    if (problem !== null)
      throw new ServiceError('invalid_request', `The query parameter "${shown(name)}" ${problem}. Nothing was done.`, {
        errors: [{ path: shown(name), msg: problem }],
        errorCount: 1,
      });
  }
  return parse(query);
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
