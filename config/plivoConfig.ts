import type { Pace } from '../src/domain/time/pacing';
import { numbersAmong } from '../src/domain/plan/ownSenders';
import { createPacesOf, type PacesOf, type SenderRates } from '../src/domain/plan/senderRates';
import { createOriginOf, type Origin, type OriginOf } from '../src/domain/plan/senders';
import type { Env } from './env';
import { normalBaseUrl } from './envValidators';

/** What to do when it is unknown whether Plivo took a batch. */
export type UnconfirmedPolicy = Env['PLIVO_UNCONFIRMED'];

/** What Plivo keeps of a text. */
export type PlivoLog = Env['PLIVO_LOG'];

/** Everything about Plivo that can be set; times in milliseconds. */
export type PlivoConfig = {
  readonly authId: string;
  readonly authToken: string;
  readonly apiUrl: string;
  /** Where nothing else is said; null where every calling code has its own sender. */
  readonly origin: Origin | null;
  readonly originOf: OriginOf;
  /** Who texts come from, by the beginnings of numbers; `*` stands for all others. */
  readonly senders: ReadonlyMap<string, Origin>;
  /** Numbers that texts come from, as far as the configuration names them. */
  readonly ownNumbers: ReadonlySet<string>;
  readonly batchSize: number;
  readonly batchDelayMs: number;
  /** As `batchDelayMs`, between calls that carry a text of their own. */
  readonly callSpacingMs: number;
  readonly maxConcurrency: number;
  readonly maxAttempts: number;
  readonly retryBaseMs: number;
  readonly timeoutMs: number;
  readonly unconfirmed: UnconfirmedPolicy;
  readonly log: PlivoLog;
  /** What is to stay in the account, in billionths of its currency; null where dispatch goes by Plivo's own word. */
  readonly minBalance: number | null;
  readonly reconcileAfterMs: number;
  /** Batches refused for good in a row that pause their broadcast; 0 never does. */
  readonly pauseAt: number;
  /** Base address for callbacks, without a trailing slash; null asks for no delivery reports. */
  readonly publicUrl: string | null;
  /** The same as Plivo may have been given it, in its console too: as configured, and in its normal form. */
  readonly publicUrlForms: readonly string[];
  /** For the account; null where its rate is not known. */
  readonly pace: Pace | null;
  readonly senderRates: SenderRates;
  /** How fast Plivo sends for whom; where no rate is known it is handed as much as it takes. */
  readonly pacesOf: PacesOf;
};

/** Gathers the `PLIVO_*` variables into the shape that the services take. A Powerpack goes before a sender. */
export function plivoConfig(env: Env): PlivoConfig {
  return {
    authId: env.PLIVO_AUTH_ID,
    authToken: env.PLIVO_AUTH_TOKEN,
    apiUrl: env.PLIVO_API_URL,
    origin: defaultOrigin(env),
    senders: sendersOf(env),
    originOf: createOriginOf(env.PLIVO_SENDERS ?? new Map(), defaultOrigin(env)),
    ownNumbers: numbersAmong([...(env.PLIVO_SENDERS?.values() ?? []), ...senderOf(env)]),
    batchSize: env.PLIVO_BULK_MESSAGE_LIMIT,
    batchDelayMs: env.PLIVO_BATCH_DELAY_MS,
    callSpacingMs: env.PLIVO_CALL_SPACING_MS,
    maxConcurrency: env.PLIVO_MAX_CONCURRENCY,
    maxAttempts: env.PLIVO_MAX_ATTEMPTS,
    retryBaseMs: env.PLIVO_RETRY_BASE_MS,
    timeoutMs: env.PLIVO_TIMEOUT_MS,
    unconfirmed: env.PLIVO_UNCONFIRMED,
    log: env.PLIVO_LOG,
    minBalance: env.PLIVO_MIN_BALANCE ?? null,
    reconcileAfterMs: env.PLIVO_RECONCILE_AFTER_MS,
    pauseAt: env.PAUSE_AFTER_FAILED_BATCHES,
    publicUrl: env.PUBLIC_URL === undefined ? null : normalBaseUrl(env.PUBLIC_URL),
    publicUrlForms: env.PUBLIC_URL === undefined ? [] : formsOf(env.PUBLIC_URL),
    pace: accountPace(env),
    senderRates: ratesOf(env),
    pacesOf: createPacesOf(accountPace(env), ratesOf(env), env.PLIVO_HORIZON_SECONDS * 1000),
  };
}

const ratesOf = ({ PLIVO_SENDER_RATES: rates }: Env): SenderRates => rates ?? new Map();

const accountPace = (env: Env): Pace | null =>
  env.PLIVO_MESSAGES_PER_SECOND === undefined
    ? null
    : { unitsPerSecond: env.PLIVO_MESSAGES_PER_SECOND, horizonMs: env.PLIVO_HORIZON_SECONDS * 1000 };

function formsOf(written: string): string[] {
  const normal = normalBaseUrl(written);
  const { protocol, host, port, pathname } = new URL(normal);
  const withPort = `${protocol}//${host}:${protocol === 'https:' ? 443 : 80}${pathname.replace(/\/+$/, '')}`;
  return [...new Set([normal, written, ...(port === '' ? [withPort] : [])])];
}

const senderOf = ({ PLIVO_SENDER_ID: sender }: Env): Origin[] => (sender === undefined ? [] : [{ sender }]);

function sendersOf(env: Env): ReadonlyMap<string, Origin> {
  const rest = defaultOrigin(env);
  return new Map([...(rest === null ? [] : [['*', rest] as const]), ...(env.PLIVO_SENDERS ?? [])]);
}

function defaultOrigin(env: Env): Origin | null {
  if (env.PLIVO_POWERPACK_UUID !== undefined) return { powerpackUuid: env.PLIVO_POWERPACK_UUID };
  return env.PLIVO_SENDER_ID === undefined ? null : { sender: env.PLIVO_SENDER_ID };
}
