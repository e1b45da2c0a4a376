import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ServiceError } from '../../domain/errors';
import { keyOf } from './authenticate';
import { countedAddress } from './requestAddress';
import { sharedCounts, type CountRequest } from './sharedCounts';

export type RateLimitConfig = {
  readonly windowMs: number;
  /** Requests that send or change something, per key and window; 0 turns the limit off. */
  readonly max: number;
  /** The same for reads, to which previews belong. */
  readonly readsMax: number;
  /** Where all instances count what sends or changes; null where there is one. Reads count in memory: a write for each would cost more than the read. */
  readonly count: CountRequest | null;
};

/**
 * Two budgets per API key (per address where there is none), so that polling a status does not use up the requests that
 * send. The headers are those of the IETF draft: `RateLimit-Policy` and `RateLimit`.
 */
export function rateLimits(config: RateLimitConfig): RequestHandler[] {
  return [
    ...limit('changes', { ...config, skip: (req) => isRead(req) }),
    ...limit('reads', { ...config, max: config.readsMax, count: null, skip: (req) => !isRead(req) }),
  ];
}

const READING = ['GET', 'HEAD', 'OPTIONS'];
/** Dry runs: they send and store nothing. */
const PREVIEW = /^\/broadcast\/(?:[^/]+\/retry\/)?preview\/?$/i;

const isRead = (req: Request) => READING.includes(req.method) || PREVIEW.test(req.path);

type Limit = Pick<RateLimitConfig, 'windowMs' | 'max' | 'count'> & { readonly skip: (req: Request) => boolean };

function limit(name: string, { windowMs, max, count, skip }: Limit): RequestHandler[] {
  if (max === 0) return [];
  return [
    rateLimit({
      windowMs,
      limit: max,
      identifier: name,
      store: sharedCounts({ name, windowMs, max, count }),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: callerOf,
      skip,
      handler: (_req, res) => {
        const seconds = Number(res.getHeader('Retry-After') ?? Math.ceil(windowMs / 1000));
        throw new ServiceError('rate_limited', `Too many requests. Try again in ${seconds} seconds.`, {
          retryAfterSeconds: seconds,
        });
      },
    }),
  ];
}

/** Only a key that was checked counts: made-up ones would each have a budget of their own. */
function callerOf(req: Request, res: Response): string {
  return keyOf(res) ?? ipKeyGenerator(countedAddress(req));
}
