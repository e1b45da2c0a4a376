import type { RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';

export type SignatureCheck = (request: {
  method: 'POST' | 'GET';
  /** From the path on, query included. */
  path: string;
  params: Record<string, string | string[]>;
  headers: Record<string, string | string[] | undefined>;
}) => boolean;

/**
 * Lets only requests pass that Plivo signed. The signed address is built from the configured public address, never from
 * the Host header, which the sender chooses. Without a public address nothing was asked for, and nothing passes.
 *
 * @throws ServiceError `bad_signature` (403)
 */
export function verifyPlivo({ check }: { check: SignatureCheck }): RequestHandler {
  return (req, _res, next) => {
    const isSigned = check({
      method: req.method === 'GET' ? 'GET' : 'POST',
      path: req.originalUrl,
      params: (req.body ?? {}) as Record<string, string | string[]>,
      headers: req.headers,
    });
    if (!isSigned) throw new ServiceError('bad_signature', 'The request carries no valid Plivo signature.');
    next();
  };
}
