import type { Request, RequestHandler, Response } from 'express';
import { ANYBODY, OPERATOR, type Caller } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';

export type AuthenticationDeps = {
  /** Of the configuration. */
  readonly keys: readonly string[];
  readonly isSameSecret: (presented: string, secret: string) => boolean;
  /** Whose key of the database it is; null where it is nobody's. */
  readonly keyring: { callerOf(presented: string): Promise<Caller | null> };
  /**
   * Whose token it is; null for what is no token at all. Absent where tokens are not taken.
   *
   * @throws ServiceError where it is not good
   */
  readonly tokens?: { callerOf(presented: string): Promise<Caller | null> };
  /** Told of each caller, for what is written down of what they do. */
  readonly noteCaller: (caller: Caller, req: Request) => void;
};

/**
 * Lets a request pass that presents a key, as `x-api-key` or as a Bearer token, and notes whose it is. Without any key
 * configured everybody passes (development only; the configuration sees to that). Nothing of the body is read for it.
 *
 * @throws ServiceError `unauthenticated` (401) without a key, `wrong_key` (403) with a wrong one
 */
export function authenticate(deps: AuthenticationDeps): RequestHandler {
  const { keys, keyring, tokens, noteCaller } = deps;
  const isOpen = keys.length === 0 && tokens === undefined;

  async function callerOf(presented: string): Promise<Caller | null> {
    // With every one, whichever it is: the time taken does not tell which.
    if (keys.map((key) => deps.isSameSecret(presented, key)).includes(true)) return OPERATOR;
    return (await keyring.callerOf(presented)) ?? (await tokens?.callerOf(presented)) ?? (isOpen ? ANYBODY : null);
  }

  /** Where nobody can tell at present, what was good is. */
  async function isStillGood(presented: string | null): Promise<boolean> {
    if (presented === null) return isOpen;
    try {
      return (await callerOf(presented)) !== null;
    } catch (error) {
      return !(error instanceof ServiceError && error.code === 'invalid_token');
    }
  }

  return async (req, res, next) => {
    const presented = presentedKey(req);
    if (presented === null && !isOpen) {
      throw new ServiceError(
        'unauthenticated',
        'Send your API key as "x-api-key: KEY" or "Authorization: Bearer KEY".',
      );
    }
    if (isOpen) refuseOtherSites(req);
    const caller = presented === null ? ANYBODY : await callerOf(presented);
    if (caller === null) throw new ServiceError('wrong_key', 'The API key is not valid.');
    res.locals['caller'] = caller;
    res.locals['isStillLetIn'] = () => isStillGood(presented);
    // Of the operator each key counts for itself; a key or token that has a name counts by it, whatever its secret.
    if (caller.id !== null) res.locals['apiKey'] = caller === OPERATOR ? presented : caller.id;
    noteCaller(caller, req);
    next();
  };
}

/** What counts as one for the rate limit, of a request that passed; null where no key is needed. */
export const keyOf = (res: Response): string | null => (res.locals['apiKey'] as string | undefined) ?? null;

/** Whether a request has passed here; on paths that are open to everybody none does. */
export const isLetIn = (res: Response): boolean => res.locals['caller'] !== undefined;

/** Whose request it is, once it has passed. */
export function callerOf(res: Response): Caller {
  const caller = res.locals['caller'] as Caller | undefined;
  if (caller === undefined) throw new Error('The request did not pass authentication.');
  return caller;
}

/** Whether whoever made a request that has passed would pass now: keys are revoked, and tokens expire. */
export function isStillLetIn(res: Response): Promise<boolean> {
  return (res.locals['isStillLetIn'] as (() => Promise<boolean>) | undefined)?.() ?? Promise.resolve(false);
}

/** Where no key is asked for, any page that somebody on this machine looks at could have its form posted here, and send. */
function refuseOtherSites(req: Request): void {
  if (!isFromOtherSite(req)) return;
  throw new ServiceError(
    'unauthenticated',
    'No key is asked for here, and this request comes from a page of another site. Set API_KEY, and send it.',
  );
}

/** Browsers tell the one only where they take the address for safe, such as localhost, and the other with every form. */
function isFromOtherSite(req: Request): boolean {
  const [site, origin] = [req.get('sec-fetch-site'), req.get('origin')];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== req.get('host');
}

/** The key or token that a request comes with, good or not; null for none. */
export function presentedKey(req: Request): string | null {
  const apiKey = req.get('x-api-key');
  if (apiKey !== undefined && apiKey !== '') return apiKey;
  return /^Bearer\s+(\S+)\s*$/i.exec(req.get('authorization') ?? '')?.[1] ?? null;
}
