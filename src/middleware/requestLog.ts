import type { RequestHandler } from 'express';
import type { Logger } from '../../config/logger';

/** One line per answered request. It names the route's pattern, not the address: addresses hold numbers and tokens. */
export function requestLog({ logger, monotonicMs }: { logger: Logger; monotonicMs: () => number }): RequestHandler {
  return (req, res, next) => {
    const start = monotonicMs();
    res.on('finish', () => {
      // Express forgets the base of a router whose handler threw; the first segment of a known route is a plain word.
      const base = req.baseUrl === '' ? (/^\/[a-z-]+(?=\/|$)/.exec(req.path)?.[0] ?? '') : req.baseUrl;
      const route: unknown = (req.route as { path?: unknown } | undefined)?.path;
      logger.debug('Answered', {
        method: req.method,
        route: typeof route === 'string' ? `${base}${route}` : 'none',
        status: res.statusCode,
        durationMs: Math.round(monotonicMs() - start),
      });
    });
    next();
  };
}
