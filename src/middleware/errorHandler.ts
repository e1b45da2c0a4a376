import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from '../../config/logger';
import { OutcomeUnknownError, ServiceError, type ErrorCode } from '../domain/errors';
import { problemType, PROBLEMS, type ProblemCode } from '../domain/wording/problems';
import { isLetIn } from './callers/authenticate';
import { countedAddress } from './callers/requestAddress';

/** The only place that knows which HTTP status an error has. */
const HTTP_STATUS: Readonly<Record<ProblemCode, number>> = {
  invalid_request: 400,
  unauthenticated: 401,
  invalid_token: 401,
  wrong_key: 403,
  missing_scope: 403,
  own_broadcast: 403,
  bad_signature: 403,
  not_found: 404,
  method_not_allowed: 405,
  over_limit: 400,
  conflict: 409,
  in_progress: 409,
  insufficient_balance: 409,
  preview_outdated: 412,
  other_digest: 412,
  too_large: 413,
  unsupported_content_type: 415,
  key_reused: 422,
  rate_limited: 429,
  daily_limit: 429,
  plivo_refused_message: 400,
  plivo_no_credit: 402,
  plivo_refused_account: 502,
  plivo_unavailable: 503,
  token_keys_unavailable: 503,
  storage_unavailable: 503,
  overloaded: 503,
  internal_error: 500,
  too_slow: 408,
  headers_too_large: 431,
};

export const statusOf = (code: ProblemCode): number => HTTP_STATUS[code];

/** What Express and its body parsers throw, by their `type`. */
const PARSER_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.too.large': ['too_large', 'The body is too large. Send fewer recipients per request, or raise BODY_LIMIT.'],
  'encoding.unsupported': [
    'unsupported_content_type',
    'The Content-Encoding is not supported. Use gzip, deflate, br or none.',
  ],
  'charset.unsupported': ['unsupported_content_type', 'The charset is not supported. Send UTF-8.'],
  'request.aborted': ['invalid_request', 'The request ended before its body was complete.'],
  'request.size.invalid': ['invalid_request', 'The body does not have the length that Content-Length says.'],
  'parameters.too.many': ['too_large', 'The form has too many fields.'],
};

export type ErrorHandlerOptions = {
  readonly logger: Logger;
  readonly isStorageUnavailable: (error: unknown) => boolean;
};

/** Turns every error into problem details (RFC 9457). What nobody foresaw is a 500 that tells the caller nothing. */
export function errorHandler({ logger, isStorageUnavailable }: ErrorHandlerOptions): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (error instanceof OutcomeUnknownError) {
      logger.error('A request ends without an answer: none would be sure to be true', { error });
      req.socket.destroy();
      return;
    }
    const known = asServiceError(error, isStorageUnavailable);
    if (known === null) logger.error('A request failed in a way nobody foresaw', { error });
    else if (HTTP_STATUS[known.code] === 503) logger.warn('A request could not be served', { code: known.code, error });
    else if (BEYOND_ONES_KEY.includes(known.code))
      logger.info('A request beyond what its key may do was refused', {
        code: known.code,
        method: req.method,
        address: countedAddress(req),
      });
    // With the answer under way, only ending the connection tells the caller that something went wrong.
    if (res.headersSent) {
      next(error);
      return;
    }
    const isStranger = isStrangers(known) || (!isLetIn(res) && !isOurs(known));
    if (!req.complete && isStranger) res.set('Connection', 'close');
    if (known === null) sendProblem(res, 'internal_error', 'Something went wrong on our side.', {});
    else sendProblem(res, known.code, known.message, known.details);
    if (!req.complete) endBody(req, isStranger);
  };
}

/** Whoever tries what a key may not do may have found it somewhere. The limit of requests bounds how often that is said. */
const BEYOND_ONES_KEY: readonly ErrorCode[] = ['missing_scope', 'own_broadcast'];

const STRANGERS: readonly ErrorCode[] = ['unauthenticated', 'wrong_key', 'bad_signature', 'rate_limited'];
const isStrangers = (error: ServiceError | null): boolean => error !== null && STRANGERS.includes(error.code);

/** Who they are could not be found out: that is no fault of theirs. */
const isOurs = (error: ServiceError | null): boolean => error === null || HTTP_STATUS[error.code] === 503;

/** So many bytes more are taken from a stranger: who is cut off in the midst of sending may not see the answer. */
const MOST_FROM_STRANGERS = 1024 ** 2;
const LONGEST_FROM_STRANGERS_MS = 5000;

/** The rest of a body that nobody reads would block the connection; that of a stranger ends with it. */
function endBody(req: Request, isStranger: boolean): void {
  if (isStranger) {
    let taken = 0;
    req.on('data', (bytes: Buffer) => {
      taken += bytes.length;
      if (taken > MOST_FROM_STRANGERS) req.socket.destroy();
    });
    const cut = setTimeout(() => req.socket.destroy(), LONGEST_FROM_STRANGERS_MS).unref();
    req.on('close', () => {
      clearTimeout(cut);
    });
  }
  req.resume();
}

/** For a path that exists with other methods only. */
export function methodNotAllowed(...allow: string[]): RequestHandler {
  return (req) => {
    throw new ServiceError('method_not_allowed', `This path takes ${allow.join(', ')}, not ${req.method}.`, { allow });
  };
}

function asServiceError(error: unknown, isStorageUnavailable: (error: unknown) => boolean): ServiceError | null {
  if (error instanceof ServiceError) return error;
  if (isStorageUnavailable(error)) {
    return new ServiceError('storage_unavailable', 'The database is not available at present. Nothing was changed.', {
      retryAfterSeconds: 5,
    });
  }
  if (typeof error !== 'object' || error === null) return null;
  if ('type' in error && typeof error.type === 'string') {
    const rule = PARSER_ERRORS[error.type];
    if (rule !== undefined) return new ServiceError(rule[0], rule[1]);
  }
  if (error instanceof URIError) {
    return new ServiceError('invalid_request', 'The path is not valid percent-encoding. Check each "%" in it.');
  }
  if ('code' in error && /^(?:Z_|ERR__?ERROR|ERR_.*BROTLI)/.test(String(error.code)))
    return new ServiceError(
      'invalid_request',
      'The body is not compressed as its Content-Encoding says, or ends too early. Leave that header out, or compress the body so.',
    );
  const isCallersFault =
    'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500;
  return isCallersFault ? new ServiceError('invalid_request', 'The request could not be read.') : null;
}

function sendProblem(res: Response, code: ProblemCode, detail: string, details: ServiceError['details']): void {
  const status = HTTP_STATUS[code];
  const { allow, retryAfterSeconds, ...shown } = details;
  if (allow !== undefined) res.set('Allow', allow.join(', '));
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  if (code === 'unauthenticated') res.set('WWW-Authenticate', 'Bearer');
  if (code === 'invalid_token') res.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: problemType(code),
        title: PROBLEMS[code].title,
        status,
        detail,
        message: detail,
        requestId: String(res.locals['requestId']),
        ...shown,
      }),
    );
}
