import type { Request, RequestHandler } from 'express';
import type { SubmittedKey } from '../../services/accepting/idempotency';
import { idempotencyKeyOf } from './idempotencyKey';
import { hashOfFields } from './submittedHash';

/** What came in, before any rule has judged it. */
type Noted = {
  readonly submittedHash: string;
  /** Why the body could not be read, though it came in whole; null where it could. */
  readonly fault: unknown;
};

const noted = new WeakMap<Request, Noted>();

/** Notes the hash of a body that was read as it came in. */
export function noteSubmitted(req: Request, submitted: Noted): void {
  noted.set(req, submitted);
}

/** Null for a request without a key; its hash then was never made. */
export function submittedOf(req: Request): SubmittedKey | null {
  const key = idempotencyKeyOf(req);
  const submittedHash = noted.get(req)?.submittedHash;
  return key === null || submittedHash === undefined ? null : { key, submittedHash };
}

/** Hashes a JSON body that comes with a key. */
export const hashJson: RequestHandler = async (req, _res, next) => {
  const body: unknown = req.body;
  const isFields = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (isFields && !noted.has(req) && idempotencyKeyOf(req) !== null)
    noteSubmitted(req, { submittedHash: await hashOfFields(body), fault: null });
  next();
};

/** As `hashJson`, of a request whose path says something too; a body that is left out is one without fields. */
export const hashJsonAnd =
  (partsOf: (req: Request) => object): RequestHandler =>
  async (req, _res, next) => {
    const body: unknown = req.body ?? {};
    const isFields = typeof body === 'object' && !Array.isArray(body);
    if (isFields && !noted.has(req) && idempotencyKeyOf(req) !== null)
      noteSubmitted(req, { submittedHash: await hashOfFields({ ...body, ...partsOf(req) }), fault: null });
    next();
  };

/** For where the key turned out to be unknown: answers the fault that the body has. */
export const refuseUnread: RequestHandler = (req, _res, next) => {
  const fault = noted.get(req)?.fault ?? null;
  if (fault !== null) throw fault as Error;
  next();
};
