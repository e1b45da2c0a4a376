import { readFileSync } from 'node:fs';
import { cleanEnv, str } from 'envalid';
import dotenv from 'dotenv';
import { longestWindowMs } from '../src/domain/time/textCaps';
import {
  amount,
  amountToStay,
  baseUrl,
  byteSize,
  commaList,
  databaseUrl,
  flag,
  inboundToken,
  integer,
  jwksUrl,
  numberUpTo,
  optOutWords,
  country,
  quietHours,
  rate,
  sender,
  senderMap,
  senderRates,
  text,
  textCaps,
  trustProxy,
  webhookEvents,
  webhookSecrets,
  webhookUrl,
  writtenBaseUrl,
} from './envValidators';

const DAY_MS = 86_400_000;

/**
 * Every variable of the service: its rule, its default and what it means. `.env.example` shows the same list, and a
 * guard test holds the two together.
 */
export const ENV_SPECS = {
  NODE_ENV: str({ default: 'development', desc: 'production, development or test' }),
  PORT: integer(0, 65535)({ default: 3000, desc: 'port the service listens on' }),
  HOST: text({ default: '0.0.0.0', desc: 'address the service listens on' }),
  API_KEY: commaList({
    default: undefined,
    desc: 'key that callers present; several separated by commas, so that keys can rotate. Required in production, of at least 8 characters',
  }),
  JWT_ISSUER: text({
    default: undefined,
    desc: 'bearer tokens (JWT) of this issuer are let in, beside keys; with JWT_AUDIENCE and JWT_JWKS_URL',
  }),
  JWT_AUDIENCE: text({ default: undefined, desc: 'whom tokens must be for (aud)' }),
  JWT_JWKS_URL: jwksUrl({
    default: undefined,
    desc: 'where the issuer publishes the keys that it signs with; https, or http on this machine',
  }),
  PLIVO_AUTH_ID: text({ desc: 'set it to the Auth ID shown on the overview page of the Plivo console' }),
  PLIVO_AUTH_TOKEN: text({ desc: 'set it to the Auth Token shown on the overview page of the Plivo console' }),
  PLIVO_SENDER_ID: sender({
    default: undefined,
    desc: 'who the texts come from: an E.164 number, a short code or an alphanumeric sender of at most 11 characters',
  }),
  PLIVO_POWERPACK_UUID: text({ default: undefined, desc: 'send through this Powerpack instead of one sender' }),
  PLIVO_SENDERS: senderMap({
    default: undefined,
    desc: 'senders or Powerpacks by calling code, such as 1:+14155550100,44:ACME,*:+46701234567; goes before the two above',
  }),
  PLIVO_API_URL: baseUrl({ default: 'https://api.plivo.com', desc: "Plivo's address, or the simulator's" }),
  PLIVO_BULK_MESSAGE_LIMIT: integer(1, 1000)({ default: 1000, desc: 'recipients in one Plivo call' }),
  PLIVO_BATCH_DELAY_MS: integer(
    0,
    DAY_MS,
  )({
    default: 250,
    desc: 'least time between the starts of two Plivo calls, across all instances',
  }),
  PLIVO_CALL_SPACING_MS: integer(
    0,
    DAY_MS,
  )({
    default: 20,
    desc: 'least time between the starts of two calls of a personalised broadcast, which carry one text each',
  }),
  PLIVO_MAX_CONCURRENCY: integer(1, 100)({ default: 4, desc: 'Plivo calls under way at once, per instance' }),
  PLIVO_MAX_ATTEMPTS: integer(
    1,
    100,
  )({ default: 5, desc: 'tries of one batch that is refused while others are taken, or while its caller waits' }),
  PLIVO_RETRY_BASE_MS: integer(
    1,
    30_000,
  )({
    default: 200,
    desc: 'first back-off; doubles with jitter up to 30 s',
  }),
  PLIVO_TIMEOUT_MS: integer(
    1,
    600_000,
  )({
    default: 30_000,
    desc: "give up waiting for Plivo's answer; the outcome is then unconfirmed",
  }),
  PLIVO_MESSAGES_PER_SECOND: rate({
    default: undefined,
    desc: "the account's rate in parts of texts, from 0.001 on; a new account has 5",
  }),
  PLIVO_SENDER_RATES: senderRates({
    default: undefined,
    desc: 'parts of texts a second by sender, such as +14155550100:1.25,ACME:5,+16135550100:ca-longcode; presets 10dlc-high, 10dlc-medium, 10dlc-low, tollfree, shortcode, ca-longcode',
  }),
  PLIVO_HORIZON_SECONDS: integer(
    1,
    10_800,
  )({
    default: 3600,
    desc: 'where a rate is set: never hand Plivo more than it can send in this time',
  }),
  PLIVO_UNCONFIRMED: str({
    choices: ['reconcile', 'retry', 'hold'],
    default: 'reconcile',
    desc: 'what to do when it is unknown whether Plivo took a batch: reconcile, retry (may text twice), hold',
  }),
  PLIVO_RECONCILE_AFTER_MS: integer(
    0,
    DAY_MS,
  )({
    default: 60_000,
    desc: "how long to wait for delivery reports before asking Plivo's message list",
  }),
  PLIVO_LIST_REQUESTS_PER_MINUTE: integer(
    1,
    10_000,
  )({
    default: 18,
    desc: "requests to Plivo's message list by all instances together; Plivo allows an account 20",
  }),
  PLIVO_LOG: str({
    choices: ['true', 'number_only', 'false'],
    default: 'true',
    desc: 'what Plivo keeps of a text: true (number and text), number_only, false (neither; not with PLIVO_UNCONFIRMED=reconcile)',
  }),
  PLIVO_MIN_BALANCE: amountToStay({
    default: undefined,
    desc: "US dollars that are to stay in the Plivo account: dispatch pauses before it has less; unset, it pauses on Plivo's own word",
  }),
  PAUSE_AFTER_FAILED_BATCHES: integer(
    0,
    1_000_000,
  )({
    default: 10,
    desc: 'batches that Plivo refuses for good in a row before their broadcast is paused; 0 never pauses it',
  }),
  DEFAULT_COUNTRY: country({
    default: undefined,
    desc: 'country (ISO 3166, such as DE) by which numbers without a country code are read; a request may say otherwise',
  }),
  APPROVAL_ABOVE: integer(
    0,
    10_000_000,
  )({
    default: undefined,
    desc: 'a broadcast to more people than this waits until somebody with another key approves it',
  }),
  QUIET_HOURS: quietHours({
    default: undefined,
    desc: "nobody is texted within these hours of their own day, such as 21:00-08:00; a broadcast's quietHours says otherwise",
  }),
  DUPLICATE_WINDOW_HOURS: numberUpTo(8760)({
    default: 0,
    desc: 'who got the same text from another broadcast within so many hours is left out; 0 leaves nobody out',
  }),
  MAX_TEXTS_PER_PERSON: textCaps({
    default: undefined,
    desc: 'who got so many texts in so long is left out, such as 3/7d (units m, h, d); several separated by commas all hold',
  }),
  PRICES_FILE: text({
    default: undefined,
    desc: 'JSON file with a price per segment for each country, for estimates',
  }),
  MAX_SEGMENTS_PER_BROADCAST: integer(
    1,
    1_000_000_000,
  )({
    default: undefined,
    desc: 'a broadcast of more segments than this in all is refused',
  }),
  MAX_COST_PER_BROADCAST: amount({
    default: undefined,
    desc: 'a broadcast estimated to cost more than this, in the currency of PRICES_FILE, is refused',
  }),
  OPT_OUT_KEYWORDS: optOutWords({
    default: undefined,
    desc: 'further words that opt out when they are all that somebody writes, separated by commas',
  }),
  OPT_OUT_REPLY: text({
    default: 'You are unsubscribed and will get no more texts from us. Reply START to get them again.',
    desc: 'answer to STOP, where Plivo does not answer itself; none for no answer',
  }),
  OPT_IN_REPLY: text({
    default: 'You will get our texts again. Reply STOP to end them.',
    desc: 'answer to START of someone who was opted out; none for no answer',
  }),
  HELP_REPLY: text({
    default: 'Reply STOP to get no more texts from us, START to get them again.',
    desc: 'answer to HELP; none for no answer',
  }),
  DELIVERY_REPORT_ASK_AFTER_MS: integer(
    0,
    30 * DAY_MS,
  )({
    default: 900_000,
    desc: "after this time without a final report Plivo's message list is asked, as far as its limit allows",
  }),
  DELIVERY_REPORT_TIMEOUT_MS: integer(
    0,
    30 * DAY_MS,
  )({
    default: DAY_MS,
    desc: 'after this time without a final report a recipient is shown as unknown',
  }),
  RETENTION_DAYS: numberUpTo(36_500)({
    default: 0,
    desc: 'days after its end that a broadcast is removed with its recipients, and a text that came in; 0 keeps all',
  }),
  ANONYMIZE_AFTER_DAYS: numberUpTo(36_500)({
    default: 0,
    desc: 'days after its end that the numbers and texts of a broadcast are masked, and a text that came in; its counts stay. 0 masks none',
  }),
  AUDIT_RETENTION_DAYS: numberUpTo(36_500)({
    default: 365,
    desc: 'days that a line of the audit log is kept; 0 keeps all',
  }),
  PUBLIC_URL: writtenBaseUrl({
    default: undefined,
    desc: "public base address for Plivo's callbacks; unset means no delivery reports are asked for",
  }),
  INBOUND_TOKEN: inboundToken({
    default: undefined,
    desc: 'last segment of the inbound address, instead of the one that is made once and kept in the database (GET /account shows it); none: the plain address takes a START too',
  }),
  WEBHOOK_URL: webhookUrl({
    default: undefined,
    desc: 'where other programs are told what happens (Standard Webhooks); a broadcast may name one of its own (callbackUrl)',
  }),
  WEBHOOK_SECRET: webhookSecrets({
    default: undefined,
    desc: 'what signs webhooks: whsec_ and base64 of 24 to 64 bytes; several separated by commas while receivers change over, the new one first',
  }),
  WEBHOOK_EVENTS: webhookEvents({
    default: undefined,
    desc: 'which events go to WEBHOOK_URL, separated by commas; unset: all but recipients.updated, all: that too',
  }),
  WEBHOOK_ALLOW_PRIVATE: flag({
    default: false,
    desc: 'true: webhooks may go to addresses inside the network, plain http included',
  }),
  DATABASE_URL: databaseUrl({
    default: 'sqlite:data/broadcaster.db',
    desc: 'sqlite:PATH for one instance, postgres://… for one or several',
  }),
  DATABASE_CONNECTIONS: integer(4, 1000)({ default: 10, desc: 'connections to PostgreSQL, at most' }),
  BODY_LIMIT: byteSize({ default: 32 * 1024 ** 2, desc: 'largest JSON body' }),
  MAX_RECIPIENTS: integer(1, 10_000_000)({ default: 1_000_000, desc: 'recipients per broadcast' }),
  BROADCAST_WAIT_MS: integer(
    0,
    600_000,
  )({
    default: 10_000,
    desc: 'how long POST /broadcast waits when everything fits in one Plivo call',
  }),
  RATE_LIMIT_WINDOW_MS: integer(1, DAY_MS)({ default: 900_000, desc: 'window of the rate limits' }),
  RATE_LIMIT_MAX: integer(
    0,
    1_000_000_000,
  )({
    default: 100,
    desc: 'requests that send or change something, per API key and window; 0 turns it off',
  }),
  RATE_LIMIT_READS_MAX: integer(
    0,
    1_000_000_000,
  )({
    default: 6000,
    desc: 'reads and previews per API key and window; 0 turns it off',
  }),
  METRICS_TOKEN: text({
    default: undefined,
    desc: 'bearer token that may read /metrics and nothing else',
  }),
  AUTH_FAILURES_MAX: integer(
    0,
    1_000_000_000,
  )({
    default: 100,
    desc: 'wrong or missing keys per address and RATE_LIMIT_WINDOW_MS before they get 429, and ten times as many of one wrong key from all addresses together; a right key always passes; 0 turns it off',
  }),
  TRUST_PROXY: trustProxy({
    default: undefined,
    desc: 'Express "trust proxy": how many proxies are in between, or their addresses, such as loopback,10.0.0.0/8',
  }),
  EVENTS_MAX_LISTENERS: integer(
    1,
    100_000,
  )({
    default: 2500,
    desc: 'how many may follow live events at once, per instance',
  }),
  LOG_LEVEL: str({
    choices: ['error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'],
    default: 'info',
    desc: 'winston level',
  }),
  SHUTDOWN_TIMEOUT_MS: integer(0, DAY_MS)({ default: 10_000, desc: 'drain time on SIGTERM and SIGINT' }),
} as const;

