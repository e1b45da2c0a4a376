import type { RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';

/** For what concerns the broadcasts of all: a key that sees only its own is refused. `what`: such as "sees no deliveries". */
export function refuseOwnOnly(callerOf: (res: Response) => Caller, what: string): RequestHandler {
  return (_req, res, next) => {
    if (callerOf(res).ownOnly)
      throw new ServiceError('missing_scope', `A key that sees only its own broadcasts ${what}. Use another one.`);
    next();
  };
}
