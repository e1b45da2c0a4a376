import { Router, type RequestHandler } from 'express';
import { broadcastControl, type BroadcastControlDeps } from './broadcastControl';
import { createBroadcastPresenter, type BroadcastPresenterDeps } from './broadcastPresenter';
import { broadcastReading, type BroadcastReadingDeps } from './broadcastReading';
import { broadcastRetry, type BroadcastRetryDeps } from './broadcastRetry';
import { broadcastSubmission, type BroadcastSubmissionDeps } from './broadcastSubmission';
import { createSubmissionAnswers } from './submissionAnswers';

export type BroadcastRoutesDeps = BroadcastSubmissionDeps &
  BroadcastReadingDeps &
  BroadcastControlDeps &
  BroadcastRetryDeps &
  BroadcastPresenterDeps & {
    /** Reads a JSON body. */
    readonly readJson: RequestHandler[];
    /** Refuses a body that says anything. */
    readonly readNothing: RequestHandler[];
    /** Reads the body of `POST /broadcast`, checks it, and refuses it where it has faults. */
    readonly readBroadcast: RequestHandler[];
    readonly checkBroadcast: RequestHandler[];
    readonly refuseBroadcast: RequestHandler[];
    /** As these, of what is tried out on a few. */
    readonly readTest: RequestHandler[];
    readonly checkTest: RequestHandler[];
    /** All three in one; faulty recipients are to be reported, not refused. */
    readonly readPreview: RequestHandler[];
    /** Reads the body of a retry, which may be left out. */
    readonly readRetry: RequestHandler[];
    readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
  };

/** Everything below `/broadcast`. */
export function broadcastRoutes(deps: BroadcastRoutesDeps): Router {
  const { readJson, readNothing, readBroadcast, checkBroadcast, refuseBroadcast, methodNotAllowed } = deps;
  const presenter = createBroadcastPresenter(deps);
  const answers = createSubmissionAnswers(deps, presenter);
  const submission = broadcastSubmission(deps, answers);
  const retry = broadcastRetry(deps, answers);
  const { list, show, listBatches, listRecipients } = broadcastReading(deps, presenter);
  const { pause, resume, cancel, resendFailed, resolve } = broadcastControl(deps, show);

  const router = Router();
  router
    .route('/')
    // What was accepted once is answered as it was, before any rule that may be another by now.
    .post(
      ...readBroadcast,
      submission.replay,
      ...checkBroadcast,
      submission.replayAsRead,
      ...refuseBroadcast,
      submission.submit,
    )
    .get(list)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router
    .route('/preview')
    .post(...deps.readPreview, submission.preview)
    .all(methodNotAllowed('POST'));
  router
    .route('/test')
    .post(...deps.readTest, submission.replayTest, ...deps.checkTest, ...refuseBroadcast, submission.submitTest)
    .all(methodNotAllowed('POST'));
  router.route('/:id').get(show).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/batches').get(listBatches).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/recipients').get(listRecipients).all(methodNotAllowed('GET', 'HEAD'));
  const controls = { pause, resume, cancel, 'resend-failed': resendFailed };
  for (const [word, control] of Object.entries(controls))
    router
      .route(`/:id/${word}`)
      .post(...readNothing, control)
      .all(methodNotAllowed('POST'));
  router
    .route('/:id/retry')
    .post(...deps.readRetry, submission.replay, retry.submit)
    .all(methodNotAllowed('POST'));
  router
    .route('/:id/retry/preview')
    .post(...deps.readRetry, retry.preview)
    .all(methodNotAllowed('POST'));
  router
    .route('/:id/batches/:number/resolve')
    .post(...readJson, resolve)
    .all(methodNotAllowed('POST'));
  return router;
}
