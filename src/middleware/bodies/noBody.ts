import type { RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { optionalJsonBody } from './jsonBody';

/** More than anybody needs to say nothing. */
const LARGEST_EMPTY_BODY = 65_536;

/**
 * For a route that takes no body. One that says something would be passed over, and with it what its sender meant
 * by it: `{"batches":[3],"dryRun":true}` is no cancelling of everything. `{}`, which many clients send of themselves, is nothing.
 *
 * @throws ServiceError `invalid_request`, or what a body is refused with that cannot be read
 */
export function noBody(): RequestHandler[] {
  return [...optionalJsonBody({ limitBytes: LARGEST_EMPTY_BODY }), refuseContent];
}

const refuseContent: RequestHandler = (req, _res, next) => {
  const body: unknown = req.body;
  if (body === undefined || isEmptyObject(body)) {
    next();
    return;
  }
  const msg = 'is not known; this path takes no body';
  const [first] = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  const path = first === undefined ? 'body' : first.slice(0, 64);
  throw new ServiceError('invalid_request', `This path takes no body, or {}. Nothing was done.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
};

const isEmptyObject = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;

/** `noBody` for whatever only reads. */
export function noBodyOnReads(): RequestHandler[] {
  return noBody().map(
    (read): RequestHandler =>
      (req, res, next) =>
        req.method === 'GET' || req.method === 'HEAD' ? read(req, res, next) : next(),
  );
}
