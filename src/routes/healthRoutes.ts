import { Router, type RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';
import type { PacingStore } from '../store/sending/pacingStore';

export type HealthRoutesDeps = {
  readonly ping: () => Promise<void>;
  readonly pacing: PacingStore;
  readonly isDispatcherAlive: () => boolean;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** For orchestrators: `live` says that the process answers, `ready` that it can do its work. */
export function healthRoutes({ ping, pacing, isDispatcherAlive, methodNotAllowed }: HealthRoutesDeps): Router {
  const router = Router();

  const live: RequestHandler = (_req, res) => {
    res.json({ status: 'ok' });
  };

  // An account fault does not make the service unready: it goes on accepting, and nothing is lost.
  const ready: RequestHandler = async (_req, res) => {
    const database = await ping().then(
      () => 'ok',
      () => 'unreachable',
    );
    const dispatcher = isDispatcherAlive() ? 'ok' : 'stopped';
    const fault = database === 'ok' ? await pacing.currentFault() : null;
    const isReady = database === 'ok' && dispatcher === 'ok';
    res.status(isReady ? 200 : 503).json({
      status: isReady ? 'ok' : 'unavailable',
      database,
      dispatcher,
      plivo:
        fault === null ? 'ok' : { code: fault.code, message: fault.reason, since: new Date(fault.since).toISOString() },
    });
  };

  router.route('/live').get(live).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/ready').get(ready).all(methodNotAllowed('GET', 'HEAD'));
  // Ends here: further on, a key would be asked for.
  router.use((req) => {
    throw new ServiceError('not_found', `There is nothing at ${req.method} on this path.`);
  });
  return router;
}
