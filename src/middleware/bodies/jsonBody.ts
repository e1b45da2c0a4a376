import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { idempotencyKeyOf } from './idempotencyKey';
import { notUtf8 } from './strictText';

/**
 * Reads a JSON body of at most `limitBytes`.
 *
 * @throws ServiceError `unsupported_content_type` (415) for any other kind of body
 */
export function jsonBody({ limitBytes }: { limitBytes: number }): RequestHandler[] {
  return [onlyJson, jsonParser(limitBytes)];
}

/** JSON between programs is UTF-8 (RFC 8259, section 8.1); the parser would put U+FFFD in the place of any other byte. */
const jsonParser = (limit: number): RequestHandler =>
  express.json({
    limit,
    type: 'application/json',
    verify: (_req, _res, bytes, charset) => {
      if (charset === 'utf-8' && !isUtf8(bytes)) throw notUtf8('The body');
    },
  });

/** What was taken once is read again, whatever BODY_LIMIT says now; only so much that it fits in a string. */
const LARGEST_REPEAT = 256 * 1024 ** 2;

export type RepeatableBodyOptions = {
  readonly limitBytes: number;
  /** Whether an idempotency key was used before. */
  readonly isKeyKnown: (key: string) => Promise<boolean>;
};

/** As `jsonBody`; the limit does not hold for a request that may be the repetition of one that was taken. */
export function repeatableJsonBody({ limitBytes, isKeyKnown }: RepeatableBodyOptions): RequestHandler[] {
  const usual = jsonParser(limitBytes);
  const roomy = jsonParser(Math.max(limitBytes, LARGEST_REPEAT));
  const read: RequestHandler = async (req, res, next) => {
    const key = mayExceed(req, limitBytes) ? idempotencyKeyOf(req) : null;
    const isRepeat = key !== null && (await isKeyKnown(key));
    (isRepeat ? roomy : usual)(req, res, next);
  };
  return [onlyJson, read];
}

/** What it says of its own length counts only where it is not compressed. */
function mayExceed(req: Request, bytes: number): boolean {
  const isPlain = (req.get('content-encoding') ?? 'identity').toLowerCase() === 'identity';
  return !isPlain || !(Number(req.get('content-length') ?? NaN) <= bytes);
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
