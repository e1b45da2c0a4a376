import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { newKeyOf, overlapOf } from '../../domain/access/keyWish';
import { ServiceError } from '../../domain/errors';
import type { KeyService } from '../../services/access/keyService';
import type { KeyStore } from '../../store/access/keyStore';
import { afterOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { UUID } from '../parameters/uuid';
import { callerView } from '../views/callerView';
import { keyView, shownKeyView } from '../views/keyView';

export type KeyRoutesDeps = {
  readonly keys: Pick<KeyStore, 'list'>;
  readonly keyService: KeyService;
  readonly callerOf: (res: Response) => Caller;
  /** Reads a JSON body. */
  readonly readJson: RequestHandler[];
  /** Reads a JSON body where there is one. */
  readonly readOptionalJson: RequestHandler[];
  /** Refuses a body that says anything. */
  readonly readNothing: RequestHandler[];
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** Who may come in, and what they may do. */
export function keyRoutes(deps: KeyRoutesDeps): Router {
  const { keys, keyService, callerOf, methodNotAllowed } = deps;

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const page = await keys.list({ limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? null });
    res.json({ data: page.items.map(keyView), next: page.next === null ? null : cursorOf(page.next) });
  };

  const showSelf: RequestHandler = (req, res) => {
    onlyParameters(req, []);
    res.json(callerView(callerOf(res)));
  };

  const create: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.status(201).json(shownKeyView(await keyService.create(newKeyOf(req.body), callerOf(res))));
  };

  const rotate: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const id = idOf(req);
    res.json(shownKeyView(await keyService.rotate(id, overlapOf(req.body), callerOf(res))));
  };

  const revoke: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    await keyService.revoke(idOf(req), callerOf(res));
    res.status(204).end();
  };

  const router = Router();
  router
    .route('/')
    .get(list)
    .post(...deps.readJson, create)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router.route('/self').get(showSelf).all(methodNotAllowed('GET', 'HEAD')); // before any key's id
  router
    .route('/:id')
    .delete(...deps.readNothing, revoke)
    .all(methodNotAllowed('DELETE'));
  router
    .route('/:id/rotate')
    .post(...deps.readOptionalJson, rotate)
    .all(methodNotAllowed('POST'));
  return router;
}

/** @throws ServiceError `not_found` */
function idOf(req: Request): string {
  const id = String(req.params['id']).toLowerCase();
  if (!UUID.test(id)) throw new ServiceError('not_found', 'There is no key with this id.');
  return id;
}
