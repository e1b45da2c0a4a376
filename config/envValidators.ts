import { EnvError, makeExactValidator } from 'envalid';
import { parseAmount } from '../src/domain/money/money';
import { faultOfOptOutWord } from '../src/domain/replies/ownStopWords';
import { parseQuietHours } from '../src/domain/time/quietHours';
import { isSender, parseSenderMap, type SenderMap } from '../src/domain/plan/senders';

/** A whole number from `min` to `max`, both included. */
export const integer = (min: number, max: number) =>
  makeExactValidator<number>((input) => {
    const value = Number(input);
    if (!/^-?\d+$/.test(input.trim()) || value < min || value > max) {
      throw new EnvError(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  });

/** A number above 0, fractions allowed: a sender that is allowed 0.25 messages a second exists. */
export const positiveNumber = makeExactValidator<number>((input) => {
  const value = Number(input);
  if (input.trim() === '' || !Number.isFinite(value) || value <= 0) throw new EnvError('must be a number above 0');
  return value;
});

/** An http or https address without query or fragment; returned without a trailing slash. */
export const baseUrl = makeExactValidator<string>((input) => {
  const parsed = URL.canParse(input) ? new URL(input) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.search || parsed.hash) {
    throw new EnvError('must be an http:// or https:// address without "?" or "#", such as https://sms.example.com');
  }
  return parsed.href.replace(/\/+$/, '');
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

/** A Plivo sender; see `isSender` for what that is. */
export const sender = makeExactValidator<string>((input) => {
  if (isSender(input)) return input;
  throw new EnvError(
    'must be a number in E.164 form (+14155550100), a short code, or at most 11 letters and digits with a letter among them',
  );
});

/** `1:+14155550100,44:ACME,*:+46701234567`: a sender or Powerpack for each calling code. */
export const senderMap = makeExactValidator<SenderMap>((input) => {
  const map = parseSenderMap(input);
  if (map !== null) return map;
  throw new EnvError(
    'must be a list such as 1:+14155550100,44:ACME,*:+46701234567: calling codes, each once, and senders or Powerpack uuids',
  );
});

/** `21:00-08:00`; kept as it was written. */
export const quietHours = makeExactValidator<string>((input) => {
  if (parseQuietHours(input) !== null) return input;
  throw new EnvError('must be two times of day such as 21:00-08:00, with at least an hour left in between');
});

/** An amount of money such as 25 or 12.50, above 0; returned in billionths. */
export const amount = makeExactValidator<number>((input) => {
  const nanos = parseAmount(input.trim());
  if (nanos === null || nanos === 0) throw new EnvError('must be an amount above 0 such as 25 or 12.50');
  return nanos;
});

/** 0 or a number above it, fractions allowed, up to `max`. */
export const numberUpTo = (max: number) =>
  makeExactValidator<number>((input) => {
    const value = Number(input);
    if (input.trim() === '' || !(value >= 0 && value <= max)) throw new EnvError(`must be a number from 0 to ${max}`);
    return value;
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

/** Express `trust proxy`: true, false, a number of hops, or addresses and subnets separated by commas. */
export const trustProxy = makeExactValidator<boolean | number | string>((input) => {
  if (input === 'true' || input === 'false') return input === 'true';
  return /^\d+$/.test(input) ? Number(input) : input;
});

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
