import { readMessage } from '../../../domain/text/messageText';
import type { PersonalMessage } from '../../../domain/text/personalText';
import { isEncoding } from './broadcastFields';

/** The message among the fields of a broadcast, where it says something of its own to each; null also where it is faulty. */
export function personalMessageIn({
  message,
  encoding,
}: {
  message?: unknown;
  encoding?: unknown;
}): PersonalMessage | null {
  if (typeof message !== 'string') return null;
  return readMessage(message, isEncoding(encoding) ? encoding : 'auto').personal;
}

/** What each person has to have a value for. */
export const fieldNamesOf = (personal: PersonalMessage | null): string[] =>
  personal?.fields.map(({ name }) => name) ?? [];
