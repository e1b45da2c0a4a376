import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '../../../config/logger';
import { onceAccepted, OutcomeUnknownError, ServiceError } from '../../domain/errors';
import type { InvalidRecipient } from '../../domain/numbers/recipientList';
import type { Origin } from '../../domain/plan/senders';
import type { AcceptStore, Known } from '../../store/accepting/acceptStore';
import type { Idempotency, NewBroadcast } from '../../store/accepting/broadcastInsert';
import type { Batch, Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import { failureOf } from './broadcastFailure';
import type { Plan, Planning } from './planning';
import { requestHashOf, textHashOf, type BroadcastRequest } from './broadcastRequest';

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

export type BroadcastServiceDeps = {
  readonly accepting: AcceptStore;
  readonly broadcasts: BroadcastStore;
  readonly changes: BroadcastChanges;
  readonly wakeDispatcher: () => void;
  readonly isStorageUnavailable: (error: unknown) => boolean;
  /** The connection broke where a commit may have been under way. */
  readonly mayHaveCommitted: (error: unknown) => boolean;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** Aborts when the service stops: whoever waits then is answered as things stand. */
  readonly stopping: AbortSignal;
  readonly planning: Planning;
  readonly pacing: Pick<PacingStore, 'queueState'>;
  readonly config: {
    /** Who texts come from where nothing else is said; null where every calling code has its own sender. */
    readonly origin: Origin | null;
    readonly defaultWaitMs: number;
  };
};

/** Another instance may be the one that settles the batch; its changes are not heard here. */
const LOOK_AGAIN_MS = 200;
const TOKEN_BYTES = 24;
/** How long a request whose commit is in doubt waits for the database to come back. */
const LONGEST_DOUBT_MS = 20_000;

export function createBroadcastService(deps: BroadcastServiceDeps): BroadcastService {
  const { accepting, broadcasts, planning, changes, wakeDispatcher, logger, monotonicMs, config } = deps;

  async function submit(request: SubmittedRequest, signal: AbortSignal): Promise<Submission> {
    const waitMs = request.waitMs ?? config.defaultWaitMs;
    const id = randomUUID();
    const idempotency = await idempotencyOf(request);
    const known = idempotency === null ? null : await accepting.findKnown(idempotency);
    if (known !== null) return await replay(known);

    const { now } = await deps.pacing.queueState();
    const plan = await planning.plan(request, now, { withDigest: request.previewed !== null });
    refuse(plan, request.previewed);
    const accepted = await acceptDurably(newBroadcast(id, request, plan, { idempotency, waitMs }));
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
    const isSingleCall = broadcast.batchesTotal === 1;
    logger.info('Accepted a broadcast', {
      broadcastId: id,
      submitted: request.recipients.submitted,
      batches: broadcast.batchesTotal,
      invalid: request.recipients.invalidCount,
      duplicates: request.recipients.duplicates,
    });
    // A single call that waits for its time is not waited for; a caller that insists waits for whatever there is.
    const waits = waitMs > 0 && (broadcast.isAwaited || request.waitMs !== null);
    if (waits) return await waitFor(id, waitMs, isSingleCall, signal);
    return { kind: 'accepted', broadcast, waitedMs: 0, batches: null };
  }

  /**
   * When the connection to the database breaks during the commit, the broadcast may have been accepted. An error status
   * would then be a lie, so the same broadcast is written again until one try is sure: it can be there only once.
   */
  async function acceptDurably(broadcast: NewBroadcast): ReturnType<AcceptStore['accept']> {
    const until = monotonicMs() + LONGEST_DOUBT_MS;
    for (let isInDoubt = false; ;) {
      try {
        return await accepting.accept(broadcast);
      } catch (error) {
        isInDoubt ||= deps.mayHaveCommitted(error);
        if (!isInDoubt) throw error;
        if (!deps.isStorageUnavailable(error) || monotonicMs() > until) throw new OutcomeUnknownError(error);
        await sleepFor(LOOK_AGAIN_MS);
      }
    }
  }

  function newBroadcast(
    id: string,
    request: SubmittedRequest,
    plan: Plan,
    answer: Pick<NewBroadcast, 'idempotency' | 'waitMs'>,
  ): NewBroadcast {
    const { recipients } = request;
    return {
      ...answer,
      ...originOf(request.sender, config.origin),
      id,
      name: request.name,
      text: request.text,
      expirySeconds: request.expirySeconds,
      mediaUrls: request.mediaUrls,
      quietHours: planning.quietHoursOf(request),
      textHash: textHashOf(request),
      scheduledAt: request.sendAt,
      encoding: plan.measure.encoding,
      segmentsPerMessage: plan.measure.segments,
      submitted: recipients.submitted,
      duplicates: recipients.duplicates,
      accepted: plan.accepted,
      invalid: distinctly(recipients.invalid),
      optedOut: plan.optedOut,
      batches: plan.batches.map((batch) => ({ ...batch, token: newToken() })),
      countries: plan.countries,
      currency: plan.currency,
    };
  }

  async function replay(known: Known): Promise<Submission> {
    if (!known.sameRequest) {
      throw new ServiceError(
        'key_reused',
        'This Idempotency-Key was used for another request. Use a new key, or send the same request again.',
      );
    }
    if (known.isAnswering && known.firstAnswer === null) {
      throw new ServiceError('in_progress', 'The first request with this Idempotency-Key is still being answered.', {
        broadcastId: known.id,
        retryAfterSeconds: 1,
      });
    }
    return { kind: 'replayed', broadcast: await existing(known.id), firstAnswer: known.firstAnswer };
  }

  async function waitFor(
    id: string,
    waitMs: number,
    isSingleCall: boolean,
    callerGone: AbortSignal,
  ): Promise<Submission> {
    const signal = AbortSignal.any([callerGone, deps.stopping]);
    const until = monotonicMs() + waitMs;
    let broadcast: Broadcast;
    for (;;) {
      // Listens before it looks, so that a change in between is not missed.
      const next = changes.next(id, Math.min(LOOK_AGAIN_MS, Math.max(0, until - monotonicMs())), signal);
      broadcast = await existing(id);
      if (!isUnderWay(broadcast) || monotonicMs() >= until || signal.aborted) break;
      await next;
    }
    if (isSingleCall) {
      await broadcasts.stopWaiting(id);
      broadcast = await existing(id);
    }
    const { items: batches } = await broadcasts.batches(broadcast.broadcastKey, { limit: MOST_RESPONSES, after: 0 });
    if (isSingleCall && broadcast.status === 'failed') throw failureOf(broadcast, batches[0]);
    return { kind: 'accepted', broadcast, waitedMs: waitMs, batches };
  }

  async function existing(id: string): Promise<Broadcast> {
    const broadcast = await broadcasts.find(id);
    if (broadcast === null) throw new ServiceError('not_found', 'The broadcast does not exist.');
    return broadcast;
  }

  return { submit, keepFirstAnswer: (id, answer) => accepting.keepFirstAnswer(id, answer) };
}

/** `plivoResponses` of a broadcast that was waited for: up to a thousand uuids each. */
const MOST_RESPONSES = 100;

const isUnderWay = ({ batches }: Broadcast) => batches.pending > 0 || batches.sending > 0;

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

function originOf(
  override: string | null,
  origin: Origin | null,
): { sender: string | null; powerpackUuid: string | null } {
  if (override !== null) return { sender: override, powerpackUuid: null };
  if (origin === null) return { sender: null, powerpackUuid: null };
  return 'sender' in origin
    ? { sender: origin.sender, powerpackUuid: null }
    : { sender: null, powerpackUuid: origin.powerpackUuid };
}

async function idempotencyOf(request: SubmittedRequest): Promise<Idempotency | null> {
  if (request.idempotencyKey === null) return null;
  return { key: request.idempotencyKey, requestHash: await requestHashOf(request) };
}

/** Unguessable: it is what stands between a stranger and the state of a batch where Plivo signs no body. */
const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');

/** Shortened entries may look alike; each is kept under a name of its own. */
function distinctly(invalid: readonly InvalidRecipient[]): { value: string; reason: string }[] {
  const seen = new Set<string>();
  return invalid.map(({ index, value, reason }) => {
    let distinct = value;
    while (seen.has(distinct)) distinct += ` (entry ${index})`;
    seen.add(distinct);
    return { value: distinct, reason };
  });
}
