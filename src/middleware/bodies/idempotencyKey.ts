import type { Request } from 'express';

const LONGEST_KEY = 255;

/** The key of a request; null where there is none, or none that could be one. */
export function idempotencyKeyOf(req: Request): string | null {
  const key = req.get('idempotency-key');
  return key === undefined || keyProblem(key) !== null ? null : key;
}

/** Null where the value may be a key. */
export function keyProblem(value: unknown): string | null {
  const isFit = typeof value === 'string' && value.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(value);
  return isFit ? null : `must be 1 to ${LONGEST_KEY} printable ASCII characters`;
}
