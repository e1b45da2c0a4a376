import express, { type RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';

/**
 * Reads a JSON body of at most `limitBytes`.
 *
 * @throws ServiceError `unsupported_content_type` (415) for any other kind of body
 */
export function jsonBody({ limitBytes }: { limitBytes: number }): RequestHandler[] {
  return [onlyJson, express.json({ limit: limitBytes, type: 'application/json' })];
}

const onlyJson: RequestHandler = (req, _res, next) => {
  const type = req.is('application/json');
  if (type === null || req.get('content-length') === '0') {
    throw new ServiceError('invalid_request', 'The request has no body. Send a JSON object.');
  }
  if (type === false) {
    throw new ServiceError(
      'unsupported_content_type',
      'Send the body as JSON, with the header "Content-Type: application/json".',
    );
  }
  next();
};
