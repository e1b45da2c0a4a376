import { setImmediate as nextTurn } from 'node:timers/promises';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { BROADCAST_STATUSES } from '../../domain/states/broadcastState';
import { onceAccepted, ServiceError } from '../../domain/errors';
import type { CheckedRecipients } from '../../domain/numbers/recipientList';
import { RECIPIENT_STATUSES } from '../../domain/states/recipientState';
import type { BroadcastRequest } from '../../services/accepting/broadcastRequest';
import type { BroadcastService } from '../../services/accepting/broadcastService';
import type { Forecast } from '../../services/accepting/forecast';
import type { PreviewService } from '../../services/accepting/previewService';
import type { Batch, Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { ControlStore } from '../../store/sending/controlStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { RecipientStore } from '../../store/reading/recipientStore';
import { appliedPreference, readPreference } from '../parameters/preference';
import { broadcastControl } from './broadcastControl';
import { previewedDigests } from '../parameters/ifMatch';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { streamRecipientsCsv } from './recipientsCsv';
import { batchView, broadcastView, previewView } from '../views/broadcastView';
import { recipientView } from '../views/recipientView';
import { UUID } from '../parameters/uuid';

export type BroadcastRoutesDeps = {
  readonly service: BroadcastService;
  readonly previews: PreviewService;
  readonly forecast: Forecast;
  readonly broadcasts: BroadcastStore;
  readonly recipients: RecipientStore;
  readonly pacing: PacingStore;
  readonly control: ControlStore;
  readonly wakeDispatcher: () => void;
  /** Reads a JSON body. */
  readonly readJson: RequestHandler[];
  /** Reads and checks the body of `POST /broadcast`. */
  readonly readBroadcast: RequestHandler[];
  /** As `readBroadcast`; faulty recipients are to be reported, not refused. */
  readonly readPreview: RequestHandler[];
  readonly recipientsOf: (req: Request) => CheckedRecipients;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** How many troubled batches a broadcast shows; all of them stand under `/batches`. */
const MOST_ERRORS = 100;
const SHOWN_AT_ONCE = 20;

export function broadcastRoutes(deps: BroadcastRoutesDeps): Router {
  const { service, broadcasts, recipients, pacing, forecast, methodNotAllowed } = deps;
  const router = Router();

  const view = async (broadcast: Broadcast, responses: readonly Batch[] | null) =>
    await (
      await createView()
    )(broadcast, responses);

  /** Shows any number of broadcasts as they stand at one moment. */
  const createView = async () => {
    const fault = await pacing.currentFault();
    const outlook = await forecast.now();
    return async (broadcast: Broadcast, responses: readonly Batch[] | null) =>
      broadcastView(broadcast, {
        responses,
        fault,
        inTrouble: await broadcasts.batchesInTrouble(broadcast.broadcastKey, MOST_ERRORS),
        countries: await broadcasts.countries(broadcast.broadcastKey),
        // Nobody knows when a fault of the account ends.
        finishAt: fault === null ? outlook.finishOf(broadcast) : null,
      });
  };

  const find = async (req: Request): Promise<Broadcast> => {
    const broadcast = await broadcasts.find(idOf(req));
    if (broadcast === null) throw new ServiceError('not_found', 'There is no broadcast with this id.');
    return broadcast;
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
      res.send(submission.firstAnswer ?? JSON.stringify(await view(submission.broadcast, null)));
      return;
    }
    const { broadcast, batches } = submission;
    const answer = JSON.stringify(await view(broadcast, batches).catch(onceAccepted));
    if (req.get('idempotency-key') !== undefined)
      await service.keepFirstAnswer(broadcast.id, answer).catch(onceAccepted);
    res.set('Preference-Applied', appliedPreference(submission.waitedMs)).type('application/json').send(answer);
  };

  const requestOf = (req: Request): BroadcastRequest => {
    // A file has its fields there; beside any other body they would be passed over.
    if (req.is(['text/csv', 'application/x-ndjson']) === false) onlyParameters(req, []);
    const body = req.body as SubmittedBody;
    return {
      text: body.message,
      recipients: deps.recipientsOf(req),
      invalidRecipients: body.invalidRecipients ?? 'reject',
      name: body.name ?? null,
      sender: body.sender ?? null,
      expirySeconds: body.expirySeconds ?? null,
      mediaUrls: body.mediaUrls ?? null,
      sendAt: body.sendAt === undefined || body.sendAt === null ? null : Date.parse(body.sendAt),
      quietHours: body.quietHours ?? null,
    };
  };

  const preview: RequestHandler = async (req, res) => {
    const request = requestOf(req);
    res.json(previewView(await deps.previews.preview(request), request));
  };

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', BROADCAST_STATUSES);
    const page = await broadcasts.list({ status, limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? null });
    const show = await createView();
    const data = [];
    for (const broadcast of page.items) {
      data.push(await show(broadcast, null));
      // SQLite answers at once: without this, others wait for a thousand.
      if (data.length % SHOWN_AT_ONCE === 0) await nextTurn();
    }
    res.json({ data, next: page.next === null ? null : cursorOf(page.next) });
  };

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.json(await view(await find(req), null));
  };

  const listBatches: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const query = { limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? 0 };
    const page = await broadcasts.batches((await find(req)).broadcastKey, query);
    res.json({ data: page.items.map(batchView), next: page.next === null ? null : cursorOf(page.next) });
  };

  const listRecipients: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', RECIPIENT_STATUSES);
    const limit = limitOf(req);
    const after = afterOf(req, 2);
    const { broadcastKey, id } = await find(req);
    if (req.accepts(['application/json', 'text/csv']) === 'text/csv') {
      await streamRecipientsCsv(res, `broadcast-${id}.csv`, (place) =>
        recipients.page(broadcastKey, { status, limit: 1000, after: place }),
      );
      return;
    }
    const place = after === null ? null : { batch: after[0] ?? 0, position: after[1] ?? 0 };
    const page = await recipients.page(broadcastKey, { status, limit, after: place });
    res.json({
      data: page.items.map(recipientView),
      next: page.next === null ? null : cursorOf(page.next.batch, page.next.position),
    });
  };

  const { pause, resume, cancel, resolve } = broadcastControl({ ...deps, idOf, show });
  router
    .route('/')
    .post(...deps.readBroadcast, submit)
    .get(list)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router
    .route('/preview')
    .post(...deps.readPreview, preview)
    .all(methodNotAllowed('POST'));
  router.route('/:id').get(show).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/batches').get(listBatches).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/recipients').get(listRecipients).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/:id/pause').post(pause).all(methodNotAllowed('POST'));
  router.route('/:id/resume').post(resume).all(methodNotAllowed('POST'));
  router.route('/:id/cancel').post(cancel).all(methodNotAllowed('POST'));
  router
    .route('/:id/batches/:number/resolve')
    .post(...deps.readJson, resolve)
    .all(methodNotAllowed('POST'));
  return router;
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

/** Anything else than an id of ours names nothing. */
function idOf(req: Request): string {
  const id = req.params['id'];
  if (typeof id !== 'string' || !UUID.test(id))
    throw new ServiceError('not_found', 'There is no broadcast with this id.');
  return id.toLowerCase();
}

/** Aborts when the caller goes away before it was answered. */
function closedSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  return controller.signal;
}
