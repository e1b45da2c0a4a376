import { sql, type RawBuilder } from 'kysely';
import type { TextCap } from '../../../domain/time/textCaps';

/** Got the same text from another broadcast. */
export const TEXTED_BEFORE = {
  code: 'duplicate_text',
  reason: 'Got the same text from another broadcast within DUPLICATE_WINDOW_HOURS.',
} as const;

/** Has this very text under another spelling of the number, or will have. */
export const SAME_PHONE = {
  code: 'same_phone',
  reason: 'The same phone stands in this broadcast in another spelling.',
} as const;

/** Of a retry: a report has told since that they have the text which was taken for failed, or may have. */
export const REACHED = {
  code: 'reached',
  reason: 'The text that had failed has reached them after all, or may have.',
} as const;

/** Was erased since it failed. */
export const ERASED = { code: 'erased', reason: 'The person was erased: nobody knows the number any more.' } as const;

/** Got, or may have got, another text of the broadcast's topic. */
export const SAME_TOPIC = {
  code: 'topic',
  reason: 'Another broadcast has a text of the same topic for them.',
} as const;

/** Got as many texts as they may get; the reason names the cap. */
export const CAP_CODE = 'cap';
export const overCap = ({ written }: TextCap) => ({
  code: CAP_CODE,
  reason: `Got as many texts as MAX_TEXTS_PER_PERSON allows (${written}).`,
});

const CODES = [TEXTED_BEFORE.code, SAME_PHONE.code, REACHED.code, ERASED.code, SAME_TOPIC.code, CAP_CODE];

/**
 * Whether somebody is in a batch but was left out of its call, by their `error_code`: whatever becomes of the batch then
 * does not become of them.
 */
export function isLeftOut(column = 'error_code'): RawBuilder<boolean> {
  const code = sql.ref(column);
  return sql<boolean>`(${code} is not null and ${code} in (${sql.join(CODES)}))`;
}
