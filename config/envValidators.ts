import { isIP } from 'node:net';
import { EnvError, makeExactValidator } from 'envalid';
import metadata from 'libphonenumber-js/metadata.min.json';
import { parseAmount } from '../src/domain/money/money';
import { faultOfOptOutWord } from '../src/domain/replies/ownStopWords';
import { parseQuietHours } from '../src/domain/time/quietHours';
import { parseSenderRates, SENDER_RATE_PRESETS, SLOWEST_RATE, type SenderRates } from '../src/domain/plan/senderRates';
import { parseTextCaps, type TextCap } from '../src/domain/time/textCaps';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../src/domain/states/webhookEvent';
import { parseSenderMap, senderMapProblem, senderProblem, type SenderMap } from '../src/domain/plan/senders';

/** A whole number from `min` to `max`, both included. */
export const integer = (min: number, max: number) =>
  makeExactValidator<number>((input) => {
    const value = Number(input);
    if (!/^-?\d+$/.test(input.trim()) || value < min || value > max) {
      throw new EnvError(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  });

/** Parts of texts a second, fractions allowed: a sender that is allowed 0.25 exists. */
export const rate = makeExactValidator<number>((input) => {
  const value = Number(input);
  if (!Number.isFinite(value) || value < SLOWEST_RATE) throw new EnvError(`must be a number from ${SLOWEST_RATE} on`);
  return value;
});

/** An http or https address without query or fragment; returned without a trailing slash. */
export const baseUrl = makeExactValidator<string>((input) => normalBaseUrl(input));

export function normalBaseUrl(input: string): string {
  const parsed = URL.canParse(input) ? new URL(input) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.search || parsed.hash) {
    throw new EnvError('must be an http:// or https:// address without "?" or "#", such as https://sms.example.com');
  }
  return parsed.href.replace(/\/+$/, '');
}

/** As `baseUrl`, as it was written, without a trailing slash: Plivo signs addresses as they were given to it. */
export const writtenBaseUrl = makeExactValidator<string>((input) => {
  normalBaseUrl(input);
  return input.trim().replace(/\/+$/, '');
});

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whoever can change what is read there says who comes in: only over TLS, or from this machine. */
export const jwksUrl = makeExactValidator<string>((input) => {
  const parsed = URL.canParse(input) ? new URL(input) : null;
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && LOOPBACK.has(parsed.hostname));
  if (parsed !== null && isSafe) return parsed.href;
  throw new EnvError('must be an https:// address, such as https://login.example.com/.well-known/jwks.json');
});

/** `none`, or what nobody guesses and needs no escape in an address. */
export const inboundToken = makeExactValidator<string>((input) => {
  if (input === 'none' || /^[\w-]{16,64}$/.test(input)) return input;
  throw new EnvError('must be 16 to 64 letters, digits, "-" or "_" that nobody can guess, or none');
});

/** `sqlite:PATH` or `postgres://…` */
export const databaseUrl = makeExactValidator<string>((input) => {
  if (/^sqlite:.+/.test(input) || /^postgres(ql)?:\/\/.+/.test(input)) return input;
  throw new EnvError(
    'must be sqlite:PATH (such as sqlite:data/broadcaster.db) or postgres://USER:PASSWORD@HOST/DATABASE',
  );
});

const BYTE_UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** A size such as `32mb` or `500kb`; returned in bytes. */
export const byteSize = makeExactValidator<number>((input) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?b)?$/i.exec(input.trim());
  const bytes = match === null ? 0 : Math.floor(Number(match[1]) * (BYTE_UNITS[(match[2] ?? '').toLowerCase()] ?? 1));
  if (bytes < 1) throw new EnvError('must be a size such as 500kb, 32mb or 1gb');
  return bytes;
});

/** A Plivo sender; see `senderProblem` for what that is. */
export const sender = makeExactValidator<string>((input) => {
  const problem = senderProblem(input);
  if (problem === null) return input;
  throw new EnvError(problem);
});

/** `1:+14155550100,44:ACME,*:+46701234567`: a sender or Powerpack for each calling code. */
export const senderMap = makeExactValidator<SenderMap>((input) => {
  const map = parseSenderMap(input);
  if (map !== null) return map;
  throw new EnvError(
    senderMapProblem(input) ??
      'must be a list such as 1:+14155550100,44:ACME,*:+46701234567: calling codes, each once, and senders or Powerpack uuids',
  );
});

/** `+14155550100:1.25,ACME:5,+16135550100:ca-longcode`: the rate of each sender or Powerpack. */
export const senderRates = makeExactValidator<SenderRates>((input) => {
  const read = parseSenderRates(input);
  if (!('problem' in read)) return read;
  const presets = Object.keys(SENDER_RATE_PRESETS).join(', ');
  throw new EnvError(
    `${read.problem}; it must be a list such as +14155550100:1.25,ACME:5 of senders or Powerpack uuids, each once, with ` +
      `parts of texts a second or one of ${presets}`,
  );
});

/** The two letters of a country that has numbers of its own, in capitals. */
export const country = makeExactValidator<string>((input) => {
  const code = input.trim().toUpperCase();
  if (Object.hasOwn(metadata.countries, code)) return code;
  throw new EnvError('must be a country by its two letters (ISO 3166), such as DE');
});

