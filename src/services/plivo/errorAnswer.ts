import type { HeardAnswer } from '../../domain/outcome/sendOutcome';

/** An answer with an error status, as axios has it. */
export type ErrorAnswer = { status?: number; headers?: unknown; data?: unknown };

/** Enough of a body to know Plivo's form by. */
const LONGEST_BODY = 100_000;

/** What an error answer says beside its status. Never throws. */
export function readErrorAnswer({ status, headers, data }: ErrorAnswer): HeardAnswer {
  return {
    status: status ?? 0,
    retryAfterMs: readRetryAfter(headerOf(headers, 'retry-after'), headerOf(headers, 'date')),
    isPlivos: isPlivosError(data),
  };
}

/** By the other side's clock; milliseconds since 1970, null where the answer has no date. */
export function dateOf(headers: unknown): number | null {
  const date = Date.parse(headerOf(headers, 'date'));
  return Number.isNaN(date) ? null : date;
}

function headerOf(headers: unknown, name: string): string {
  const value =
    typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}

/** Seconds or a date (RFC 9110, section 10.2.3); the date goes by the other side's clock, where it tells it. */
function readRetryAfter(said: string, date: string): number | null {
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const until = Date.parse(said);
  if (Number.isNaN(until) || !/[a-z]/i.test(said)) return null;
  const now = Date.parse(date);
  return Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}

/**
 * Plivo's errors are `{"api_id": "…", "error": "…"}` (docs.plivo.com/docs/messaging/api/response). What has other fields
 * beside, such as a framework's `{"status": 503, "error": "Service Unavailable", …}`, is somebody else's.
 */
function isPlivosError(data: unknown): boolean {
  const body = typeof data === 'string' ? parsed(data) : data;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const { error, api_id: apiId, ...rest } = body as Record<string, unknown>;
  if (error === undefined || error === '') return false;
  return typeof apiId === 'string' || (typeof error === 'string' && Object.keys(rest).length === 0);
}

function parsed(text: string): unknown {
  if (text.length > LONGEST_BODY) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