export type Env = ReturnType<typeof validate>;
type RawEnv = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot work. `faults` has one line per variable: what is wrong and what to set. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * The environment of this process, `.env` included (what is set outside wins over the file), checked once.
 *
 * @throws ConfigurationError listing every fault with its remedy
 */
export function readEnv(): Env {
  dotenv.config({ quiet: true });
  return parseEnv(process.env);
}

/**
 * Checks a set of variables. A blank variable counts as unset, as container tools write it.
 *
 * @throws ConfigurationError listing every fault with its remedy
 */
export function parseEnv(raw: RawEnv): Env {
  const faults: string[] = [];
  const given = withSecretFiles(raw, faults);
  const env = validate(given, faults);
  faults.push(...crossFaults(env, faults));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return env;
}

const PLIVO_ACCESS = [
  'PLIVO_AUTH_ID',
  'PLIVO_AUTH_TOKEN',
  'PLIVO_API_URL',
  'PLIVO_TIMEOUT_MS',
  'PRICES_FILE',
] as const satisfies (keyof Env)[];

/**
 * What it takes to ask Plivo something, for commands that send nothing.
 *
 * @throws ConfigurationError listing its faults with their remedies
 */
export function readPlivoAccess(): Pick<Env, (typeof PLIVO_ACCESS)[number]> {
  dotenv.config({ quiet: true });
  const faults: string[] = [];
  const env = validate(withSecretFiles(process.env, faults), faults);
  const own = faults.filter((fault) => PLIVO_ACCESS.some((name) => new RegExp(`^${name}(?:_FILE)?:`).test(fault)));
  if (own.length > 0) throw new ConfigurationError(own);
  return env;
}

