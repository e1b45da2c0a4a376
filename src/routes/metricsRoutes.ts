import { Router, type RequestHandler } from 'express';
import type { Metrics } from '../services/measuring/metrics';
import { onlyParameters } from './parameters/query';

export type MetricsRoutesDeps = {
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  /** A token that may read them and nothing else; undefined where there is none. */
  readonly token: string | undefined;
  readonly isSameSecret: (presented: string, secret: string) => boolean;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** `GET /metrics`: `byToken` stands before authentication and lets everybody else pass on to `router`, which stands behind it. */
export function metricsRoutes({ metrics, token, isSameSecret, methodNotAllowed }: MetricsRoutesDeps) {
  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.type(metrics.contentType).send(await metrics.text());
  };

  const byToken: RequestHandler = async (req, res, next) => {
    const presented = /^Bearer\s+(\S+)\s*$/i.exec(req.get('authorization') ?? '')?.[1];
    const isKnown = token !== undefined && presented !== undefined && isSameSecret(presented, token);
    if (isKnown && (req.method === 'GET' || req.method === 'HEAD')) await show(req, res, next);
    else next();
  };

  const router = Router();
  router.route('/').get(show).all(methodNotAllowed('GET', 'HEAD'));
  return { byToken, router };
}
