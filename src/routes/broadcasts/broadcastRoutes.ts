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
    /** Reads the body of `POST /broadcast`, checks it, and refuses it where it has faults. */
    readonly readBroadcast: RequestHandler[];
    readonly checkBroadcast: RequestHandler[];
    readonly refuseBroadcast: RequestHandler[];
    /** All three in one; faulty recipients are to be reported, not refused. */
    readonly readPreview: RequestHandler[];
    readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
  };

/** Everything below `/broadcast`. */
export function broadcastRoutes(deps: BroadcastRoutesDeps): Router {
  const { readJson, readBroadcast, checkBroadcast, refuseBroadcast, readPreview, methodNotAllowed } = deps;
  const presenter = createBroadcastPresenter(deps);
  const { replay, replayAsRead, submit, preview } = broadcastSubmission(deps, presenter);
  const { list, show, listBatches, listRecipients } = broadcastReading(deps, presenter);
  const { pause, resume, cancel, resendFailed, resolve } = broadcastControl(deps, show);

  const router = Router();
  router
    .route('/')
    // What was accepted once is answered as it was, before any rule that may be another by now.
    .post(...readBroadcast, replay, ...checkBroadcast, replayAsRead, ...refuseBroadcast, submit)
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
  router.route('/:id/resend-failed').post(resendFailed).all(methodNotAllowed('POST'));
  router
    .route('/:id/batches/:number/resolve')
    .post(...readJson, resolve)
    .all(methodNotAllowed('POST'));
  return router;
}
