import { randomInt, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { hostname } from 'node:os';
import type { Express } from 'express';
import { createLogger, type Logger } from '../config/logger';
import { plivoConfig } from '../config/plivoConfig';
import { readPriceList } from '../config/priceList';
import type { Env } from '../config/env';
import { createApp } from './app';
import { createNumberCheck } from './domain/numbers/phoneNumber';
import { authenticate } from './middleware/authenticate';
import { broadcastUpload } from './middleware/broadcastUpload';
import { errorHandler, methodNotAllowed, unknownRoute } from './middleware/errorHandler';
import { jsonBody, optionalJsonBody, unlessRead } from './middleware/jsonBody';
import { numberUpload } from './middleware/numberUpload';
import { rateLimits } from './middleware/rateLimits';
import { createRequestContext } from './middleware/requestContext';
import { requestLog } from './middleware/requestLog';
import { presentRecipients, recipientsOf, validateBroadcast, validatePreview } from './middleware/validateBroadcast';
import { verifyPlivo, type SignatureCheck } from './middleware/verifyPlivo';
import { broadcastRoutes } from './routes/broadcasts/broadcastRoutes';
import { healthRoutes } from './routes/healthRoutes';
import { inboundRoutes } from './routes/audience/inboundRoutes';
import { optOutRoutes } from './routes/audience/optOutRoutes';
import { peopleRoutes } from './routes/audience/peopleRoutes';
import { reportListener, type ReportListenerDeps } from './routes/hearing/reportListener';
import { webhookRoutes } from './routes/hearing/webhookRoutes';
import { createBroadcastChanges } from './services/telling/broadcastChanges';
import { createBroadcastService } from './services/accepting/broadcastService';
import { createCallSettlement } from './services/sending/callSettlement';
import { loadCountries } from './services/numbers/countryTable';
import { createDispatcher, leaseMsFor, type Dispatcher } from './services/sending/dispatcher';
import { createForecast } from './services/accepting/forecast';
import { createInboundService, type KeywordReplies } from './services/hearing/inboundService';
import { createLeaseWatch } from './services/settling/leaseWatch';
import { createMessageList } from './services/settling/messageList';
import { createMissingReports } from './services/settling/missingReports';
import { readNumbersFromCsv, readNumbersFromLines } from './services/numbers/numberFile';
import { loadNumberingPlan } from './services/numbers/numberingPlan';
import { loadNumberZones } from './services/numbers/numberZones';
import { createPlanning } from './services/accepting/planning';
import { createPlivoService, replyXml } from './services/plivo/plivoService';
import { verifyPlivoSignature } from './services/plivo/plivoSignature';
import { createPreviewService } from './services/accepting/previewService';
import { createReceiptService } from './services/hearing/receiptService';
import { createReconciler } from './services/settling/reconciler';
import { createRetention } from './services/upkeep/retention';
import { createScheduleWatch } from './services/sending/scheduleWatch';
import { isStorageUnavailable, mayHaveCommitted } from './store/engine/storageErrors';
import { openStore, type Store } from './store/store';

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

export type ComposeOptions = {
  readonly env: Env;
  readonly logger?: Logger;
  /** Replaces the wall clock of the store, for tests. */
  readonly clock?: () => number;
  /** Told of every database statement after it was carried out, for crash tests. */
  readonly onStatement?: (statement: string) => void;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const monotonicMs = () => performance.now();
/** Nothing hangs on its being unguessable; it spreads retries. */
const random = () => randomInt(0, 2 ** 32) / 2 ** 32;

/**
 * Puts the parts together: the only file that knows all of them.
 *
 * @throws DatabaseInUseError when another process holds the SQLite file
 */
export async function compose({ env, logger: givenLogger, clock, onStatement }: ComposeOptions): Promise<Service> {
  const context = createRequestContext();
  const logger = givenLogger ?? loggerFor(env, () => context.current() ?? {});
  const plivo = plivoConfig(env);
  const store = await openStore({
    url: env.DATABASE_URL,
    ...(clock === undefined ? {} : { clock }),
    ...(onStatement === undefined ? {} : { onStatement }),
    onIdleError: (error) => logger.warn('A database connection was lost', { error }),
  });
  // What a process that is no more was writing; with several, the lease watch finds it.
  if (store.kind === 'sqlite') await store.accepting.removeAbandoned({ isOnlyProcess: true });
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`;

  const stopping = new AbortController();
  const plivoService = createPlivoService(plivo);
  const changes = createBroadcastChanges();
  const settleCall = createCallSettlement({ ...store, logger, random, config: plivo });
  const dispatcher = createDispatcher({
    ...store,
    plivo: plivoService,
    settleCall,
    changes,
    isStorageUnavailable,
    logger,
    owner,
    monotonicMs,
    config: { ...plivo, duplicateWindowMs: Math.round(env.DUPLICATE_WINDOW_HOURS * HOUR_MS) },
  });
  const leaseWatch = createLeaseWatch({
    ...store,
    logger,
    lost: store.kind === 'sqlite' ? { soleOwner: owner } : { longestLeaseMs: leaseMsFor(plivo.timeoutMs) + 1000 },
  });
  const list = createMessageList({
    ...store,
    plivo: plivoService,
    requestsPerMinute: env.PLIVO_LIST_REQUESTS_PER_MINUTE,
  });
  const reconciler = createReconciler({
    ...store,
    list,
    changes,
    wakeDispatcher: () => dispatcher.wake(),
    logger,
    config: plivo,
  });
  const countryOf = loadCountries();
  const missingReports = createMissingReports({
    ...store,
    list,
    countryOf,
    logger,
    config: {
      ...plivo,
      askAfterMs: env.DELIVERY_REPORT_ASK_AFTER_MS,
      giveUpAfterMs: env.DELIVERY_REPORT_TIMEOUT_MS,
    },
  });
  const scheduleWatch = createScheduleWatch({ ...store, wakeDispatcher: () => dispatcher.wake(), logger });
  const retention = createRetention({
    ...store,
    logger,
    ageMs: env.RETENTION_DAYS === 0 ? null : Math.round(env.RETENTION_DAYS * DAY_MS),
  });
  const background = [leaseWatch, reconciler, missingReports, scheduleWatch, retention];
  const planning = createPlanning({
    ...store,
    originOf: plivo.originOf,
    countryOf,
    zonesOf: onFirstUse(loadNumberZones),
    prices: env.PRICES_FILE === undefined ? null : readPriceList(env.PRICES_FILE),
    config: {
      batchSize: plivo.batchSize,
      pace: plivo.pace,
      quietHours: env.QUIET_HOURS ?? null,
      maxSegments: env.MAX_SEGMENTS_PER_BROADCAST ?? null,
      maxCostNanos: env.MAX_COST_PER_BROADCAST ?? null,
    },
  });
  const forecast = createForecast({ ...store, config: plivo });
  const broadcastService = createBroadcastService({
    ...store,
    changes,
    wakeDispatcher: () => dispatcher.wake(),
    isStorageUnavailable,
    mayHaveCommitted,
    logger,
    monotonicMs,
    stopping: stopping.signal,
    planning,
    config: { origin: plivo.origin, defaultWaitMs: env.BROADCAST_WAIT_MS },
  });

  const readJson = jsonBody({ limitBytes: env.BODY_LIMIT });
  const checkNumber = createNumberCheck(loadNumberingPlan());
  const hashSeed = randomInt(0, 2 ** 32);
  const rules = { checkNumber, hashSeed, maxRecipients: env.MAX_RECIPIENTS, now: clock ?? Date.now };
  const receipts = createReceiptService({ ...store, countryOf, logger });
  const isPlivos: SignatureCheck = (request) => verifyPlivoSignature({ ...request, authToken: plivo.authToken });
  const upload = broadcastUpload({
    ...rules,
    readCsv: readNumbersFromCsv,
    readLines: readNumbersFromLines,
    present: presentRecipients,
  });
  const readBody = [upload, ...readJson.map(unlessRead)];
  const app = createApp({
    trustProxy: env.TRUST_PROXY,
    requestContext: context.middleware,
    requestLog: requestLog({ logger, monotonicMs }),
    healthRoutes: healthRoutes({
      ping: () => store.ping(),
      pacing: store.pacing,
      isDispatcherAlive: () => dispatcher.isAlive(),
      methodNotAllowed,
    }),
    webhookRoutes: webhookRoutes({
      receipts,
      inbound: createInboundService({ ...store, replies: repliesOf(env), logger }),
      replyXml,
      verifyPlivo: verifyPlivo({ publicUrl: plivo.publicUrl, check: isPlivos }),
      methodNotAllowed,
    }),
    authenticate: authenticate({ keys: env.API_KEY ?? [] }),
    rateLimits: rateLimits({
      windowMs: env.RATE_LIMIT_WINDOW_MS,
      max: env.RATE_LIMIT_MAX,
      readsMax: env.RATE_LIMIT_READS_MAX,
    }),
    broadcastRoutes: broadcastRoutes({
      ...store,
      service: broadcastService,
      wakeDispatcher: () => dispatcher.wake(),
      readJson,
      readBroadcast: [...readBody, ...validateBroadcast(rules)],
      readPreview: [...readBody, ...validatePreview(rules)],
      recipientsOf,
      previews: createPreviewService({ ...store, planning, forecast }),
      forecast,
      methodNotAllowed,
    }),
    optOutRoutes: optOutRoutes({
      ...store,
      checkNumber,
      readOptionalJson: optionalJsonBody({ limitBytes: env.BODY_LIMIT }),
      readNumbers: numberUpload({
        ...rules,
        readCsv: readNumbersFromCsv,
      }),
      methodNotAllowed,
    }),
    inboundRoutes: inboundRoutes({ ...store, methodNotAllowed }),
    peopleRoutes: peopleRoutes({ ...store, checkNumber, methodNotAllowed }),
    unknownRoute,
    errorHandler: errorHandler({ logger, isStorageUnavailable }),
  });

  const { publicUrl } = plivo;
  const isSigned: ReportListenerDeps['isSigned'] = ({ path, ...request }) =>
    publicUrl !== null && isPlivos({ method: 'POST', url: `${publicUrl}${path}`, ...request });

  return {
    app,
    listener: reportListener({ receipts, isSigned }, app),
    store,
    dispatcher,
    logger,
    start() {
      for (const task of background) task.start();
      dispatcher.start();
    },
    async drain(drainMs) {
      stopping.abort();
      await dispatcher.stop(drainMs);
      await Promise.all(background.map((task) => task.stop()));
    },
    async close() {
      plivoService.close();
      await store.close();
    },
  };
}

function loggerFor(env: Env, context: () => Readonly<Record<string, unknown>>): Logger {
  return createLogger({
    level: env.LOG_LEVEL,
    json: env.NODE_ENV === 'production',
    secrets: [...(env.API_KEY ?? []), env.PLIVO_AUTH_TOKEN, env.PLIVO_AUTH_ID],
    context,
  });
}

/** A table that most runs never need is loaded by the first that does. */
function onFirstUse<T>(load: () => T): () => T {
  let loaded: { readonly value: T } | null = null;
  return () => (loaded ??= { value: load() }).value;
}

function repliesOf(env: Env): KeywordReplies {
  const orNothing = (text: string) => (text === 'none' ? null : text);
  return {
    optOut: orNothing(env.OPT_OUT_REPLY),
    optIn: orNothing(env.OPT_IN_REPLY),
    help: orNothing(env.HELP_REPLY),
  };
}
