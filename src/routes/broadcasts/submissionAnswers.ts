import type { Request, Response } from 'express';
import { onceDone } from '../../domain/errors';
import type { BroadcastService, Replay, Submission } from '../../services/accepting/broadcastService';
import { appliedPreference } from '../parameters/preference';
import type { BroadcastPresenter } from './broadcastPresenter';

export type SubmissionAnswers = {
  /** 202, which is kept for repetitions. `beside`: what goes with the broadcast. */
  readonly answerSubmission: (req: Request, res: Response, submission: Submission, beside?: object) => Promise<void>;
  /** As the first request was answered. */
  readonly answerRepeated: (res: Response, replay: Replay) => Promise<void>;
};

/** How those are answered who have broadcasts sent. */
export function createSubmissionAnswers(
  { service }: { readonly service: Pick<BroadcastService, 'keepFirstAnswer'> },
  { present }: Pick<BroadcastPresenter, 'present'>,
): SubmissionAnswers {
  const answerRepeated: SubmissionAnswers['answerRepeated'] = async (res, { broadcast, firstAnswer }) => {
    res.status(202).location(`/broadcast/${broadcast.id}`).set('Idempotency-Replayed', 'true').type('application/json');
    res.send(firstAnswer ?? JSON.stringify(await present(broadcast, null)));
  };
  return {
    answerRepeated,
    async answerSubmission(req, res, submission, beside = {}) {
      if (submission.kind === 'replayed') {
        await answerRepeated(res, submission);
        return;
      }
      const { broadcast, batches } = submission;
      res.status(202).location(`/broadcast/${broadcast.id}`);
      const view = await present(broadcast, batches).catch(onceDone);
      const answer = JSON.stringify({ ...view, ...beside });
      if (req.get('idempotency-key') !== undefined) await service.keepFirstAnswer(broadcast.id, answer).catch(onceDone);
      res.set('Preference-Applied', appliedPreference(submission.waitedMs)).type('application/json').send(answer);
    },
  };
}

/** Aborts when the caller goes away before it was answered. */
export function closedSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  return controller.signal;
}
