import { EnvError, makeExactValidator } from 'envalid';

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

/**
 * A Plivo sender: an E.164 number (with or without "+"), a short code, or an alphanumeric sender of at most 11 letters
 * and digits, at least one of them a letter (Plivo docs: "Send a message", parameter `src`).
 */
export const sender = makeExactValidator<string>((input) => {
  if (/^\+?\d{3,15}$/.test(input) || (/^[A-Za-z0-9 ]{1,11}$/.test(input) && /[A-Za-z]/.test(input))) return input;
  throw new EnvError(
    'must be a number in E.164 form (+14155550100), a short code, or at most 11 letters and digits with a letter among them',
  );
});

/** Several values separated by commas, blanks around them dropped. */
export const commaList = makeExactValidator<string[]>((input) => {
  const values = input
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) throw new EnvError('must hold at least one value');
  return values;
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
