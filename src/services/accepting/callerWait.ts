import type { Timers } from '../../domain/time/timers';
import type { AcceptStore } from '../../store/accepting/acceptStore';
import type { Batch } from '../../store/reading/batchReading';
import type { Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import { failureOf } from './broadcastFailure';

export type CallerWaitDeps = {
  readonly accepting: Pick<AcceptStore, 'keepWaiting'>;
  readonly broadcasts: Pick<BroadcastStore, 'batches' | 'stopWaiting'>;
  readonly changes: BroadcastChanges;
  readonly timers: Pick<Timers, 'monotonicMs'>;
  /** Aborts when the service stops: whoever waits then is answered as things stand. */
  readonly stopping: AbortSignal;
  /** @throws ServiceError `not_found` */
  readonly existing: (id: string) => Promise<Broadcast>;
};

/**
 * Waits until no batch is under way, `waitMs` have passed or the caller is gone; then tells how things stand.
 *
 * @throws ServiceError when the only call of the broadcast was refused: nobody was and nobody will be texted
 */
export type CallerWait = (broadcast: Broadcast, waitMs: number, callerGone: AbortSignal) => Promise<Waited>;

export type Waited = { readonly broadcast: Broadcast; readonly batches: readonly Batch[] };

/** Another instance may be the one that settles the batch; its changes are not heard here. */
const LOOK_AGAIN_MS = 200;
/** The others take a caller whose wait was not renewed for five times as long for one that died with its process. */
const RENEW_EVERY_MS = 1000;
/** `plivoResponses` of a broadcast that was waited for: up to a thousand uuids each. */
const MOST_RESPONSES = 100;

/** For callers who want to hear the end of their broadcast in the answer to it. */
export function createCallerWait(deps: CallerWaitDeps): CallerWait {
  const { accepting, broadcasts, changes, timers, stopping, existing } = deps;

  async function untilOver(id: string, waitMs: number, callerGone: AbortSignal): Promise<Broadcast> {
    const signal = AbortSignal.any([callerGone, stopping]);
    const until = timers.monotonicMs() + waitMs;
    let renewedAt = timers.monotonicMs();
    for (;;) {
      if (timers.monotonicMs() >= renewedAt + RENEW_EVERY_MS) {
        await accepting.keepWaiting(id);
        renewedAt = timers.monotonicMs();
      }
      // Listens before it looks, so that a change in between is not missed.
      const next = changes.next(id, Math.min(LOOK_AGAIN_MS, Math.max(0, until - timers.monotonicMs())), signal);
      const broadcast = await existing(id);
      if (!isUnderWay(broadcast) || timers.monotonicMs() >= until || signal.aborted) return broadcast;
      await next;
    }
  }

  return async ({ id, batchesTotal }, waitMs, callerGone) => {
    let broadcast = await untilOver(id, waitMs, callerGone);
    const isSingleCall = batchesTotal === 1;
    if (isSingleCall) {
      await broadcasts.stopWaiting(id);
      broadcast = await existing(id);
    }
    const { items: batches } = await broadcasts.batches(broadcast.broadcastKey, { limit: MOST_RESPONSES, after: 0 });
    // Where it failed after its caller was taken for gone, others may have been told that it goes on.
    if (broadcast.status === 'failed' && broadcast.isAwaited) throw failureOf(broadcast, batches[0]);
    return { broadcast, batches };
  };
}

const isUnderWay = ({ batches }: Broadcast) => batches.pending > 0 || batches.sending > 0;
