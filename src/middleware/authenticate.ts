import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { ServiceError } from '../domain/errors';

/**
 * Lets a request pass that presents one of the keys, as `x-api-key` or as a Bearer token. Without any key configured
 * everybody passes (development only; the configuration sees to that).
 *
 * @throws ServiceError `unauthenticated` (401) without a key, `wrong_key` (403) with a wrong one
 */
export function authenticate({ keys }: { keys: readonly string[] }): RequestHandler {
  const known = keys.map(digest);
  return (req, res, next) => {
    if (known.length === 0) {
      next();
      return;
    }
    const presented = presentedKey(req.get('x-api-key'), req.get('authorization'));
    if (presented === null) {
      throw new ServiceError(
        'unauthenticated',
        'Send your API key as "x-api-key: KEY" or "Authorization: Bearer KEY".',
      );
    }
    if (!isKnown(known, digest(presented))) throw new ServiceError('wrong_key', 'The API key is not valid.');
    res.locals['apiKey'] = presented;
    next();
  };
}

/** The key of a request that passed, for the rate limit; null where no key is needed. */
export const keyOf = (res: Response): string | null => (res.locals['apiKey'] as string | undefined) ?? null;

function presentedKey(apiKey: string | undefined, authorization: string | undefined): string | null {
  if (apiKey !== undefined && apiKey !== '') return apiKey;
  return /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Digests have one length, so that comparing them tells nothing of the key's. */
const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Compares with every key, whichever matches: the time taken does not tell which. */
function isKnown(known: readonly Buffer[], presented: Buffer): boolean {
  return known.map((key) => timingSafeEqual(key, presented)).includes(true);
}
