import { Router, type RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';
import type { FaultStore } from '../store/sending/faultStore';
import type { ListFaultStore } from '../store/settling/listFaultStore';
import { LIST_AWAY } from './views/faultView';
import { iso } from './views/time';

export type HealthRoutesDeps = {
  readonly ping: () => Promise<void>;
  readonly faults: Pick<FaultStore, 'current'>;
  readonly listFaults: Pick<ListFaultStore, 'current'>;
  readonly isDispatcherAlive: () => boolean;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const NONE = [null, null] as const;

/** For orchestrators: `live` says that the process answers, `ready` that it can do its work. */
export function healthRoutes({
  ping,
  faults,
  listFaults,
  isDispatcherAlive,
  methodNotAllowed,
}: HealthRoutesDeps): Router {
  const router = Router();

  const live: RequestHandler = (_req, res) => {
    res.json({ status: 'ok' });
  };

  // A fault of Plivo or of the way to it does not make the service unready: it goes on accepting, and nothing is lost.
  const ready: RequestHandler = async (_req, res) => {
    const database = await ping().then(
      () => 'ok',
      () => 'unreachable',
    );
    const dispatcher = isDispatcherAlive() ? 'ok' : 'stopped';
    const [fault, listFault] = database === 'ok' ? await Promise.all([faults.current(), listFaults.current()]) : NONE;
    const isReady = database === 'ok' && dispatcher === 'ok';
    res.status(isReady ? 200 : 503).json({
      status: isReady ? 'ok' : 'unavailable',
      database,
      dispatcher,
      plivo: fault === null ? 'ok' : { code: fault.code, message: fault.reason, since: iso(fault.since) },
      messageList:
        listFault === null ? 'ok' : { code: listFault.code, message: LIST_AWAY, since: iso(listFault.since) },
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
