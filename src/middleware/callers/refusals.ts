import type { ErrorRequestHandler, Request } from 'express';
import { ipKeyGenerator, MemoryStore, type Options } from 'express-rate-limit';
import type { Logger } from '../../../config/logger';
import { ServiceError, type ErrorCode } from '../../domain/errors';
import { countedAddress } from './requestAddress';
import { sharedCounts, type CountRequest } from './sharedCounts';

export type RefusalsConfig = {
  readonly logger: Logger;
  readonly windowMs: number;
  /** Wrong or missing keys of one address in a window; 0 turns the limit off. */
  readonly max: number;
  /** Where all instances count wrong and missing keys; null where there is one. */
  readonly count: CountRequest | null;
};

const LOG_IN: readonly ErrorCode[] = ['unauthenticated', 'wrong_key', 'invalid_token'];
/** Of one address in a window, so that nobody fills the disk. */
const MOST_LOGGED = 100;

const WORDS: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'A request without a key was refused',
  wrong_key: 'A request with a wrong key was refused',
  invalid_token: 'A request with a token that is not good was refused',
  bad_signature: 'A webhook without a valid signature was refused',
};

/**
 * To stand right behind the check of keys: notes in the log who was refused, never with what, and refuses whoever failed too
 * often to be told more. A right key has passed before it comes to this, whatever others of its address did.
 *
 * @throws ServiceError `rate_limited` in the place of the refusal
 */
export function refusals({ logger, windowMs, max, count }: RefusalsConfig): ErrorRequestHandler {
  const failures = sharedCounts({ name: 'failures', windowMs, max, count });
  const seen = new MemoryStore();
  seen.init({ windowMs } as Options);
  return async (error: unknown, req, _res, next) => {
    const words = error instanceof ServiceError ? WORDS[error.code] : undefined;
    if (!(error instanceof ServiceError) || words === undefined) {
      next(error);
      return;
    }
    const isLogIn = LOG_IN.includes(error.code);
    const { totalHits } = await seen.increment(`${isLogIn ? 'key' : 'webhook'} ${addressOf(req)}`);
    if (totalHits <= MOST_LOGGED)
      logger.warn(words, { address: countedAddress(req), method: req.method, times: totalHits });
    if (totalHits === MOST_LOGGED)
      logger.warn('Further refusals of this address are not noted', { address: countedAddress(req) });
    if (!isLogIn || max === 0) {
      next(error);
      return;
    }
    const failed = await failures.increment(addressOf(req));
    next(failed.totalHits > max ? tooOften(failed.resetTime) : error);
  };
}

/** Of IPv6 a whole network, which is one customer's. */
const addressOf = (req: Request): string => ipKeyGenerator(countedAddress(req));

function tooOften(resetTime: Date | undefined): ServiceError {
  const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000));
  return new ServiceError('rate_limited', `Too many requests without a right key. Try again in ${seconds} seconds.`, {
    retryAfterSeconds: seconds,
  });
}
