import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';

const LONGEST_KEY = 255;

/** The key of a request; null where there is none, or none that could be one. */
export function idempotencyKeyOf(req: Request): string | null {
  const key = req.get('idempotency-key');
  return key === undefined || keyProblem(key) !== null ? null : key;
}

/** @throws ServiceError `invalid_request` where there is one that is none */
export const refuseBadKey: RequestHandler = (req, _res, next) => {
  const key = req.get('idempotency-key');
  const msg = key === undefined ? null : keyProblem(key);
  if (msg !== null)
    throw new ServiceError('invalid_request', `The header Idempotency-Key ${msg}. Nothing was sent.`, {
      errors: [{ path: 'idempotency-key', msg }],
      errorCount: 1,
    });
  next();
};

/** Null where the value may be a key. */
export function keyProblem(value: unknown): string | null {
  const isFit = typeof value === 'string' && value.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(value);
  return isFit ? null : `must be 1 to ${LONGEST_KEY} printable ASCII characters`;
}
