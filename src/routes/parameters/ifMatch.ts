import { ServiceError } from '../../domain/errors';

/**
 * RFC 9110, sections 5.6.1, 8.8.3 and 13.1.1: entity tags in quotes, which may hold commas, separated by commas, between
 * which there may be nothing.
 */
const ELEMENT = /[ \t]*(?:(?:(\*)|(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)")[ \t]*)?(?:,|$)/y;

/**
 * The digests in an `If-Match` header, any of which will do; `*` for whatever there is, null without the header.
 *
 * @throws ServiceError `invalid_request` where the header is malformed
 */
export function previewedDigests(ifMatch: string | undefined): string[] | null {
  if (ifMatch === undefined) return null;
  const digests: string[] = [];
  for (let at = 0; at < ifMatch.length;) {
    ELEMENT.lastIndex = at;
    const element = ELEMENT.exec(ifMatch);
    if (element === null) throw malformed();
    const digest = element[1] ?? element[2];
    if (digest !== undefined) digests.push(digest);
    at = ELEMENT.lastIndex;
  }
  if (digests.length === 0) throw malformed();
  return digests;
}

function malformed(): ServiceError {
  const msg = 'must be the digest of a preview in double quotes, such as "abc"';
  return new ServiceError('invalid_request', `The header If-Match ${msg}. Nothing was sent.`, {
    errors: [{ path: 'if-match', msg }],
    errorCount: 1,
  });
}
