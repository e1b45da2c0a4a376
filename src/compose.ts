import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import type { Logger } from '../config/logger';
import { layFoundation, type ComposeOptions } from './composing/foundation';
import { composeHttp } from './composing/http';
import { composeServices } from './composing/services';
import { nameWebhookAddress } from './composing/telling';
import { cleanUpAfterPredecessor, startWork, stopWork } from './composing/work';
import { createRequestContext } from './middleware/requestContext';
import type { Dispatcher } from './services/sending/dispatcher';
import type { Store } from './store/store';

/** The service, ready to be put behind a port. */
export type Service = {
  readonly app: Express;
  /** What to put behind a port: the app, and the short way for delivery reports before it. */
  readonly listener: RequestListener;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly logger: Logger;
  /** Begins to send what is due. */
  start(): void;
  /** Claims nothing more, answers who waits, lets calls under way end for at most `drainMs`. */
  drain(drainMs: number): Promise<void>;
  /** Closes what is open; requests that come after it fail. */
  close(): Promise<void>;
};

/**
 * Puts the parts together: the foundation (configuration, log, database, Plivo), on it the rooms of services, on them
 * HTTP. Only this file and `composing/` know them all.
 *
 * @throws DatabaseInUseError when another process holds the SQLite file
 */
export async function compose(options: ComposeOptions): Promise<Service> {
  const context = createRequestContext();
  const stopping = new AbortController();
  const foundation = await layFoundation(options, context);
  await cleanUpAfterPredecessor(foundation);
  await nameWebhookAddress(foundation);
  const services = composeServices(foundation, stopping.signal);
  const { store, logger } = foundation;
  const { INBOUND_TOKEN: chosen } = options.env;
  const inboundToken = chosen === 'none' ? null : (chosen ?? (await store.inboundToken.current()));
  const { app, listener } = composeHttp(foundation, services, context, inboundToken);
  return {
    app,
    listener,
    store,
    dispatcher: services.dispatcher,
    logger,
    start: () => startWork(services),
    async drain(drainMs) {
      stopping.abort();
      await stopWork(services, drainMs);
    },
    async close() {
      foundation.metrics.close();
      foundation.plivo.close();
      await store.close();
    },
  };
}
