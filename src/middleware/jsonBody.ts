import express, { type Request, type RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';

/**
 * Reads a JSON body of at most `limitBytes`.
 *
 * @throws ServiceError `unsupported_content_type` (415) for any other kind of body
 */
export function jsonBody({ limitBytes }: { limitBytes: number }): RequestHandler[] {
  return [onlyJson, express.json({ limit: limitBytes, type: 'application/json' })];
}

/** As `jsonBody`, for a request that may come without any. */
export function optionalJsonBody(options: { limitBytes: number }): RequestHandler[] {
  return jsonBody(options).map((read): RequestHandler => (req, res, next) => {
    if (hasBody(req)) void read(req, res, next);
    else next();
  });
}

/** For a route that takes other kinds of body too: what was read already is left alone. */
export const unlessRead =
  (read: RequestHandler): RequestHandler =>
  (req, res, next) => {
    if (req.body === undefined) void read(req, res, next);
    else next();
  };

const hasBody = (req: Request): boolean => req.is('*/*') !== null && req.get('content-length') !== '0';

const onlyJson: RequestHandler = (req, _res, next) => {
  if (!hasBody(req)) {
    throw new ServiceError('invalid_request', 'The request has no body. Send a JSON object.');
  }
  if (req.is('application/json') === false) {
    throw new ServiceError(
      'unsupported_content_type',
      'Send the body as JSON, with the header "Content-Type: application/json"; broadcasts also as text/csv, ' +
        'application/x-ndjson or multipart/form-data.',
    );
  }
  next();
};
