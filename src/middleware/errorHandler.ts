import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from '../../config/logger';
import { OutcomeUnknownError, ServiceError, type ErrorCode } from '../domain/errors';

/** The only place that knows which HTTP status an error has. */
const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  unauthenticated: 401,
  wrong_key: 403,
  bad_signature: 403,
  not_found: 404,
  method_not_allowed: 405,
  over_limit: 400,
  conflict: 409,
  in_progress: 409,
  insufficient_balance: 409,
  preview_outdated: 412,
  too_large: 413,
  unsupported_content_type: 415,
  key_reused: 422,
  rate_limited: 429,
  plivo_refused_message: 400,
  plivo_no_credit: 402,
  plivo_refused_account: 502,
  plivo_unavailable: 503,
  storage_unavailable: 503,
  overloaded: 503,
};

/** What Express and its body parsers throw, by their `type`. */
const PARSER_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.parse.failed': ['invalid_request', 'The body is not valid JSON. Check quotes, commas and brackets.'],
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
    // With the answer under way, only ending the connection tells the caller that something went wrong.
    if (res.headersSent) {
      next(error);
      return;
    }
    if (known === null) sendProblem(res, 500, 'internal_error', 'Something went wrong on our side.', {});
    else sendProblem(res, HTTP_STATUS[known.code], known.code, known.message, known.details);
    // The rest of an unread body would block the connection.
    if (!req.complete) req.resume();
  };
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
    if (rule !== undefined) return new ServiceError(rule[0], rule[1] + fileHint(error));
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

/** A file that was called JSON. */
function fileHint(error: object): string {
  const isNoJson = 'body' in error && typeof error.body === 'string' && /^\s*[^\s[{"]/.test(error.body);
  return isNoJson ? ' A file is sent under its own type, such as "Content-Type: text/csv".' : '';
}

function sendProblem(
  res: Response,
  status: number,
  code: string,
  detail: string,
  details: ServiceError['details'],
): void {
  const { allow, retryAfterSeconds, ...shown } = details;
  if (allow !== undefined) res.set('Allow', allow.join(', '));
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  if (code === 'unauthenticated') res.set('WWW-Authenticate', 'Bearer');
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:bulk-sms-broadcaster:problem:${code}`,
        title: STATUS_CODES[status] ?? 'Error',
        status,
        detail,
        message: detail,
        requestId: String(res.locals['requestId']),
        ...shown,
      }),
    );
}
