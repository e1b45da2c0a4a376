import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { composed, readMessage, type EncodingWish } from '../../domain/text/messageText';
import type { CheckedRecipients } from '../../domain/lists/recipientList';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import { LINE_TYPES, ROW_TYPES } from '../../domain/lists/listTypes';
import type { BroadcastRequest, CanaryWish, SavedUse } from '../../services/accepting/broadcastRequest';
import type { BroadcastService } from '../../services/accepting/broadcastService';
import type { JudgeEntries } from '../../services/accepting/planning/entryJudge';
import type { ListSource } from '../../services/files/listSource';
import type { SubmittedKey } from '../../services/accepting/idempotency';
import type { PreviewService } from '../../services/accepting/previewing/previewService';
import type { TestWish } from '../../services/accepting/testRequest';
import { previewedDigests } from '../parameters/ifMatch';
import { readPreference } from '../parameters/preference';
import { onlyParameters } from '../parameters/query';
import { previewView } from '../views/broadcastView';
import { streamPreviewCsv, wantsCsv } from './previewCsv';
import { closedSignal, type SubmissionAnswers } from './submissionAnswers';

export type BroadcastSubmissionDeps = {
  readonly service: BroadcastService;
  readonly previews: PreviewService;
  /** Of a request that was checked and has no fault. */
  readonly recipientsOf: (req: Request) => CheckedRecipients;
  /** Of a request that was checked; null where they could not be read. */
  readonly readRecipientsOf: (req: Request) => CheckedRecipients | null;
  /** What the recipients of a checked request were read from; null where that was no file. */
  readonly sourceOf: (req: Request) => ListSource | null;
  /** The entries of a checked request as they were submitted, some at a time. */
  readonly entriesOf: (req: Request) => Iterable<readonly string[]>;
  readonly judgeEntries: JudgeEntries;
  /** Reads numbers as the request wishes. */
  readonly readerOf: (req: Request) => NumberReader;
  /** The idempotency key, with what it came with; null without one. */
  readonly submittedOf: (req: Request) => SubmittedKey | null;
  readonly callerOf: (res: Response) => Caller;
  /** What a checked request takes from saved lists and templates; null for nothing. */
  readonly savedUseOf: (req: Request) => SavedUse | null;
  /** Who a test goes to, of a request that was checked. */
  readonly testWishOf: (req: Request) => TestWish;
  /** A request as it is tried out on a few. */
  readonly testOf: (request: BroadcastRequest, wish: TestWish) => Promise<BroadcastRequest>;
};

/**
 * Taking broadcasts in, or their dry run. The body has been read when `replay` comes on, checked when `replayAsRead` does,
 * and found without fault when the others do.
 */
