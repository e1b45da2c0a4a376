import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import type { SubmittedKey } from '../../services/accepting/idempotency';
import type { RetryService } from '../../services/retrying/retryService';
import { broadcastIdOf } from '../parameters/broadcastId';
import { previewedDigests } from '../parameters/ifMatch';
import { readPreference } from '../parameters/preference';
import { onlyParameters } from '../parameters/query';
import { retryWishOf } from '../parameters/retryWish';
import { previewView } from '../views/broadcastView';
import { closedSignal, type SubmissionAnswers } from './submissionAnswers';

export type BroadcastRetryDeps = {
  readonly retryService: RetryService;
  /** The idempotency key, with what it came with; null without one. */
  readonly submittedOf: (req: Request) => SubmittedKey | null;
  readonly callerOf: (res: Response) => Caller;
};

/** A new broadcast to those of another one who failed, or its dry run. */
export function broadcastRetry(
  { retryService, submittedOf, callerOf }: BroadcastRetryDeps,
  { answerSubmission }: SubmissionAnswers,
) {
  const submit: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const submission = await retryService.submit(
      broadcastIdOf(req),
      retryWishOf(req.body),
      {
        submittedKey: submittedOf(req),
        waitMs: readPreference(req.get('prefer'))?.waitMs ?? null,
        previewed: previewedDigests(req.get('if-match')),
        by: callerOf(res),
      },
      closedSignal(res),
    );
    await answerSubmission(req, res, submission);
  };

  const preview: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const id = broadcastIdOf(req);
    const { preview: found, request } = await retryService.preview(id, retryWishOf(req.body));
    res.json({ retryOf: id, ...previewView(found, request) });
  };

  return { submit, preview };
}
