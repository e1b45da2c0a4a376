import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../config/logger';
import { maySeeWorkOf, type Caller } from '../../domain/access/caller';
import { onceDone, ServiceError } from '../../domain/errors';
import type { Origin } from '../../domain/plan/senders';
import type { Timers } from '../../domain/time/timers';
import type { AcceptStore, Known, OverDailyLimit } from '../../store/accepting/acceptStore';
import type { NotRetried } from '../../store/accepting/retryTaking';
import type { Batch } from '../../store/reading/batchReading';
import type { Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { BalanceCheck } from '../money/balanceCheck';
import type { BroadcastRequest } from './broadcastRequest';
import { createCallerWait, type CallerWaitDeps } from './callerWait';
import { acceptDurably, type DurableAcceptanceDeps } from './durableAcceptance';
import { idempotencyOf, isOverWhatWasRead, keyReused, refuseReplay, type SubmittedKey } from './idempotency';
import { newBroadcastOf } from './planning/newBroadcast';
import type { Plan, Planning } from './planning/planning';

/** A request with what concerns its answer alone. */
export type SubmittedRequest = BroadcastRequest & {
  readonly submittedKey: SubmittedKey | null;
  /** How long the caller is willing to wait; null leaves it to the service. */
  readonly waitMs: number | null;
  /** Digests of previews, one of which must still hold (`If-Match`); null where the caller asks for none. */
  readonly previewed: readonly string[] | null;
  /** Whose broadcast it is. */
  readonly by: Caller;
};

export type Submission =
  | {
      readonly kind: 'accepted';
      readonly broadcast: Broadcast;
      readonly waitedMs: number;
      readonly batches: readonly Batch[] | null;
    }
  | Replay;

/** A request that was accepted before; `firstAnswer` is null where the first one was never answered. */
export type Replay = {
  readonly kind: 'replayed';
  readonly broadcast: Broadcast;
  readonly firstAnswer: string | null;
};

/** A retry was not accepted; nobody was and nobody will be texted by it. */
export class RetryRefusedError extends ServiceError {
  constructor(readonly why: NotRetried['why']) {
    super('conflict', 'Nobody was texted. The broadcast is gone, or may no longer be sent anew.');
  }
}

export type BroadcastService = {
  /**
   * The first acceptance of a request that comes again, whatever rules would refuse it now; null where its key is not
   * known. `unread`: the key is known, and only what is read of the request can tell whether it is the same one.
   *
   * @throws ServiceError `key_reused`, `in_progress`
   */
  findRepeated(submitted: SubmittedKey, by: Caller): Promise<Replay | 'unread' | null>;
  /** As `findRepeated`, for a request that was `unread`; null where it could not be read. */
  findRepeatedAsRead(submitted: SubmittedKey, request: BroadcastRequest | null, by: Caller): Promise<Replay | null>;
  /**
   * Keeps the broadcast durably and sets it going. Waits for its end as long as the caller wants and the rules allow.
   *
   * @throws ServiceError when nobody was and nobody will be texted: the request makes no sense, or the only call of the
   *   broadcast was refused while its caller was waiting; RetryRefusedError for a retry whose people cannot be had
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
    readonly balances: Pick<BalanceCheck, 'refuseUnaffordable'>;
    readonly pacing: Pick<PacingStore, 'queueState'>;
    readonly timers: Pick<Timers, 'nextTurn'>;
    readonly config: {
      /** Who texts come from where nothing else is said; null where every calling code has its own sender. */
      readonly origin: Origin | null;
      readonly defaultWaitMs: number;
      /** A broadcast to more people than this waits for a second person; null where none does. */
      readonly approvalAbove: number | null;
    };
  };

const APPROVAL_WITHIN_MS = 86_400_000;