/** `21:00-08:00`; kept as it was written. */
export const quietHours = makeExactValidator<string>((input) => {
  if (parseQuietHours(input) !== null) return input;
  throw new EnvError('must be two times of day such as 21:00-08:00, with at least an hour left in between');
});

/** Caps such as 3/7d, separated by commas. */
export const textCaps = makeExactValidator<readonly TextCap[]>((input) => {
  const caps = parseTextCaps(input);
  if (caps !== null) return caps;
  throw new EnvError(
    'must be so many texts in so long, such as 3/7d (units m, h, d; up to 366 days), or up to four of them separated by commas',
  );
});

/** An amount of money such as 25 or 12.50, above 0; returned in billionths. */
export const amount = makeExactValidator<number>((input) => {
  const nanos = parseAmount(input.trim());
  if (nanos === null || nanos === 0) throw new EnvError('must be an amount above 0 such as 25 or 12.50');
  return nanos;
});

/** As `amount`, 0 included: what is to stay may be nothing. */
export const amountToStay = makeExactValidator<number>((input) => {
  const nanos = parseAmount(input.trim());
  if (nanos === null) throw new EnvError('must be an amount from 0 on such as 25 or 12.50');
  return nanos;
});

/** 0 or a number above it, fractions allowed, up to `max`. */
export const numberUpTo = (max: number) =>
  makeExactValidator<number>((input) => {
    const value = Number(input);
    if (input.trim() === '' || !(value >= 0 && value <= max)) throw new EnvError(`must be a number from 0 to ${max}`);
    return value;
  });

/** `true` or `false`. */
export const flag = makeExactValidator<boolean>((input) => {
  if (input === 'true' || input === 'false') return input === 'true';
  throw new EnvError('must be true or false');
});

/** An http or https address, without a user; whether http will do is another question. */
export const webhookUrl = makeExactValidator<string>((input) => {
  const parsed = URL.canParse(input) ? new URL(input) : null;
  if (
    parsed !== null &&
    ['http:', 'https:'].includes(parsed.protocol) &&
    parsed.username === '' &&
    parsed.password === ''
  )
    return parsed.href;
  throw new EnvError(
    'must be an https:// address without user and password, such as https://app.example.com/sms-events',
  );
});

/** `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; several separated by commas. */
export const webhookSecrets = makeExactValidator<string[]>((input) => {
  const secrets = listOf(input);
  const isOne = (secret: string) => {
    const [, key = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
    const bytes = Buffer.from(key, 'base64').length;
    return bytes >= 24 && bytes <= 64;
  };
  if (secrets.length > 0 && secrets.every(isOne)) return secrets;
  throw new EnvError('must be whsec_ and the base64 of 24 to 64 random bytes, or several of these separated by commas');
});

/** Names of events separated by commas, or `all`. */
export const webhookEvents = makeExactValidator<readonly WebhookEvent[]>((input) => {
  if (input === 'all') return WEBHOOK_EVENTS;
  const names = listOf(input);
  const events = WEBHOOK_EVENTS.filter((event) => names.includes(event));
  if (events.length === new Set(names).size && events.length > 0) return events;
  throw new EnvError(`must be all, or some of ${WEBHOOK_EVENTS.join(', ')}`);
});

/** Several values separated by commas, blanks around them dropped. */
export const commaList = makeExactValidator<string[]>(listOf);

/** Words that opt out, separated by commas. */
export const optOutWords = makeExactValidator<string[]>((input) => {
  const words = listOf(input);
  for (const word of words) {
    const fault = faultOfOptOutWord(word);
    if (fault !== null)
      throw new EnvError(`must be words separated by commas, such as FINISH,NO MAS; "${word}" ${fault}`);
  }
  return words;
});

/**
 * Express `trust proxy`: false, a number of hops, or addresses and subnets separated by commas. Not true, with which the
 * caller's own `X-Forwarded-For` would be believed: whoever writes another address in it escapes every limit.
 */
export const trustProxy = makeExactValidator<boolean | number | string>((input) => {
  const given = input.trim();
  if (given === 'true' || given === 'false') return given === 'true';
  if (/^\d{1,3}$/.test(given)) return Number(given);
  const addresses = given.split(',').map((address) => address.trim());
  if (addresses.every(isTrustable)) return given;
  throw new EnvError(
    'must be true, false, the number of proxies in between, or addresses separated by commas, such as ' +
      'loopback,10.0.0.0/8',
  );
});

/** What Express takes: its own names of networks, addresses, and subnets by their length or IPv4 netmask. */
function isTrustable(address: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(address)) return true;
  const [ip = '', range, ...more] = address.split('/');
  const version = isIP(ip);
  if (version === 0 || ip.includes('%') || more.length > 0) return false;
  if (range === undefined) return true;
  if (/^\d{1,3}$/.test(range)) return Number(range) >= 1 && Number(range) <= (version === 4 ? 32 : 128);
  return version === 4 && isNetmask(range);
}

function isNetmask(text: string): boolean {
  if (isIP(text) !== 4) return false;
  const bits = text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1+0*$/.test(bits);
}

/** Any text that is not blank. */
export const text = makeExactValidator<string>((input) => {
  if (input.trim() === '') throw new EnvError('must not be blank');
  return input.trim();
});

/** @throws EnvError where nothing stands between the commas */
function listOf(input: string): string[] {
  const values = input
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) throw new EnvError('must hold at least one value');
  return values;
}
