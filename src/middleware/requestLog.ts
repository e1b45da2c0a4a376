import type { Request, RequestHandler } from 'express';
import type { Logger } from '../../config/logger';

export type RequestLogDeps = {
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** Told of each, by its pattern too. */
  readonly answered: (request: { method: string; route: string; status: number; seconds: number }) => void;
};

/** One line per answered request. It names the route's pattern, not the address: addresses hold numbers and tokens. */
export function requestLog({ logger, monotonicMs, answered }: RequestLogDeps): RequestHandler {
  return (req, res, next) => {
    const start = monotonicMs();
    res.on('finish', () => {
      const [method, status, durationMs] = [req.method, res.statusCode, monotonicMs() - start];
      const pattern = patternOf(req);
      logger.debug('Answered', { method, route: pattern, status, durationMs: Math.round(durationMs) });
      answered({ method, route: pattern, status, seconds: durationMs / 1000 });
    });
    next();
  };
}

/** The pattern of the route that a request was led to; `none` for a path that there is not. */
export function patternOf(req: Request): string {
  // Express forgets the base of a router whose handler threw; the first segment of a known route is a plain word.
  const base = req.baseUrl === '' ? (/^\/[a-z-]+(?=\/|$)/.exec(req.path)?.[0] ?? '') : req.baseUrl;
  const route: unknown = (req.route as { path?: unknown } | undefined)?.path;
  return typeof route === 'string' ? `${base}${route}` : 'none';
}
