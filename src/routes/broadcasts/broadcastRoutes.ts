import { Router, type RequestHandler, type RequestParamHandler } from 'express';
import { maySeeWorkOf } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';
import { broadcastIdOf } from '../parameters/broadcastId';
import { broadcastApproval, type BroadcastApprovalDeps } from './broadcastApproval';
import { broadcastControl, type BroadcastControlDeps } from './broadcastControl';
import type { BroadcastPresenter } from './broadcastPresenter';
import { broadcastReading, type BroadcastReadingDeps } from './broadcastReading';
import { broadcastRetry, type BroadcastRetryDeps } from './broadcastRetry';
import { broadcastSubmission, type BroadcastSubmissionDeps } from './broadcastSubmission';
import { createSubmissionAnswers } from './submissionAnswers';

export type BroadcastRoutesDeps = BroadcastSubmissionDeps &
  BroadcastReadingDeps &
  BroadcastControlDeps &
  BroadcastApprovalDeps &
  BroadcastRetryDeps & {
    readonly presenter: BroadcastPresenter;
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
    /** What happens to one, as it happens. */
    readonly showEvents: RequestHandler;
    readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
  };

/** Everything below `/broadcast`. */
export function broadcastRoutes(deps: BroadcastRoutesDeps): Router {
  const { presenter, readJson, readNothing, readBroadcast, checkBroadcast, refuseBroadcast, methodNotAllowed } = deps;
  const answers = createSubmissionAnswers(deps, presenter);
  const submission = broadcastSubmission(deps, answers);
  const retry = broadcastRetry(deps, answers);
  const { list, show, listBatches, listRecipients } = broadcastReading(deps, presenter);
  const { pause, resume, cancel, resendFailed, resolve } = broadcastControl(deps, show);

  const router = Router();
  // Whatever is asked of it, and before a body is read.
  router.param('id', onlyOwn(deps));
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
    .post(...deps.readTest, submission.replayOfLater, ...deps.checkTest, ...refuseBroadcast, submission.submitTest)
    .all(methodNotAllowed('POST'));
  router.route('/:id').get(show).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/events').get(deps.showEvents).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/batches').get(listBatches).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/recipients').get(listRecipients).all(methodNotAllowed('GET', 'HEAD'));
  const byWord = (read: RequestHandler[], handlers: Readonly<Record<string, RequestHandler>>) => {
    for (const [word, handler] of Object.entries(handlers))
      router
        .route(`/:id/${word}`)
        .post(...read, handler)
        .all(methodNotAllowed('POST'));
  };
  byWord(readNothing, { pause, resume, cancel, 'resend-failed': resendFailed });
  byWord(readJson, broadcastApproval(deps, show));
  router
    .route('/:id/retry')
    .post(...deps.readRetry, submission.replayOfLater, retry.submit)
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

/** A broadcast of somebody else is not there for whoever only sees their own. */
function onlyOwn({ broadcasts, callerOf }: Pick<BroadcastRoutesDeps, 'broadcasts' | 'callerOf'>): RequestParamHandler {
  return async (req, res, next) => {
    const caller = callerOf(res);
    if (caller.ownOnly) {
      const broadcast = await broadcasts.find(broadcastIdOf(req));
      if (broadcast === null || !maySeeWorkOf(caller, broadcast.creatorId))
        throw new ServiceError('not_found', 'There is no broadcast with this id.');
    }
    next();
  };
}