/** The way of a request: a repetition is answered as the first; else planned, kept, set going, and perhaps waited for. */
export function createBroadcastService(deps: BroadcastServiceDeps): BroadcastService {
  const { accepting, broadcasts, planning, wakeDispatcher, logger, config } = deps;
  const waitFor = createCallerWait({ ...deps, existing });

  async function submit(request: SubmittedRequest, signal: AbortSignal): Promise<Submission> {
    const waitMs = request.waitMs ?? config.defaultWaitMs;
    const id = randomUUID();
    const { submittedKey, by } = request;
    const repeated = submittedKey === null ? null : await findRepeatedAsRead(submittedKey, request, by);
    if (repeated !== null) return repeated;

    const { now } = await deps.pacing.queueState();
    const withDigest = request.previewed !== null || isAbove(request.recipients.valid.length);
    const plan = await planning.plan(request, now, { withDigest });
    refuse(plan, request.previewed);
    if (request.ignoreBalance !== true) await deps.balances.refuseUnaffordable(plan);
    const quietHours = planning.quietHoursOf(request);
    const idempotency = submittedKey === null ? null : idempotencyOf(submittedKey);
    const origins = { origin: config.origin, nextTurn: deps.timers.nextTurn };
    const parts = { id, by, idempotency, waitMs, quietHours, ...origins, ...approvalOf(plan) };
    const accepted = await acceptDurably(deps, await newBroadcastOf(request, plan, parts));
    if (accepted.kind === 'notRetried') throw new RetryRefusedError(accepted.why);
    if (accepted.kind === 'overDailyLimit') throw overDailyLimit(accepted);
    if (accepted.kind === 'known' && submittedKey !== null) return await replay(accepted, submittedKey, request, by);

    wakeDispatcher();
    return await follow(id, request, waitMs, signal).catch(onceDone);
  }

  const isAbove = (people: number): boolean => config.approvalAbove !== null && people > config.approvalAbove;

  const approvalOf = ({ accepted, digest }: Plan) =>
    isAbove(accepted) && digest !== null ? { approval: { digest, withinMs: APPROVAL_WITHIN_MS } } : {};

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
    const isUnapproved = broadcast.status === 'awaiting_approval';
    const waits = !isUnapproved && waitMs > 0 && (broadcast.isAwaited || request.waitMs !== null);
    if (!waits) return { kind: 'accepted', broadcast, waitedMs: 0, batches: null };
    return { kind: 'accepted', ...(await waitFor(broadcast, waitMs, signal)), waitedMs: waitMs };
  }

  async function findRepeated(submitted: SubmittedKey, by: Caller): Promise<Replay | 'unread' | null> {
    const known = await accepting.findKnown(submitted.key);
    if (known === null) return null;
    return isOverWhatWasRead(known) ? 'unread' : await replay(known, submitted, null, by);
  }

  async function findRepeatedAsRead(
    submitted: SubmittedKey,
    request: BroadcastRequest | null,
    by: Caller,
  ): Promise<Replay | null> {
    const known = await accepting.findKnown(submitted.key);
    return known === null ? null : await replay(known, submitted, request, by);
  }

  async function replay(
    known: Known,
    submitted: SubmittedKey,
    request: BroadcastRequest | null,
    by: Caller,
  ): Promise<Replay> {
    // The first answer is that of somebody whose broadcasts are not there for this caller.
    if (!maySeeWorkOf(by, known.creatorId)) throw keyReused();
    await refuseReplay(known, submitted, request);
    return { kind: 'replayed', broadcast: await existing(known.id), firstAnswer: known.firstAnswer };
  }

  async function existing(id: string): Promise<Broadcast> {
    const broadcast = await broadcasts.find(id);
    if (broadcast === null) throw new ServiceError('not_found', 'The broadcast does not exist.');
    return broadcast;
  }

  return {
    submit,
    findRepeated,
    findRepeatedAsRead,
    keepFirstAnswer: (id, answer) => accepting.keepFirstAnswer(id, answer),
  };
}

function overDailyLimit({ limit, left, nextDayInMs }: OverDailyLimit): ServiceError {
  const seconds = Math.ceil(nextDayInMs / 1000);
  return new ServiceError(
    'daily_limit',
    `Nobody was texted. This key may text ${limit} people a day, and has ${left} left; the next day begins in ${seconds} seconds.`,
    { retryAfterSeconds: seconds },
  );
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
