import type { Request, RequestHandler, Response } from 'express';
import { onceAccepted } from '../../domain/errors';
import type { CheckedRecipients } from '../../domain/numbers/recipientList';
import type { BroadcastRequest } from '../../services/accepting/broadcastRequest';
import type { BroadcastService } from '../../services/accepting/broadcastService';
import type { PreviewService } from '../../services/accepting/previewService';
import { previewedDigests } from '../parameters/ifMatch';
import { appliedPreference, readPreference } from '../parameters/preference';
import { onlyParameters } from '../parameters/query';
import { previewView } from '../views/broadcastView';
import type { BroadcastPresenter } from './broadcastPresenter';

export type BroadcastSubmissionDeps = {
  readonly service: BroadcastService;
  readonly previews: PreviewService;
  readonly recipientsOf: (req: Request) => CheckedRecipients;
};

/** Taking broadcasts in, or their dry run. The body has been read and checked when these come on. */
export function broadcastSubmission(
  { service, previews, recipientsOf }: BroadcastSubmissionDeps,
  { present }: BroadcastPresenter,
) {
  const requestOf = (req: Request): BroadcastRequest => {
    // A file has its fields there; beside any other body they would be passed over.
    if (req.is(['text/csv', 'application/x-ndjson']) === false) onlyParameters(req, []);
    return { ...fieldsOf(req.body as SubmittedBody), recipients: recipientsOf(req) };
  };

  const submit: RequestHandler = async (req, res) => {
    const submission = await service.submit(
      {
        ...requestOf(req),
        idempotencyKey: req.get('idempotency-key') ?? null,
        waitMs: readPreference(req.get('prefer'))?.waitMs ?? null,
        previewed: previewedDigests(req.get('if-match')),
      },
      closedSignal(res),
    );
    res.status(202).location(`/broadcast/${submission.broadcast.id}`);
    if (submission.kind === 'replayed') {
      res.set('Idempotency-Replayed', 'true').type('application/json');
      res.send(submission.firstAnswer ?? JSON.stringify(await present(submission.broadcast, null)));
      return;
    }
    const { broadcast, batches } = submission;
    const answer = JSON.stringify(await present(broadcast, batches).catch(onceAccepted));
    if (req.get('idempotency-key') !== undefined)
      await service.keepFirstAnswer(broadcast.id, answer).catch(onceAccepted);
    res.set('Preference-Applied', appliedPreference(submission.waitedMs)).type('application/json').send(answer);
  };

  const preview: RequestHandler = async (req, res) => {
    const request = requestOf(req);
    res.json(previewView(await previews.preview(request), request));
  };

  return { submit, preview };
}

type SubmittedBody = {
  readonly message: string;
  readonly recipients: readonly unknown[];
  readonly name?: string | null;
  readonly invalidRecipients?: 'reject' | 'skip' | null;
  readonly sender?: string | null;
  readonly expirySeconds?: number | null;
  readonly mediaUrls?: readonly string[] | null;
  readonly sendAt?: string | null;
  readonly quietHours?: string | null;
};

const fieldsOf = (body: SubmittedBody): Omit<BroadcastRequest, 'recipients'> => ({
  text: body.message,
  invalidRecipients: body.invalidRecipients ?? 'reject',
  name: body.name ?? null,
  sender: body.sender ?? null,
  expirySeconds: body.expirySeconds ?? null,
  mediaUrls: body.mediaUrls ?? null,
  sendAt: body.sendAt === undefined || body.sendAt === null ? null : Date.parse(body.sendAt),
  quietHours: body.quietHours ?? null,
});

/** Aborts when the caller goes away before it was answered. */
function closedSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  return controller.signal;
}
