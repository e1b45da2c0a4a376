import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Actor } from '../domain/access/actor';

export type RequestContext = {
  readonly requestId: string;
  /** Who asks; null until that is known. */
  actor: Actor | null;
};

/** What a caller may send as its own id: enough for every tracing format, too little to spoil a log line. */
const ACCEPTABLE_ID = /^[\w.:-]{1,100}$/;

/**
 * Gives every request an id, the caller's own where it sent a fit one, answers it as `X-Request-Id` and keeps it at hand
 * for everything that is done in the request's name.
 */
export function createRequestContext(): { middleware: RequestHandler; current: () => RequestContext | undefined } {
  const storage = new AsyncLocalStorage<RequestContext>();
  return {
    current: () => storage.getStore(),
    middleware(req, res, next) {
      const given = req.get('x-request-id');
      const requestId = given !== undefined && ACCEPTABLE_ID.test(given) ? given : randomUUID();
      res.locals['requestId'] = requestId;
      res.set('X-Request-Id', requestId);
      storage.run({ requestId, actor: null }, next);
    },
  };
}
