import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ServiceError } from '../domain/errors';
import { keyOf } from './authenticate';

export type RateLimitConfig = {
  readonly windowMs: number;
  /** Requests that send or change something, per key and window; 0 turns the limit off. */
  readonly max: number;
  /** The same for reads. */
  readonly readsMax: number;
};

/**
 * Two budgets per API key (per address where there is none), so that polling a status does not use up the requests that
 * send. The headers are those of the IETF draft: `RateLimit-Policy` and `RateLimit`.
 */
export function rateLimits(config: RateLimitConfig): RequestHandler[] {
  return [
    ...limit('changes', config.max, config.windowMs, (req) => isRead(req)),
    ...limit('reads', config.readsMax, config.windowMs, (req) => !isRead(req)),
  ];
}

const isRead = (req: Request) => req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';

function limit(name: string, max: number, windowMs: number, skip: (req: Request) => boolean): RequestHandler[] {
  if (max === 0) return [];
  return [
    rateLimit({
      windowMs,
      limit: max,
      identifier: name,
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

/**
 * A digest, so that no key lies about in the limiter's memory. Only a key that was checked counts: made-up ones would
 * each have a budget of their own.
 */
function callerOf(req: Request, res: Response): string {
  const key = keyOf(res);
  if (key !== null) return createHash('sha256').update(key).digest('base64');
  return ipKeyGenerator(req.ip ?? '');
}
