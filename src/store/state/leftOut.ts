import { sql, type RawBuilder } from 'kysely';

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

/**
 * Whether somebody is in a batch but was left out of its call, by their `error_code`: whatever becomes of the batch then
 * does not become of them.
 */
export function isLeftOut(column = 'error_code'): RawBuilder<boolean> {
  const code = sql.ref(column);
  return sql<boolean>`(${code} is not null and ${code} in (${TEXTED_BEFORE.code}, ${SAME_PHONE.code}))`;
}
