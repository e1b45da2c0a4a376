import { Router, type RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { REVIEW_DECISIONS, type ReviewDecision } from '../../domain/replies/review';
import type { ReviewResult } from '../../store/hearing/inboundReview';
import type { InboundStore } from '../../store/hearing/inboundStore';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { inboundView } from '../views/personView';

export type InboundRoutesDeps = {
  readonly inbound: Pick<InboundStore, 'list' | 'countWaiting' | 'review'>;
  /** Reads a JSON body where there is one. */
  readonly readOptionalJson: RequestHandler[];
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** As Plivo's are, and as those are kept that it posts. */
const MESSAGE_UUID = /^[\w-]{1,64}$/;

/** What people have written to us, latest first, and what is to be looked at. */
export function inboundRoutes({ inbound, readOptionalJson, methodNotAllowed }: InboundRoutesDeps): Router {
  const router = Router();
  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['needsReview', 'limit', 'cursor']);
    const needsReview = choiceOf(req, 'needsReview', ['true', 'false']);
    const page = await inbound.list({
      limit: limitOf(req),
      after: afterOf(req, 1)?.[0] ?? null,
      ...(needsReview === null ? {} : { needsReview: needsReview === 'true' }),
    });
    res.json({
      data: page.items.map(inboundView),
      next: page.next === null ? null : cursorOf(page.next),
      needsReview: await inbound.countWaiting(),
    });
  };

  const settle: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const uuid = String(req.params['uuid']);
    const as = decisionOf(req.body);
    const result: ReviewResult = MESSAGE_UUID.test(uuid) ? await inbound.review(uuid, as) : { kind: 'unknown' };
    if (result.kind !== 'reviewed') throw refusal(result);
    res.json(inboundView(result.message));
  };

  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/:uuid/reviewed')
    .post(...readOptionalJson, settle)
    .all(methodNotAllowed('POST'));
  return router;
}

/** @throws ServiceError saying what the body must be */
function decisionOf(body: unknown): ReviewDecision {
  const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
  const unknown = Object.keys(given ?? {}).find((name) => name !== 'as');
  const as = given !== null && 'as' in given ? given.as : undefined;
  const decision = REVIEW_DECISIONS.find((one) => one === as);
  if (decision !== undefined && unknown === undefined) return decision;
  const path = unknown === undefined ? 'as' : unknown.slice(0, 64);
  const msg = unknown === undefined ? `must be one of ${REVIEW_DECISIONS.join(', ')}` : 'is not known here';
  throw new ServiceError(
    'invalid_request',
    'The body must be { "as": "optOut" } or { "as": "nothing" }. Nothing was changed.',
    { errors: [{ path, msg }], errorCount: 1 },
  );
}

function refusal(result: Exclude<ReviewResult, { kind: 'reviewed' }>): ServiceError {
  if (result.kind === 'unknown') return new ServiceError('not_found', 'There is no such text.');
  if (result.kind === 'notMarked')
    return new ServiceError(
      'conflict',
      'This text does not wait for a review. PUT /opt-outs/{number} opts somebody out.',
    );
  return new ServiceError(
    'conflict',
    `This text was reviewed before, as "${result.as}". PUT and DELETE /opt-outs/{number} change who is opted out.`,
  );
}
