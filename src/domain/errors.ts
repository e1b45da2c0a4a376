/** One fault of a request: where it is, in a file with its column too, what to change, and what was there (shortened). */
export type FieldError = {
  readonly path: string;
  readonly column?: string;
  readonly msg: string;
  readonly value?: string;
};

/**
 * What a caller can be told of a failure. `code` is stable; the error handler turns it into an HTTP status. The message
 * says what to change and never holds phone numbers, texts or secrets.
 */
export class ServiceError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    /** For the log alone. */
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ServiceError';
  }
}

/**
 * It cannot be known whether what was asked for was done. No answer can be given that would be true, so the connection is
 * ended without one.
 */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super('It is unknown whether the request was carried out.', { cause });
    this.name = 'OutcomeUnknownError';
  }
}

/** What was asked for was done, and came to nothing: the caller may be told that nothing was, and that nothing will be. */
export class CameToNothingError extends ServiceError {}

/**
 * For what fails once something is done, such as a broadcast accepted: an error status would say that nothing was, and
 * nobody will be texted. That a broadcast is not there, say, may only mean that it was removed since.
 */
export function onceDone(error: unknown): never {
  throw error instanceof CameToNothingError ? error : new OutcomeUnknownError(error);
}

export type ErrorDetails = {
  readonly errors?: readonly FieldError[];
  /** The true number of faults where `errors` is cut. */
  readonly errorCount?: number;
  readonly broadcastId?: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: readonly string[];
};

export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'invalid_token'
  | 'wrong_key'
  | 'missing_scope'
  | 'own_broadcast'
  | 'bad_signature'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'in_progress'
  | 'unsupported_content_type'
  | 'too_large'
  | 'key_reused'
  | 'over_limit'
  | 'preview_outdated'
  | 'other_digest'
  | 'insufficient_balance'
  | 'rate_limited'
  | 'daily_limit'
  | 'plivo_refused_message'
  | 'plivo_no_credit'
  | 'plivo_refused_account'
  | 'plivo_unavailable'
  | 'token_keys_unavailable'
  | 'storage_unavailable'
  | 'overloaded';
