import { Router, type RequestHandler } from 'express';
import { broadcastControl, type BroadcastControlDeps } from './broadcastControl';
import { createBroadcastPresenter, type BroadcastPresenterDeps } from './broadcastPresenter';
import { broadcastReading, type BroadcastReadingDeps } from './broadcastReading';
import { broadcastSubmission, type BroadcastSubmissionDeps } from './broadcastSubmission';

export type BroadcastRoutesDeps = BroadcastSubmissionDeps &
  BroadcastReadingDeps &
  BroadcastControlDeps &
  BroadcastPresenterDeps & {
    /** Reads a JSON body. */
    readonly readJson: RequestHandler[];
    /** Reads and checks the body of `POST /broadcast`. */
    readonly readBroadcast: RequestHandler[];
    /** As `readBroadcast`; faulty recipients are to be reported, not refused. */
    readonly readPreview: RequestHandler[];
    readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
  };

/** Everything below `/broadcast`. */
export function broadcastRoutes(deps: BroadcastRoutesDeps): Router {
  const { readJson, readBroadcast, readPreview, methodNotAllowed } = deps;
  const presenter = createBroadcastPresenter(deps);
  const { submit, preview } = broadcastSubmission(deps, presenter);
  const { list, show, listBatches, listRecipients } = broadcastReading(deps, presenter);
  const { pause, resume, cancel, resolve } = broadcastControl(deps, show);

  const router = Router();
  router
    .route('/')
    .post(...readBroadcast, submit)
    .get(list)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router
    .route('/preview')
    .post(...readPreview, preview)
    .all(methodNotAllowed('POST'));
  router.route('/:id').get(show).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/batches').get(listBatches).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/recipients').get(listRecipients).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/pause').post(pause).all(methodNotAllowed('POST'));
  router.route('/:id/resume').post(resume).all(methodNotAllowed('POST'));
  router.route('/:id/cancel').post(cancel).all(methodNotAllowed('POST'));
  router
    .route('/:id/batches/:number/resolve')
    .post(...readJson, resolve)
    .all(methodNotAllowed('POST'));
  return router;
}
