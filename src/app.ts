import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';

/** The parts of the app, made elsewhere; here they only get their order. */
export type AppParts = {
  readonly trustProxy: boolean | number | string | undefined;
  readonly readQuery: (query: string) => unknown;
  readonly requestContext: RequestHandler;
  readonly requestLog: RequestHandler;
  readonly healthRoutes: Router;
  readonly consoleRoutes: Router;
  readonly descriptionRoutes: Router;
  readonly docsRoutes: Router;
  readonly webhookRoutes: Router;
  readonly metrics: { readonly byToken: RequestHandler; readonly router: Router };
  readonly noStore: RequestHandler;
  readonly unconditional: RequestHandler;
  readonly authenticate: RequestHandler;
  readonly refusals: express.ErrorRequestHandler;
  readonly rateLimits: readonly RequestHandler[];
  readonly inviteBody: RequestHandler;
  readonly requireScope: RequestHandler;
  readonly noBodyOnReads: readonly RequestHandler[];
  readonly broadcastRoutes: Router;
  readonly optOutRoutes: Router;
  readonly inboundRoutes: Router;
  readonly listRoutes: Router;
  readonly templateRoutes: Router;
  readonly peopleRoutes: Router;
  readonly eventRoutes: Router;
  readonly deliveryRoutes: Router;
  readonly accountRoutes: Router;
  readonly keyRoutes: Router;
  readonly auditRoutes: Router;
  readonly unknownRoute: RequestHandler;
  readonly errorHandler: express.ErrorRequestHandler;
};

/** The middleware order and the route table. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false); // A status changes between two reads; hashing each answer would be wasted.
  app.set('query parser', parts.readQuery); // No nested objects from query strings, and no garbled texts.
  if (parts.trustProxy !== undefined) app.set('trust proxy', parts.trustProxy);

  app.use(parts.requestContext); // first, so that every answer and log line has its id
  app.use(parts.requestLog);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY } }));
  app.use(parts.noStore, parts.unconditional); // before anything is answered
  app.use('/health', parts.healthRoutes); // for orchestrators: no key, no limit
  app.use('/webhooks', parts.inviteBody, parts.webhookRoutes); // for Plivo: a signature instead of a key, no limit
  app.use('/docs', parts.docsRoutes); // for people with a browser: no key
  app.use('/', parts.consoleRoutes); // the dashboard's files: it asks for the key itself
  app.use('/', parts.descriptionRoutes); // for whoever wants to know what there is: no key
  app.use('/metrics', parts.metrics.byToken); // a token of its own lets in here and nowhere else
  app.use(parts.authenticate); // from here on callers need a key
  app.use(parts.refusals); // only of what was refused so far
  app.use('/metrics', parts.requireScope, ...parts.noBodyOnReads, parts.metrics.router); // never limited
  app.use(...parts.rateLimits, pass); // after authentication, since the limit is per key
  app.use(parts.requireScope); // before anything of the body is read
  app.use(parts.inviteBody); // whoever asks first sends a body only now
  app.use(...parts.noBodyOnReads, pass); // before any route could pass over what a body asks for
  app.use('/broadcast', parts.broadcastRoutes);
  app.use('/opt-outs', parts.optOutRoutes);
  app.use('/inbound', parts.inboundRoutes);
  app.use('/lists', parts.listRoutes);
  app.use('/templates', parts.templateRoutes);
  app.use('/recipients', parts.peopleRoutes);
  app.use('/account', parts.accountRoutes);
  app.use('/keys', parts.keyRoutes);
  app.use('/audit', parts.auditRoutes);
  app.use('/events', parts.eventRoutes);
  app.use('/webhook-deliveries', parts.deliveryRoutes);
  app.use(parts.unknownRoute);
  app.use(parts.errorHandler); // last, catches everything above
  return app;
}

/**
 * For what a browser shows: our own files and nothing else. Helmet's own policy lets styles in the page pass, and has
 * browsers ask for https where the service speaks plain http inside a network, whose pages then stay blank.
 */
const PAGE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Express wants at least one handler, and both limits may be off. */
const pass: RequestHandler = (_req, _res, next) => {
  next();
};
