import type { FieldError, Problem, ProblemCode } from '../types.ts';

/**
 * The service refused, or could not. From `send` it means that nobody was and nobody will be texted by that call.
 *
 * `code` is the last part of `type`; an answer that is no problem of this service (a proxy's, say) has `unexpected_answer`.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly type: string;
  readonly code: ProblemCode | 'unexpected_answer';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The faults of the input, at most 100; `errorCount` is the true number. */
  readonly errors: readonly FieldError[];
  readonly errorCount: number;
  /** Stands in every log line of the request. */
  readonly requestId: string | null;
  /** Which broadcast it is about, where it is about one. */
  readonly broadcastId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(problem: Partial<Problem> & Pick<Problem, 'status'>, retryAfterSeconds: number | null) {
    const { status, errors = [], title = `HTTP ${status}`, detail = title } = problem;
    super(detail);
    this.type = problem.type ?? 'about:blank';
    this.code = problem.type === undefined ? 'unexpected_answer' : codeOf(problem.type);
    this.title = title;
    this.status = status;
    this.detail = detail;
    this.errors = errors;
    this.errorCount = problem.errorCount ?? errors.length;
    this.requestId = problem.requestId ?? null;
    this.broadcastId = problem.broadcastId ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * No answer came, or not all of it. What a call that changes something has done by then is not known, but for `send`,
 * `sendTest` and `retry`: the same call with the same `idempotencyKey`, which is in the error, never sends twice.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly idempotencyKey: string | null;

  constructor(message: string, options: { readonly cause: unknown; readonly idempotencyKey: string | null }) {
    super(message, { cause: options.cause });
    this.idempotencyKey = options.idempotencyKey;
  }
}

const codeOf = (type: string): ProblemCode => type.slice(type.lastIndexOf('/') + 1) as ProblemCode;

/** The error that an answer is. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const told = await readProblem(response);
  const requestId = told.requestId ?? response.headers.get('x-request-id') ?? undefined;
  const problem = { ...told, status: response.status, ...(requestId === undefined ? {} : { requestId }) };
  return new ProblemError(problem, retryAfterOf(response.headers));
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  const text = await response.text();
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true)
    return { detail: `The answer was ${response.status}, and not from the service: is the address right?` };
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}

function retryAfterOf(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
