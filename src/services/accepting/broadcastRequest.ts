import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckedRecipients } from '../../domain/lists/recipientList';
import type { Origin, OriginAt } from '../../domain/plan/senders';
import { measureText, type TextMeasure } from '../../domain/text/segments';
import type { NewRetry } from '../../store/accepting/retryTaking';

/** A checked request to text people. */
export type BroadcastRequest = {
  readonly text: string;
  readonly recipients: CheckedRecipients;
  readonly invalidRecipients: 'reject' | 'skip';
  readonly name: string | null;
  /** Null for what is configured. */
  readonly sender: string | null;
  readonly expirySeconds: number | null;
  /** Makes it an MMS. */
  readonly mediaUrls: readonly string[] | null;
  /** Told of what becomes of it; absent where nobody is. */
  readonly callbackUrl?: string;
  /** Milliseconds since 1970; null for at once. */
  readonly sendAt: number | null;
  /** `2030-01-31T09:00`: each person at that time of their own clock; null where all go together. Not with `sendAt`. */
  readonly sendAtLocal: string | null;
  /** `21:00-08:00`, or `off`; null for what is configured. */
  readonly quietHours: string | null;
  /** Nobody gets two texts of one topic; null where it is of none. */
  readonly topic: string | null;
  /** It goes even though the balance looks too small; absent where it does not. */
  readonly ignoreBalance?: true;
  /** Some who are texted before the others; null where nobody waits. */
  readonly canary: CanaryWish | null;
  /** What it takes from saved lists and templates; absent where it takes nothing. */
  readonly saved?: SavedUse;
  /** A few try out what others would be told; absent where it is meant. */
  readonly isTest?: true;
  /** Whom of another broadcast it texts anew; absent where it is not made of one. */
  readonly retry?: RetryOf;
};

/** A broadcast that is made of another one's people, and comes from whom that came from. */
export type RetryOf = NewRetry & {
  /** As far as the other one says; null where its batches do. */
  readonly origin: Origin | null;
  readonly originOf: OriginAt;
};

/** So many go first, and the rest when the time is up and no larger part (0 to 1) of those reported on has failed. */
export type CanaryWish = {
  readonly recipients: number;
  readonly waitSeconds: number;
  readonly maxFailureRate: number;
};

/** Names as they were at acceptance. */
export type SavedUse = {
  readonly template: { readonly name: string; readonly version: number } | null;
  readonly lists: readonly string[];
  readonly exceptLists: readonly string[];
};

/** What Plivo bills for each person: the parts of a text, or one message with media. */
export function measureMessage({ text, mediaUrls }: Pick<BroadcastRequest, 'text' | 'mediaUrls'>): TextMeasure {
  const measure = measureText(text);
  return mediaUrls === null ? measure : { ...measure, segments: 1 };
}

/** What makes two requests the same: whom, what, and how. The order of the numbers counts; the JSON's spacing does not. */
export async function requestHashOf(request: BroadcastRequest): Promise<string> {
  const { recipients, text, name, sender, expirySeconds, invalidRecipients } = request;
  const later = [request.mediaUrls, request.sendAt, request.quietHours];
  const invalid = recipients.invalid.map(({ index, value, reason }) => ({ index, value, reason }));
  const parts = [text, name, sender, expirySeconds, invalidRecipients, recipients.submitted, invalid];
  // As before there were these fields, where none is used: keys from then are still known.
  const described = later.every((field) => field === null) ? parts : [...parts, later];
  const { topic, sendAtLocal, canary, ignoreBalance = null, callbackUrl = null } = request;
  const newer = Object.entries({ topic, sendAtLocal, canary, ignoreBalance, callbackUrl })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ [name]: value }));
  const hash = createHash('sha256').update(JSON.stringify([...described, ...newer]));
  const { valid } = recipients;
  for (let from = 0; from < valid.length; from += NUMBERS_AT_ONCE) {
    hash.update(valid.slice(from, from + NUMBERS_AT_ONCE).join(''));
    await nextTurn();
  }
  return hash.digest('base64');
}

/** In slices: a million updates of one number each take a second, a million numbers in slices 100 ms. */
const NUMBERS_AT_ONCE = 10_000;

/** What makes two broadcasts say the same, whoever they go to. */
export const textHashOf = ({ text, mediaUrls }: Pick<BroadcastRequest, 'text' | 'mediaUrls'>): string =>
  createHash('sha256')
    .update(JSON.stringify([text, mediaUrls]))
    .digest('base64');
