import { Router, type RequestHandler, type Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';
import { refuseOwnOnly } from '../parameters/ownOnly';
import { DELIVERY_STATUSES } from '../../domain/states/webhookEvent';
import { parseRfc3339 } from '../../domain/time/rfc3339';
import type { AddressStore } from '../../store/telling/addressStore';
import type { DeliveryStore } from '../../store/telling/deliveryStore';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { UUID } from '../parameters/uuid';
import { deliveryView, failingAddressView } from '../views/deliveryView';

export type DeliveryRoutesDeps = {
  readonly deliveries: Pick<DeliveryStore, 'list' | 'replay' | 'recover'>;
  readonly addresses: Pick<AddressStore, 'failing'>;
  readonly callerOf: (res: Response) => Caller;
  readonly readJson: RequestHandler[];
  readonly readNothing: RequestHandler[];
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** So many addresses that take nothing are shown. */
const MOST_ADDRESSES = 100;
/** Keys grow beyond what `cursor` takes elsewhere. */
const LARGEST_KEY = Number.MAX_SAFE_INTEGER;

/** What others were told: `/webhook-deliveries`. */
export function deliveryRoutes(deps: DeliveryRoutesDeps): Router {
  const { deliveries, addresses, methodNotAllowed } = deps;

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', DELIVERY_STATUSES);
    const after = afterOf(req, 1, LARGEST_KEY)?.[0] ?? null;
    const page = await deliveries.list({ status, limit: limitOf(req), after });
    res.json({
      data: page.items.map(deliveryView),
      next: page.next === null ? null : cursorOf(page.next),
      failingAddresses: (await addresses.failing(MOST_ADDRESSES)).map(failingAddressView),
    });
  };

  const replay: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const id = String(req.params['id']).toLowerCase();
    const replayed = UUID.test(id) ? await deliveries.replay(id) : null;
    if (replayed === null) throw new ServiceError('not_found', 'There is no delivery with this id.');
    res.status(202).json(deliveryView(replayed));
  };

  const recover: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.status(202).json({ recovered: await deliveries.recover(sinceOf(req.body)) });
  };

  // They tell of all broadcasts, and of people who wrote.
  const notOwnOnly = refuseOwnOnly(deps.callerOf, 'sees no deliveries');

  const router = Router();
  router.use(notOwnOnly);
  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/recover')
    .post(...deps.readJson, recover)
    .all(methodNotAllowed('POST'));
  router
    .route('/:id/replay')
    .post(...deps.readNothing, replay)
    .all(methodNotAllowed('POST'));
  return router;
}

/** @throws ServiceError saying what the body must be */
function sinceOf(body: unknown): number {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const unknown = Object.keys(fields).find((name) => name !== 'since');
  const at = parseRfc3339('since' in fields ? fields.since : undefined);
  if (unknown === undefined && at !== null) return at;
  const path = unknown === undefined ? 'since' : unknown.slice(0, 64);
  const msg = unknown === undefined ? 'must be a time such as "2030-01-31T09:00:00Z" (RFC 3339)' : 'is not known here';
  throw new ServiceError(
    'invalid_request',
    'The body must be { "since": "2030-01-31T09:00:00Z" }. Nothing was changed.',
    {
      errors: [{ path, msg }],
      errorCount: 1,
    },
  );
}
