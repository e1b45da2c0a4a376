import { composed, ENCODINGS, readMessage, unreadProblem, type EncodingWish } from '../../../domain/text/messageText';
import { parseLocalTime } from '../../../domain/time/localTime';
import { parseRfc3339 } from '../../../domain/time/rfc3339';
import { parseQuietHours } from '../../../domain/time/quietHours';
import { publicAddressProblem } from './publicAddress';

/** What is wrong with a field's value and what to change, worded to follow the field's name; null for nothing. */

const LONGEST_NAME = 100;
const LONGEST_LEAD_DAYS = 30;
const MOST_MEDIA = 10;
const LONGEST_ADDRESS = 2000;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** `encoding`: what the request wishes, checked or not. */
export function messageProblem(value: unknown, encoding: unknown): string | null {
  if (value === undefined) return 'is missing; set it to the text to send';
  if (typeof value !== 'string') return 'must be a string';
  return readMessage(value, isEncoding(encoding) ? encoding : 'auto').problem;
}

export const isEncoding = (value: unknown): value is EncodingWish => ENCODINGS.some((encoding) => encoding === value);

export function nameProblem(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a string';
  // A composed character is at most four times shorter.
  if (value.length > 4 * LONGEST_NAME || composed(value).length > LONGEST_NAME)
    return `must be at most ${LONGEST_NAME} characters long`;
  return /\p{Cc}/u.test(value) ? 'must not hold control characters' : unreadProblem(value);
}

/** A label that somebody means: one with a blank at its end would be another topic, and nobody would see it. */
export const topicProblem = (value: unknown): string | null =>
  nameProblem(value) ??
  (value === (value as string).trim() && value !== '' ? null : 'must not be empty, nor begin or end with a blank');

export const isWholeNumber = (value: unknown, min: number, max: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const DAY_MS = 86_400_000;

export function sendAtProblem(value: unknown, now: number): string | null {
  const at = parseRfc3339(value);
  if (at === null) return 'must be a time such as "2030-01-31T09:00:00Z" or "2030-01-31T09:00:00+02:00" (RFC 3339)';
  if (at <= now) return 'must lie in the future; leave it out to send at once';
  return at > now + LONGEST_LEAD_DAYS * DAY_MS ? `must be at most ${LONGEST_LEAD_DAYS} days ahead` : null;
}

/** The clock of the last place on earth to show a time. */
const LAST_CLOCK_MS = 12 * 3_600_000;

/** Whether it has passed for one of the recipients is known when they are planned for. */
export function sendAtLocalProblem(
  value: unknown,
  { sendAt }: { readonly sendAt?: unknown },
  now: number,
): string | null {
  const time = typeof value === 'string' ? parseLocalTime(value) : null;
  if (time === null)
    return 'must be a time of people\'s own clocks such as "2030-01-31T09:00", to the minute and without a zone';
  if (!isAbsent(sendAt)) return 'must be left out where "sendAt" says when all are to go';
  if (time + LAST_CLOCK_MS <= now) return 'must lie in the future; leave it out to send at once';
  return time > now + LONGEST_LEAD_DAYS * DAY_MS ? `must be at most ${LONGEST_LEAD_DAYS} days ahead` : null;
}

const CANARY_FIELDS: Readonly<Record<string, (value: unknown) => string | null>> = {
  recipients: (value) => (isWholeNumber(value, 1, 1_000_000) ? null : 'must be a whole number from 1 to 1000000'),
  waitSeconds: (value) =>
    isAbsent(value) || isWholeNumber(value, 1, 86_400) ? null : 'must be a whole number of seconds from 1 to 86400',
  maxFailureRate: (value) =>
    isAbsent(value) || (typeof value === 'number' && value >= 0 && value <= 1)
      ? null
      : 'must be a part of those reported on, from 0 to 1, such as 0.1',
};

/** `hasReports`: whether delivery reports are asked for. */
export function canaryProblem(value: unknown, hasReports: boolean): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be an object such as { "recipients": 500, "waitSeconds": 600, "maxFailureRate": 0.1 }';
  const names = Object.keys(CANARY_FIELDS);
  if (Object.keys(value).some((name) => !names.includes(name))) return `may hold ${names.join(', ')}, and nothing else`;
  for (const [name, problemOf] of Object.entries(CANARY_FIELDS)) {
    const problem = problemOf((value as Record<string, unknown>)[name]);
    if (problem !== null) return `has "${name}", which ${problem}`;
  }
  return hasReports
    ? null
    : 'needs delivery reports, which tell whether the rest may go: set PUBLIC_URL, or leave it out';
}

export const quietHoursProblem = (value: unknown): string | null =>
  value === 'off' || (typeof value === 'string' && parseQuietHours(value) !== null)
    ? null
    : 'must be two times of day such as "21:00-08:00" with at least an hour left in between, or "off"';

export function mediaProblem(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_MEDIA)
    return `must be an array of 1 to ${MOST_MEDIA} https addresses`;
  for (const [place, address] of value.entries()) {
    const problem = publicAddressProblem(address);
    if (problem !== null) return `must hold public https addresses; entry ${place} ${problem}`;
  }
  return null;
}

/** Whether it leads inside the network is known when it is looked up. */
export function callbackProblem(value: unknown, allowsPrivate: boolean): string | null {
  const isOne = isHttps(value) || (allowsPrivate && isAddress(value) && new URL(value).protocol === 'http:');
  const { username, password } = isOne ? new URL(value as string) : { username: '', password: '' };
  return isOne && username === '' && password === '' ? null : 'must be an https address without user and password';
}

const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST_ADDRESS && URL.canParse(value);

const isHttps = (address: unknown): boolean => isAddress(address) && new URL(address).protocol === 'https:';
