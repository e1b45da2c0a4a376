import { randomInt, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createLogger, type Logger } from '../../config/logger';
import { plivoConfig, type PlivoConfig } from '../../config/plivoConfig';
import type { Env } from '../../config/env';
import { secretsOf } from '../../config/secrets';
import type { NumberReading } from '../domain/numbers/phoneNumber';
import type { Timers } from '../domain/time/timers';
import type { createRequestContext } from '../middleware/requestContext';
import { createPlivoService, type PlivoService } from '../services/plivo/plivoService';
import { createMetrics, type Metrics } from '../services/measuring/metrics';
import { createAddressWatch } from '../services/settling/watching/addressWatch';
import { createTracing, type Tracing } from '../services/measuring/tracing';
import { openStore, type Store } from '../store/store';
import { measuredPlivo, measuredStore, watchedPlivo } from './measuring';
import { theNumbers } from './numbers';
import { realTimers } from './realTimers';
import { tracedPlivo, tracedStore } from './tracing';

export type ComposeOptions = {
  readonly env: Env;
  readonly logger?: Logger;
  /** Replaces the wall clock of the store, for tests. */
  readonly clock?: () => number;
  /** Told of every database statement after it was carried out, for crash tests. */
  readonly onStatement?: (statement: string) => void;
  /** Replaces the second that goes by between two looks for a batch at least, for tests. */
  readonly leastSpacingMs?: number;
  /** Replaces the second, or half of it, after which background work looks for what is due though nothing woke it, for tests. */
  readonly lookEveryMs?: number;
};

/** What every room stands on. */
export type Foundation = {
  readonly env: Env;
  /** What `env` says of Plivo. */
  readonly config: PlivoConfig;
  readonly logger: Logger;
  readonly store: Store;
  /** The one way in which numbers are read. */
  readonly numbers: NumberReading;
  readonly plivo: PlivoService;
  readonly timers: Timers;
  /** The wall clock; milliseconds since 1970. */
  readonly clock: () => number;
  /** 0 to 1. Nothing hangs on its being unguessable; it spreads retries. */
  readonly random: () => number;
  /** Names this process among those that claim batches. */
  readonly owner: string;
  readonly leastSpacingMs?: number;
  readonly lookEveryMs?: number;
  /** Null where nobody hears spans. */
  readonly tracing?: Tracing | null;
};

/** What a process that listens stands on, too. */
export type ServedFoundation = Foundation & { readonly metrics: Metrics };

export type RequestContext = ReturnType<typeof createRequestContext>;

/** @throws DatabaseInUseError when another process holds the SQLite file */
export async function layFoundation(options: ComposeOptions, context: RequestContext): Promise<ServedFoundation> {
  const { env, onStatement, leastSpacingMs, lookEveryMs } = options;
  const logger = options.logger ?? loggerFor(env, () => idOf(context));
  const config = plivoConfig(env);
  const numbers = theNumbers();
  const store = await openStore({
    url: env.DATABASE_URL,
    connections: env.DATABASE_CONNECTIONS,
    phones: numbers,
    actor: () => context.current()?.actor ?? null,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(onStatement === undefined ? {} : { onStatement }),
    onNumbersReview: (table) =>
      logger.info('Numbers of an older version are brought into one form before the service listens', { table }),
    onIdleError: (error) => logger.warn('A database connection was lost', { error }),
  });
  const metrics = createMetrics({ ...store, pace: config.pace, logger });
  const tracing = createTracing();
  const clock = options.clock ?? Date.now;
  const addressWatch = createAddressWatch({ ...store, logger, onStranger: metrics.strangerSeen });
  const plivo = watchedPlivo(createPlivoService({ ...config, timers: realTimers }), addressWatch);
  return {
    env,
    config,
    logger,
    store: tracedStore(measuredStore(store, metrics), tracing),
    plivo: tracedPlivo(measuredPlivo(plivo, metrics, { timers: realTimers, clock }), tracing),
    numbers,
    tracing,
    metrics,
    timers: realTimers,
    clock,
    random: () => randomInt(0, 2 ** 32) / 2 ** 32,
    owner: `${hostname()}/${process.pid}/${randomUUID()}`,
    ...(leastSpacingMs === undefined ? {} : { leastSpacingMs }),
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  };
}

const idOf = (context: RequestContext): { readonly requestId?: string } => {
  const current = context.current();
  return current === undefined ? {} : { requestId: current.requestId };
};

function loggerFor(env: Env, context: () => Readonly<Record<string, unknown>>): Logger {
  return createLogger({
    level: env.LOG_LEVEL,
    json: env.NODE_ENV === 'production',
    secrets: secretsOf(env),
    context,
  });
}
