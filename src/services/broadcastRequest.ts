import { createHash } from 'node:crypto';
import type { CheckedRecipients } from '../domain/recipientList';
import { measureText, type TextMeasure } from '../domain/segments';

/** A checked request to text people. */
export type BroadcastRequest = {
  readonly text: string;
  readonly recipients: CheckedRecipients;
  readonly submitted: number;
  readonly invalidRecipients: 'reject' | 'skip';
  readonly name: string | null;
  /** Null for what is configured. */
  readonly sender: string | null;
  readonly expirySeconds: number | null;
  /** Makes it an MMS. */
  readonly mediaUrls: readonly string[] | null;
  /** Milliseconds since 1970; null for at once. */
  readonly sendAt: number | null;
  /** `21:00-08:00`, or `off`; null for what is configured. */
  readonly quietHours: string | null;
};

/** What Plivo bills for each person: the parts of a text, or one message with media. */
export function measureMessage({ text, mediaUrls }: Pick<BroadcastRequest, 'text' | 'mediaUrls'>): TextMeasure {
  const measure = measureText(text);
  return mediaUrls === null ? measure : { ...measure, segments: 1 };
}

/** What makes two requests the same: whom, what, and how. The order of the numbers counts; the JSON's spacing does not. */
export function requestHashOf(request: BroadcastRequest): string {
  const { recipients, submitted, text, name, sender, expirySeconds, invalidRecipients } = request;
  const later = [request.mediaUrls, request.sendAt, request.quietHours];
  const parts = [text, name, sender, expirySeconds, invalidRecipients, submitted, recipients.invalid];
  // As before there were these fields, where none is used: keys from then are still known.
  const described = later.every((field) => field === null) ? parts : [...parts, later];
  return hashOf(JSON.stringify(described), recipients.valid, 'base64');
}

/** What makes two broadcasts say the same, whoever they go to. */
export const textHashOf = ({ text, mediaUrls }: Pick<BroadcastRequest, 'text' | 'mediaUrls'>): string =>
  createHash('sha256')
    .update(JSON.stringify([text, mediaUrls]))
    .digest('base64');

const NUMBERS_AT_ONCE = 1000;

/** Numbers in slices: a million updates of one number each take a second, a thousand of a thousand 50 ms. */
export function hashOf(head: string, numbers: readonly string[], encoding: 'base64' | 'base64url'): string {
  const hash = createHash('sha256').update(head);
  for (let from = 0; from < numbers.length; from += NUMBERS_AT_ONCE)
    hash.update(numbers.slice(from, from + NUMBERS_AT_ONCE).join(''));
  return hash.digest(encoding);
}
