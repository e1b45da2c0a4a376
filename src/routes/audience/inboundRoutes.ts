import { Router, type RequestHandler } from 'express';
import type { InboundStore } from '../../store/hearing/inboundStore';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { inboundView } from '../views/personView';

export type InboundRoutesDeps = {
  readonly inbound: InboundStore;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** What people have written to us, latest first. */
export function inboundRoutes({ inbound, methodNotAllowed }: InboundRoutesDeps): Router {
  const router = Router();
  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['needsReview', 'limit', 'cursor']);
    const needsReview = choiceOf(req, 'needsReview', ['true', 'false']);
    const page = await inbound.list({
      limit: limitOf(req),
      after: afterOf(req, 1)?.[0] ?? null,
      ...(needsReview === null ? {} : { needsReview: needsReview === 'true' }),
    });
    res.json({ data: page.items.map(inboundView), next: page.next === null ? null : cursorOf(page.next) });
  };
  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
