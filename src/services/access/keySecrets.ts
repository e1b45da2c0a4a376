import { createHash, randomBytes } from 'node:crypto';

/** Tells our keys from others at a glance, for people and for those who search code for secrets. */
const MARK = 'sms_';
const SECRET_BYTES = 32;
/** Enough to tell keys apart; what is not shown of it is still 216 bits. */
const PREFIX_LENGTH = MARK.length + 6;

const FORM = /^sms_[\w-]{43}$/;

/** Whether a key may be one that was made here: nobody needs to ask the database for any other. */
export const isKeyOfOurs = (presented: string): boolean => FORM.test(presented);

/** A key, and what is kept of it. */
export function makeKey(): { readonly key: string; readonly hash: string; readonly prefix: string } {
  const key = MARK + randomBytes(SECRET_BYTES).toString('base64url');
  return { key, hash: hashOfKey(key), prefix: key.slice(0, PREFIX_LENGTH) };
}

/**
 * SHA-256 alone, without salt and without many rounds: those slow down whoever guesses a password. Nobody guesses 256 random
 * bits, and each request has to be answered fast.
 */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('base64');
