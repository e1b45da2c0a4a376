import type { RequestHandler } from 'express';
import type { Logger } from '../../config/logger';

/** One line per answered request. It names the route's pattern, not the address: addresses hold numbers and tokens. */
export function requestLog({ logger, monotonicMs }: { logger: Logger; monotonicMs: () => number }): RequestHandler {
  return (req, res, next) => {
    const start = monotonicMs();
    res.on('finish', () => {
      const route: unknown = (req.route as { path?: unknown } | undefined)?.path;
      logger.debug('Answered', {
        method: req.method,
        route: typeof route === 'string' ? `${req.baseUrl}${route}` : 'none',
        status: res.statusCode,
        durationMs: Math.round(monotonicMs() - start),
      });
    });
    next();
  };
}
