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
  ) {
    super(message);
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

/** For what fails once it is done, such as a broadcast accepted: an error status would say that nothing was, and nobody will be texted. */
export function onceDone(error: unknown): never {
  throw error instanceof ServiceError ? error : new OutcomeUnknownError(error);
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
  | 'wrong_key'
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
  | 'insufficient_balance'
  | 'rate_limited'
  | 'plivo_refused_message'
  | 'plivo_no_credit'
  | 'plivo_refused_account'
  | 'plivo_unavailable'
  | 'storage_unavailable'
  | 'overloaded';
