import { setMaxListeners } from 'node:events';
import type { Logger } from '../../../config/logger';
import type { Timers } from '../../domain/time/timers';
import type { ClaimedDelivery } from '../../store/telling/deliveryClaim';
import type { DeliveryStore } from '../../store/telling/deliveryStore';
import { createLoop, type Loop } from '../upkeep/loop';
import type { WebhookSender } from './webhookSender';
import { webhookSignature } from './webhookSignature';

export type WebhookWatchDeps = {
  readonly deliveries: Pick<DeliveryStore, 'claim' | 'settle' | 'release'>;
  readonly send: WebhookSender;
  /** The first signs anew; none: nothing is signed. */
  readonly secrets: readonly string[];
  readonly logger: Logger;
  readonly timers: Timers;
  readonly clock: () => number;
  readonly lookEveryMs?: number;
};

const LOOK_EVERY_MS = 500;
/** Under way at once, in all and at one receiver: one that never answers must not keep the others waiting. */
const MOST_AT_ONCE = 32;
const MOST_AT_ONE = 8;
/** Tries under way when the service stops have so long to end. */
const PATIENCE_MS = 2000;

/** Tells others what is to be told: claims what is due, posts it, and writes down how that ended. */
export function createWebhookWatch(deps: WebhookWatchDeps): Loop {
  const { deliveries, timers, logger, clock, lookEveryMs = LOOK_EVERY_MS } = deps;
  const underWay = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  // Each try under way hears it.
  setMaxListeners(MOST_AT_ONCE + 1, stopping.signal);
  let wake = new AbortController();

  async function deliver(claimed: ClaimedDelivery): Promise<void> {
    const startedAt = timers.monotonicMs();
    const at = clock();
    const answer = await deps.send(requestOf(claimed, Math.floor(at / 1000), deps.secrets), stopping.signal);
    if (answer.error !== null && stopping.signal.aborted) {
      await deliveries.release(claimed);
      return;
    }
    const durationMs = Math.round(timers.monotonicMs() - startedAt);
    const settled = await deliveries.settle(claimed, { at, ...answer, durationMs });
    const told = { deliveryId: claimed.id, event: claimed.event };
    if (settled?.status === 'failed') logger.warn('A webhook was given up', { ...told, reason: answer.error });
    if (settled?.isPutAside === true)
      logger.error('A webhook address took nothing for five days and is put aside: GET /webhook-deliveries', told);
  }

  function begin(claimed: ClaimedDelivery): void {
    const delivering = deliver(claimed)
      .catch((error: unknown) => {
        logger.warn('How a webhook ended could not be written down; it is told again', {
          deliveryId: claimed.id,
          error,
        });
      })
      .finally(() => {
        underWay.delete(delivering);
        wake.abort();
      });
    underWay.set(delivering, claimed.origin);
  }

  function busyOrigins(): { origin: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const origin of underWay.values()) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    return [...counts].map(([origin, count]) => ({ origin, count }));
  }

  const loop = createLoop(
    { logger, timers },
    {
      name: 'webhooks',
      async step() {
        // Whatever ends from now on may let another go.
        wake = new AbortController();
        const limit = Math.min(MOST_AT_ONE, MOST_AT_ONCE - underWay.size);
        const claimed =
          limit === 0 ? [] : await deliveries.claim({ limit, mostAtOne: MOST_AT_ONE, busy: busyOrigins() });
        for (const one of claimed) begin(one);
        if (claimed.length === 0) await timers.sleep(lookEveryMs, wake.signal);
        return 0;
      },
    },
  );

  return {
    start: () => loop.start(),
    async stop() {
      const stopped = loop.stop();
      wake.abort();
      await stopped;
      const ended = new AbortController();
      void Promise.all(underWay.keys()).then(() => ended.abort());
      await timers.sleep(PATIENCE_MS, ended.signal);
      stopping.abort();
      // What cannot be given back now, as the database is away, is another's once its lease has run out.
      await timers.sleep(PATIENCE_MS, ended.signal);
    },
  };
}

function requestOf({ id, url, payload }: ClaimedDelivery, timestamp: number, secrets: readonly string[]) {
  const signature = webhookSignature(secrets, { id, timestamp, payload });
  return {
    url,
    payload,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'bulk-sms-broadcaster',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(signature === '' ? {} : { 'webhook-signature': signature }),
    },
  };
}
