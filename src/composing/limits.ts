import { rateLimits } from '../middleware/callers/rateLimits';
import { refusals } from '../middleware/callers/refusals';
import type { CountRequest } from '../middleware/callers/sharedCounts';
import type { ServedFoundation } from './foundation';

/** How often somebody may ask, and fail to sign in: on PostgreSQL on all instances together, as SQLite has only one. */
export function composeLimits({ env, logger, store: { kind, requestCounts } }: ServedFoundation) {
  const count: CountRequest | null =
    kind === 'postgres' ? (whose, windowMs) => requestCounts.count(whose, windowMs) : null;
  const windowMs = env.RATE_LIMIT_WINDOW_MS;
  return {
    refusals: refusals({ logger, windowMs, max: env.AUTH_FAILURES_MAX, count }),
    rateLimits: rateLimits({ windowMs, max: env.RATE_LIMIT_MAX, readsMax: env.RATE_LIMIT_READS_MAX, count }),
  };
}