/**
 * The database alone, for commands that need no Plivo account.
 *
 * @throws ConfigurationError when it is no address of a database
 */
export function readDatabaseUrl(): string {
  dotenv.config({ quiet: true });
  const faults: string[] = [];
  const { DATABASE_URL: url } = withSecretFiles(process.env, faults);
  const fault = faults.find((line) => line.startsWith('DATABASE_URL'));
  if (fault !== undefined) throw new ConfigurationError([fault]);
  return url === undefined ? (ENV_SPECS.DATABASE_URL.default ?? '') : parseDatabaseUrl(url);
}

/** @throws ConfigurationError when it is no address of a database */
export function parseDatabaseUrl(url: string): string {
  try {
    return ENV_SPECS.DATABASE_URL._parse(url);
  } catch (error) {
    throw new ConfigurationError([`DATABASE_URL: ${(error as Error).message}`]);
  }
}

/** The simulator's port for `npm run simulator` and `npm run dev`; the service itself has no use for it. */
export function readSimulatorPort(): number {
  return integer(0, 65535)({})._parse(process.env['SIMULATOR_PORT'] ?? '4010');
}

/** This process's variables, for handing on to a child process. */
export function inheritedEnv(): RawEnv {
  return process.env;
}

/** Any variable `X` may come from the file that `X_FILE` names: Docker and Kubernetes secrets, Vault agent. */
function withSecretFiles(raw: RawEnv, faults: string[]): RawEnv {
  const given: Record<string, string> = {};
  for (const name of Object.keys(ENV_SPECS)) {
    const value = raw[name];
    const file = raw[`${name}_FILE`];
    if (value !== undefined && value !== '') given[name] = value;
    if (file === undefined || file === '') continue;
    if (given[name] !== undefined) {
      faults.push(`${name}: is set both directly and by ${name}_FILE; remove one of them`);
      continue;
    }
    try {
      given[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      faults.push(
        `${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); name a readable file`,
      );
    }
  }
  return given;
}

function validate(given: RawEnv, faults: string[]) {
  const cleaned = cleanEnv(given, ENV_SPECS, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) {
        const missing = error.name === 'ReferenceError' || given[name] === undefined;
        faults.push(
          missing
            ? `${name}: is missing; ${ENV_SPECS[name as keyof typeof ENV_SPECS].desc}`
            : `${name}: ${error.message}`,
        );
      }
    },
  });
  return { ...cleaned };
}

