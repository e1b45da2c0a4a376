import type { RequestHandler } from 'express';
import { scopesOfPath } from '../domain/access/routeScopes';
import { SCOPES } from '../domain/access/scopes';
import { ServiceError } from '../domain/errors';
import { callerOf } from './callers/authenticate';
import { methodNotAllowed } from './errorHandler';
import { unknownRoute } from './unknownRoute';

/**
 * Lets a request pass whose key has the scope that its route needs. Whoever may not do everything gets no further than
 * this on a path that the table of scopes does not have, so that a route that was forgotten there is closed to them.
 *
 * @throws ServiceError `missing_scope` (403); what an unknown path or method is answered anyway
 */
export const requireScope: RequestHandler = (req, res, next) => {
  const { scopes } = callerOf(res);
  if (SCOPES.every((scope) => scopes.includes(scope))) {
    next();
    return;
  }
  const methods = scopesOfPath(`${req.baseUrl}${req.path}`);
  if (methods === null) {
    void unknownRoute(req, res, next);
    return;
  }
  const needed = methods.get(req.method === 'HEAD' ? 'GET' : req.method);
  if (needed === undefined) {
    void methodNotAllowed(...allowed(methods))(req, res, next);
    return;
  }
  if (needed !== null && !scopes.includes(needed))
    throw new ServiceError('missing_scope', `This needs a key with the scope "${needed}". Yours has ${named(scopes)}.`);
  next();
};

const allowed = (methods: ReadonlyMap<string, unknown>): string[] =>
  [...methods.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

const named = (scopes: readonly string[]): string => (scopes.length === 0 ? 'none' : `"${scopes.join('", "')}"`);
