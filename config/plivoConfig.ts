import type { Env } from './env';

/** Who a text comes from: one sender, or a Powerpack that picks the number. */
export type Origin = { readonly sender: string } | { readonly powerpackUuid: string };

/** What to do when it is unknown whether Plivo took a batch. */
export type UnconfirmedPolicy = Env['PLIVO_UNCONFIRMED'];

/** Everything about Plivo that can be set; times in milliseconds. */
export type PlivoConfig = {
  readonly authId: string;
  readonly authToken: string;
  readonly apiUrl: string;
  readonly origin: Origin;
  readonly batchSize: number;
  readonly batchDelayMs: number;
  readonly maxConcurrency: number;
  readonly maxAttempts: number;
  readonly retryBaseMs: number;
  readonly timeoutMs: number;
  readonly unconfirmed: UnconfirmedPolicy;
  readonly reconcileAfterMs: number;
  /** Batches refused for good in a row that pause their broadcast; 0 never does. */
  readonly pauseAt: number;
  /** Base address for callbacks, without a trailing slash; null asks for no delivery reports. */
  readonly publicUrl: string | null;
};

/** Gathers the `PLIVO_*` variables into the shape that the services take. A Powerpack goes before a sender. */
export function plivoConfig(env: Env): PlivoConfig {
  return {
    authId: env.PLIVO_AUTH_ID,
    authToken: env.PLIVO_AUTH_TOKEN,
    apiUrl: env.PLIVO_API_URL,
    origin: originOf(env),
    batchSize: env.PLIVO_BULK_MESSAGE_LIMIT,
    batchDelayMs: env.PLIVO_BATCH_DELAY_MS,
    maxConcurrency: env.PLIVO_MAX_CONCURRENCY,
    maxAttempts: env.PLIVO_MAX_ATTEMPTS,
    retryBaseMs: env.PLIVO_RETRY_BASE_MS,
    timeoutMs: env.PLIVO_TIMEOUT_MS,
    unconfirmed: env.PLIVO_UNCONFIRMED,
    reconcileAfterMs: env.PLIVO_RECONCILE_AFTER_MS,
    pauseAt: env.PAUSE_AFTER_FAILED_BATCHES,
    publicUrl: env.PUBLIC_URL ?? null,
  };
}

function originOf(env: Env): Origin {
  if (env.PLIVO_POWERPACK_UUID !== undefined) return { powerpackUuid: env.PLIVO_POWERPACK_UUID };
  // `parseEnv` has refused a configuration with neither.
  return { sender: env.PLIVO_SENDER_ID ?? '' };
}