/** Rules that need more than one variable. Variables that are wrong by themselves were named already. */
function crossFaults(env: Env, known: readonly string[]): string[] {
  const faults: string[] = [];
  const isNamed = (...names: string[]) =>
    names.some((name) => known.some((fault) => fault.startsWith(`${name}:`) || fault.startsWith(`${name}_FILE:`)));
  const hasSender =
    env.PLIVO_SENDER_ID !== undefined || env.PLIVO_POWERPACK_UUID !== undefined || env.PLIVO_SENDERS?.has('*') === true;
  if (!hasSender && !isNamed('PLIVO_SENDER_ID', 'PLIVO_SENDERS', 'PLIVO_POWERPACK_UUID')) {
    faults.push('PLIVO_SENDER_ID: is missing; set it to your Plivo number or sender, or set PLIVO_POWERPACK_UUID');
  }
  if (env.MAX_COST_PER_BROADCAST !== undefined && env.PRICES_FILE === undefined) {
    faults.push('MAX_COST_PER_BROADCAST: cannot be checked without prices; set PRICES_FILE too');
  }
  if (env.PLIVO_LOG === 'false' && env.PLIVO_UNCONFIRMED === 'reconcile') {
    faults.push(
      'PLIVO_LOG: false has Plivo mask the numbers in its message list, by which lost answers are looked up; set it to ' +
        'number_only, which keeps no text, or PLIVO_UNCONFIRMED to hold, which leaves every lost answer to a person',
    );
  }
  faults.push(...removedTooEarly(env), ...halfTokens(env, isNamed), ...webhookFaults(env, isNamed));
  if (env.NODE_ENV === 'production' && env.API_KEY === undefined && !isNamed('API_KEY')) {
    faults.push(
      'API_KEY: is missing; with NODE_ENV=production callers must authenticate, so set it to a long random value',
    );
  }
  if (env.NODE_ENV === 'production' && env.API_KEY?.some((key) => key.length < SHORTEST_KEY) === true) {
    faults.push(
      `API_KEY: has a key of fewer than ${SHORTEST_KEY} characters, which is soon guessed; set it to a long random value`,
    );
  }
  return faults;
}

