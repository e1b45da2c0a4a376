import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../config/logger';
import { onceAccepted, ServiceError } from '../../domain/errors';
import type { Origin } from '../../domain/plan/senders';
import type { AcceptStore, Known } from '../../store/accepting/acceptStore';
import type { Batch } from '../../store/reading/batchReading';
import type { Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { BroadcastRequest } from './broadcastRequest';
import { createCallerWait, type CallerWaitDeps } from './callerWait';
import { acceptDurably, type DurableAcceptanceDeps } from './durableAcceptance';
import { idempotencyOf, refuseReplay } from './idempotency';
import { newBroadcastOf } from './newBroadcast';
import type { Plan, Planning } from './planning';

/** A request with what concerns its answer alone. */
export type SubmittedRequest = BroadcastRequest & {
  readonly idempotencyKey: string | null;
  /** How long the caller is willing to wait; null leaves it to the service. */
  readonly waitMs: number | null;
  /** Digests of previews, one of which must still hold (`If-Match`); null where the caller asks for none. */
  readonly previewed: readonly string[] | null;
};

export type Submission =
  | {
      readonly kind: 'accepted';
      readonly broadcast: Broadcast;
      readonly waitedMs: number;
      readonly batches: readonly Batch[] | null;
    }
  | { readonly kind: 'replayed'; readonly broadcast: Broadcast; readonly firstAnswer: string | null };

export type BroadcastService = {
  /**
   * Keeps the broadcast durably and sets it going. Waits for its end as long as the caller wants and the rules allow.
   *
   * @throws ServiceError when nobody was and nobody will be texted: the request makes no sense, or the only call of the
   *   broadcast was refused while its caller was waiting
   */
  submit(request: SubmittedRequest, signal: AbortSignal): Promise<Submission>;
  /** What the request with the idempotency key was answered, for its repetitions. */
  keepFirstAnswer(id: string, answer: string): Promise<void>;
};

export type BroadcastServiceDeps = DurableAcceptanceDeps &
  Omit<CallerWaitDeps, 'existing'> & {
    readonly accepting: AcceptStore;
    readonly broadcasts: BroadcastStore;
    readonly wakeDispatcher: () => void;
    readonly logger: Logger;
    readonly planning: Planning;
    readonly pacing: Pick<PacingStore, 'queueState'>;
    readonly config: {
      /** Who texts come from where nothing else is said; null where every calling code has its own sender. */
      readonly origin: Origin | null;
      readonly defaultWaitMs: number;
    };
  };

/** The way of a request: a repetition is answered as the first; else planned, kept, set going, and perhaps waited for. */
export function createBroadcastService(deps: BroadcastServiceDeps): BroadcastService {
  const { accepting, broadcasts, planning, wakeDispatcher, logger, config } = deps;
  const waitFor = createCallerWait({ ...deps, existing });

  async function submit(request: SubmittedRequest, signal: AbortSignal): Promise<Submission> {
    const waitMs = request.waitMs ?? config.defaultWaitMs;
    const id = randomUUID();
    const idempotency = await idempotencyOf(request.idempotencyKey, request);
    const known = idempotency === null ? null : await accepting.findKnown(idempotency);
    if (known !== null) return await replay(known);

    const { now } = await deps.pacing.queueState();
    const plan = await planning.plan(request, now, { withDigest: request.previewed !== null });
    refuse(plan, request.previewed);
    const quietHours = planning.quietHoursOf(request);
    const parts = { id, idempotency, waitMs, quietHours, origin: config.origin };
    const accepted = await acceptDurably(deps, newBroadcastOf(request, plan, parts));
    if (accepted.kind === 'known') return await replay(accepted);

    wakeDispatcher();
    return await follow(id, request, waitMs, signal).catch(onceAccepted);
  }

  async function follow(
    id: string,
    request: SubmittedRequest,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Submission> {
    const broadcast = await existing(id);
    logger.info('Accepted a broadcast', {
      broadcastId: id,
      submitted: request.recipients.submitted,
      batches: broadcast.batchesTotal,
      invalid: request.recipients.invalidCount,
      duplicates: request.recipients.duplicates,
    });
    // A single call that waits for its time is not waited for; a caller that insists waits for whatever there is.
    const waits = waitMs > 0 && (broadcast.isAwaited || request.waitMs !== null);
    if (!waits) return { kind: 'accepted', broadcast, waitedMs: 0, batches: null };
    return { kind: 'accepted', ...(await waitFor(broadcast, waitMs, signal)), waitedMs: waitMs };
  }

  async function replay(known: Known): Promise<Submission> {
    refuseReplay(known);
    return { kind: 'replayed', broadcast: await existing(known.id), firstAnswer: known.firstAnswer };
  }

  async function existing(id: string): Promise<Broadcast> {
    const broadcast = await broadcasts.find(id);
    if (broadcast === null) throw new ServiceError('not_found', 'The broadcast does not exist.');
    return broadcast;
  }

  return { submit, keepFirstAnswer: (id, answer) => accepting.keepFirstAnswer(id, answer) };
}

/** @throws ServiceError `over_limit`, or `preview_outdated` where something else would be sent than was previewed */
function refuse({ digest, refusals }: Plan, previewed: readonly string[] | null): void {
  if (previewed !== null && !previewed.includes('*') && !previewed.includes(digest ?? '')) {
    throw new ServiceError(
      'preview_outdated',
      'What would be sent is not what was previewed: the request, the opt-out list or the senders have changed. ' +
        'Nothing was sent. Preview it again and send the new digest.',
    );
  }
  const [first] = refusals;
  if (first !== undefined) throw new ServiceError('over_limit', `The broadcast was refused. ${refusals.join(' ')}`);
}
