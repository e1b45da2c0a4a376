import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';

/** The parts of the app, made elsewhere; here they only get their order. */
export type AppParts = {
  readonly trustProxy: boolean | number | string | undefined;
  readonly readQuery: (query: string) => unknown;
  readonly requestContext: RequestHandler;
  readonly requestLog: RequestHandler;
  readonly healthRoutes: Router;
  readonly descriptionRoutes: Router;
  readonly webhookRoutes: Router;
  readonly authenticate: RequestHandler;
  readonly rateLimits: readonly RequestHandler[];
  readonly noBodyOnReads: readonly RequestHandler[];
  readonly broadcastRoutes: Router;
  readonly optOutRoutes: Router;
  readonly inboundRoutes: Router;
  readonly listRoutes: Router;
  readonly templateRoutes: Router;
  readonly peopleRoutes: Router;
  readonly accountRoutes: Router;
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
  app.use(helmet());
  app.use('/health', parts.healthRoutes); // for orchestrators: no key, no limit
  app.use('/webhooks', parts.webhookRoutes); // for Plivo: a signature instead of a key, no limit
  app.use('/', parts.descriptionRoutes); // for whoever wants to know what there is: no key
  app.use(parts.authenticate); // from here on callers need a key
  app.use(...parts.rateLimits, pass); // after authentication, since the limit is per key
  app.use(...parts.noBodyOnReads, pass); // before any route could pass over what a body asks for
  app.use('/broadcast', parts.broadcastRoutes);
  app.use('/opt-outs', parts.optOutRoutes);
  app.use('/inbound', parts.inboundRoutes);
  app.use('/lists', parts.listRoutes);
  app.use('/templates', parts.templateRoutes);
  app.use('/recipients', parts.peopleRoutes);
  app.use('/account', parts.accountRoutes);
  app.use(parts.unknownRoute);
  app.use(parts.errorHandler); // last, catches everything above
  return app;
}

/** Express wants at least one handler, and both limits may be off. */
const pass: RequestHandler = (_req, _res, next) => {
  next();
};