/** Characters of a key in production. */
const SHORTEST_KEY = 8;

/** Tokens need all three. */
function halfTokens(env: Env, isNamed: (name: string) => boolean): string[] {
  const parts = ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL'] as const;
  if (parts.every((name) => env[name] === undefined)) return [];
  return parts
    .filter((name) => env[name] === undefined && !isNamed(name))
    .map((name) => `${name}: is missing; tokens need ${parts.join(', ')} together`);
}

function webhookFaults(env: Env, isNamed: (...names: string[]) => boolean): string[] {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secrets, WEBHOOK_ALLOW_PRIVATE: allowsPrivate } = env;
  if (url === undefined || isNamed('WEBHOOK_URL', 'WEBHOOK_SECRET', 'WEBHOOK_EVENTS', 'WEBHOOK_ALLOW_PRIVATE'))
    return [];
  return [
    ...(secrets === undefined
      ? [
          'WEBHOOK_SECRET: is missing; receivers know by it that a webhook is ours: set it to whsec_ and the base64 of 32 random bytes',
        ]
      : []),
    ...(url.startsWith('https:') || allowsPrivate
      ? []
      : ['WEBHOOK_URL: must be https; inside your own network set WEBHOOK_ALLOW_PRIVATE=true']),
  ];
}

/** What rules have to look at must not be removed or masked before. */
function removedTooEarly(env: Env): string[] {
  const caps = env.MAX_TEXTS_PER_PERSON ?? [];
  const windows = [
    [`DUPLICATE_WINDOW_HOURS=${env.DUPLICATE_WINDOW_HOURS}`, env.DUPLICATE_WINDOW_HOURS],
    [`MAX_TEXTS_PER_PERSON=${caps.map(({ written }) => written).join(',')}`, longestWindowMs(caps) / 3_600_000],
  ] as const;
  const ends = [
    ['RETENTION_DAYS', 'removes', 'keeps', env.RETENTION_DAYS],
    ['ANONYMIZE_AFTER_DAYS', 'masks', 'masks nothing of', env.ANONYMIZE_AFTER_DAYS],
  ] as const;
  return ends
    .filter(([, , , days]) => days > 0)
    .flatMap(([end, does, keeps, days]) =>
      windows
        .filter(([, hours]) => days * 24 < hours)
        .map(
          ([variable, hours]) =>
            `${end}: ${does} what ${variable} has to look at; set it to ${Math.ceil(hours / 24)} or more, to 0, ` +
            `which ${keeps} it, or shorten the window`,
        ),
    );
}
