import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';

/** The signatures of Plivo's that a request came with; none where it was not Plivo. */
export type SignatureCheck = (request: {
  method: 'POST' | 'GET';
  /** From the path on, query included. */
  path: string;
  params: Record<string, string | string[]>;
  headers: Record<string, string | string[] | undefined>;
}) => readonly string[];

const signatures = new WeakMap<Request, readonly string[]>();

/** Those of a request that passed. */
export const signaturesOf = (req: Request): readonly string[] => signatures.get(req) ?? [];

/**
 * Lets only requests pass that Plivo signed. The signed address is built from the configured public address, never from
 * the Host header, which the sender chooses. Without a public address nothing was asked for, and nothing passes.
 *
 * @throws ServiceError `bad_signature` (403)
 */
export function verifyPlivo({ check }: { check: SignatureCheck }): RequestHandler {
  return (req, _res, next) => {
    const signed = check({
      method: req.method === 'GET' ? 'GET' : 'POST',
      path: req.originalUrl,
      params: (req.body ?? {}) as Record<string, string | string[]>,
      headers: req.headers,
    });
    if (signed.length === 0) throw new ServiceError('bad_signature', 'The request carries no valid Plivo signature.');
    signatures.set(req, signed);
    next();
  };
}