export function broadcastSubmission(
  deps: BroadcastSubmissionDeps,
  { answerSubmission, answerRepeated }: SubmissionAnswers,
) {
  const { service, previews, recipientsOf, readRecipientsOf, submittedOf, sourceOf, callerOf } = deps;
  /** Requests whose key is known, and which have to be read before it is known whether they are the same. */
  const unread = new WeakSet<Request>();

  const replay: RequestHandler = async (req, res, next) => {
    const submitted = submittedOf(req);
    const repeated = submitted === null ? null : await service.findRepeated(submitted, callerOf(res));
    if (repeated === 'unread') unread.add(req);
    if (repeated === null || repeated === 'unread') next();
    else await answerRepeated(res, repeated);
  };

  const replayAsRead: RequestHandler = async (req, res, next) => {
    const submitted = unread.has(req) ? submittedOf(req) : null;
    const recipients = readRecipientsOf(req);
    const request = recipients === null ? null : { ...submittedFieldsOf(req.body as SubmittedBody), recipients };
    const repeated = submitted === null ? null : await service.findRepeatedAsRead(submitted, request, callerOf(res));
    if (repeated === null) next();
    else await answerRepeated(res, repeated);
  };

  const requestOf = (req: Request): BroadcastRequest => {
    // A file has its fields there; beside any other body they would be passed over.
    if (req.is('multipart/form-data')) onlyParameters(req, ['column', 'charset', 'sheet']);
    else if (!req.is([...ROW_TYPES, ...LINE_TYPES])) onlyParameters(req, []);
    const saved = deps.savedUseOf(req);
    return {
      ...fieldsOf(req.body as SubmittedBody),
      recipients: recipientsOf(req),
      ...(saved === null ? {} : { saved }),
    };
  };

  const send = async (req: Request, res: Response, request: BroadcastRequest): Promise<void> => {
    const submission = await service.submit(
      {
        ...request,
        submittedKey: submittedOf(req),
        waitMs: readPreference(req.get('prefer'))?.waitMs ?? null,
        previewed: previewedDigests(req.get('if-match')),
        by: callerOf(res),
      },
      closedSignal(res),
    );
    await answerSubmission(req, res, submission, { source: sourceOf(req) });
  };

  const submit: RequestHandler = async (req, res) => {
    await send(req, res, requestOf(req));
  };

  const submitTest: RequestHandler = async (req, res) => {
    await send(req, res, await deps.testOf(requestOf(req), deps.testWishOf(req)));
  };

  /** As `replay`, of kinds of requests that the first releases did not have: what those have kept is another one. */
  const replayOfLater: RequestHandler = async (req, res, next) => {
    const submitted = submittedOf(req);
    const repeated = submitted === null ? null : await service.findRepeated(submitted, callerOf(res));
    if (submitted !== null && repeated === 'unread') await service.findRepeatedAsRead(submitted, null, callerOf(res));
    if (repeated === null || repeated === 'unread') next();
    else await answerRepeated(res, repeated);
  };

  const preview: RequestHandler = async (req, res) => {
    const request = requestOf(req);
    res.vary('Accept');
    if (wantsCsv(req)) await streamPreviewCsv(res, deps.judgeEntries(deps.entriesOf(req), deps.readerOf(req)));
    else res.json({ ...previewView(await previews.preview(request), request), source: sourceOf(req) });
  };

  return { replay, replayAsRead, submit, replayOfLater, submitTest, preview };
}

type SubmittedBody = {
  readonly message: string;
  readonly recipients: readonly unknown[];
  readonly name?: string | null;
  readonly invalidRecipients?: 'reject' | 'skip' | null;
  readonly sender?: string | null;
  readonly expirySeconds?: number | null;
  readonly mediaUrls?: readonly string[] | null;
  readonly callbackUrl?: string | null;
  readonly sendAt?: string | null;
  readonly sendAtLocal?: string | null;
  readonly quietHours?: string | null;
  readonly encoding?: EncodingWish | null;
  readonly topic?: string | null;
  readonly ignoreBalance?: boolean | null;
  readonly canary?: Partial<CanaryWish> | null;
};

/** Of a body that was checked: its texts as they are stored and sent. */
function fieldsOf(body: SubmittedBody): Omit<BroadcastRequest, 'recipients'> {
  const { text } = readMessage(body.message, body.encoding ?? 'auto');
  if (text === null) throw new Error('The message was not checked.');
  const composedOrNull = (label: string | null | undefined) => (typeof label === 'string' ? composed(label) : null);
  return { ...submittedFieldsOf(body), text, name: composedOrNull(body.name), topic: composedOrNull(body.topic) };
}

/** With the texts as they came in, which the hashes of the first releases are over. */
const submittedFieldsOf = (body: SubmittedBody): Omit<BroadcastRequest, 'recipients'> => ({
  text: body.message,
  invalidRecipients: body.invalidRecipients ?? 'reject',
  name: body.name ?? null,
  sender: body.sender ?? null,
  expirySeconds: body.expirySeconds ?? null,
  mediaUrls: body.mediaUrls ?? null,
  ...(typeof body.callbackUrl === 'string' ? { callbackUrl: body.callbackUrl } : {}),
  sendAt: body.sendAt === undefined || body.sendAt === null ? null : Date.parse(body.sendAt),
  sendAtLocal: body.sendAtLocal ?? null,
  quietHours: body.quietHours ?? null,
  topic: body.topic ?? null,
  ...(body.ignoreBalance === true ? { ignoreBalance: true } : {}),
  canary: canaryOf(body),
});

const USUAL_CANARY = { waitSeconds: 600, maxFailureRate: 0.1 };

function canaryOf({ canary }: SubmittedBody): CanaryWish | null {
  if (canary === undefined || canary === null) return null;
  const { recipients, waitSeconds, maxFailureRate } = canary;
  return {
    recipients: recipients ?? 0,
    waitSeconds: waitSeconds ?? USUAL_CANARY.waitSeconds,
    maxFailureRate: maxFailureRate ?? USUAL_CANARY.maxFailureRate,
  };
}
