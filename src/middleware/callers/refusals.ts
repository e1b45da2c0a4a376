import type { ErrorRequestHandler, Request } from 'express';
import { ipKeyGenerator, MemoryStore, type ClientRateLimitInfo, type Options } from 'express-rate-limit';
import type { Logger } from '../../../config/logger';
import { ServiceError, type ErrorCode } from '../../domain/errors';
import { presentedKey } from './authenticate';
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
/** One wrong key may be tried so many times as often, from whatever addresses: a fleet whose key was revoked has more than one. */
const ADDRESSES_OF_A_KEY = 10;
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
  const mostOfKey = max * ADDRESSES_OF_A_KEY;
  const ofAddresses = sharedCounts({ name: 'failures', windowMs, max, count });
  const ofKeys = sharedCounts({ name: 'failures of a key', windowMs, max: mostOfKey, count });
  const seen = new MemoryStore();
  seen.init({ windowMs } as Options);

  /** Counts one more failure; null where it is not yet too many. */
  async function overAllowance(req: Request): Promise<ClientRateLimitInfo | null> {
    const byAddress = await ofAddresses.increment(addressOf(req));
    if (byAddress.totalHits > max) return byAddress;
    const key = presentedKey(req);
    const byKey = key === null ? null : await ofKeys.increment(key);
    return byKey !== null && byKey.totalHits > mostOfKey ? byKey : null;
  }

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
    const over = await overAllowance(req);
    next(over === null ? error : tooOften(over.resetTime));
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
