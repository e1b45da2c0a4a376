import type { Env } from '../../config/env';
import { USUAL_WEBHOOK_EVENTS } from '../domain/states/webhookEvent';
import { maySeeWorkOf } from '../domain/access/caller';
import { callerOf, isStillLetIn } from '../middleware/callers/authenticate';
import { jsonBody } from '../middleware/bodies/jsonBody';
import { noBody } from '../middleware/bodies/noBody';
import { methodNotAllowed } from '../middleware/errorHandler';
import type { BroadcastPresenter } from '../routes/broadcasts/broadcastPresenter';
import { deliveryRoutes } from '../routes/telling/deliveryRoutes';
import { eventRoutes } from '../routes/telling/eventRoutes';
import { faultError } from '../routes/views/broadcastView';
import { createCommonNews } from '../services/telling/commonNews';
import { lastHeardOf } from '../services/telling/liveEvents';
import { createLiveFeed } from '../services/telling/liveFeed';
import { createSeenBroadcasts } from '../services/telling/seenBroadcasts';
import { createWebhookSender } from '../services/telling/webhookSender';
import { createWebhookWatch } from '../services/telling/webhookWatch';
import type { Loop } from '../services/upkeep/loop';
import { NEWEST } from '../store/telling/watchStore';
import type { Foundation } from './foundation';
import type { Services } from './services';

/** Live events: what tells them, and where they are read. */
export function composeEvents(
  foundation: Foundation,
  { stopping }: Pick<Services, 'stopping'>,
  { presentMany }: BroadcastPresenter,
) {
  const { store, env } = foundation;
  const liveFeed = createLiveFeed({
    ...foundation,
    ...store,
    maxListeners: env.EVENTS_MAX_LISTENERS,
    seen: createSeenBroadcasts(NEWEST),
    commonNews: createCommonNews({ ...store, showFault: faultError }),
    representations: async () => {
      const present = await presentMany();
      return async (id) => {
        const broadcast = await store.broadcasts.find(id);
        return broadcast === null ? null : await present(broadcast, null);
      };
    },
  });
  stopping.addEventListener('abort', () => liveFeed.stop());
  return eventRoutes({
    ...foundation,
    ...store,
    liveFeed,
    lastHeardOf,
    readableBy: (res) => {
      const caller = callerOf(res);
      return ({ creatorId }) => maySeeWorkOf(caller, creatorId);
    },
    isStillLetIn,
    methodNotAllowed,
  });
}

/** Standard Webhooks and Svix wait as long. */
const WEBHOOK_TIMEOUT_MS = 15_000;

/** What tells other programs. */
export function composeWebhookWatch(foundation: Foundation): Loop {
  const { store, env } = foundation;
  return createWebhookWatch({
    ...foundation,
    ...store,
    secrets: env.WEBHOOK_SECRET ?? [],
    send: createWebhookSender({ allowPrivate: env.WEBHOOK_ALLOW_PRIVATE, timeoutMs: WEBHOOK_TIMEOUT_MS }),
  });
}

/** Where everything is told, for all instances: what was started last says so. */
export async function nameWebhookAddress({ store, env }: { store: Foundation['store']; env: Env }): Promise<void> {
  const { WEBHOOK_URL: url, WEBHOOK_EVENTS: wanted = USUAL_WEBHOOK_EVENTS } = env;
  await store.addresses.setDefault(url === undefined ? null : { url, wanted });
}

export const composeDeliveries = ({ store, env }: Foundation) =>
  deliveryRoutes({
    ...store,
    callerOf,
    readJson: jsonBody({ limitBytes: env.BODY_LIMIT }),
    readNothing: noBody(),
    methodNotAllowed,
  });
