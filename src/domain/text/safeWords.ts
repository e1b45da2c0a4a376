const LONGEST = 200;
const SHORTEST_HIDDEN = 4;
const LONGEST_READ = 4_000;

/** Five or more digits of any script, with the punctuation that people write numbers with in between. */
const PHONE_LIKE = /\+?\p{Nd}(?:[\s().+/-]{0,3}\p{Nd}){4,}/gu;
/** Auth ids, tokens, Basic credentials, signatures: an unbroken run that no ordinary word reaches. */
const SECRET_LIKE = /[\w+/=-]{20,}/g;

/**
 * Makes words that came from outside fit to log and to show: no phone numbers, no tokens, none of the `hidden` texts,
 * one line, at most about 200 characters. Gives '' for anything that is not plain words, such as a web page.
 */
export function safeWords(words: unknown, hidden: readonly string[] = []): string {
  if (typeof words !== 'string') return '';
  let safe = words.slice(0, LONGEST_READ);
  // A page from a proxy or a balancer says nothing useful and may repeat what was posted to it.
  if (safe.includes('<')) return '';
  // Shorter texts are parts of ordinary words.
  for (const secret of hidden) if (secret.trim().length >= SHORTEST_HIDDEN) safe = safe.replaceAll(secret, '…');
  safe = safe
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(PHONE_LIKE, '…')
    .replace(SECRET_LIKE, '…')
    .trim();
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}

/**
 * Reads one property of a value of unknown make. Rejections may be anything, a getter or proxy that throws included,
 * and a classifier that throws would lose the outcome of a send.
 */
export function readProperty(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The strings among a value's elements; a lone string counts as a list of one, anything else as none. */
export function readStrings(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  try {
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
  } catch {
    return [];
  }
}

/** As `readStrings`, where a number is as good as its digits. */
export function readDigits(value: unknown): string[] {
  try {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return readStrings(items.map((item) => (typeof item === 'number' ? String(item) : item)));
  } catch {
    return [];
  }
}

/** The words in a string, or in a small object such as `{ dst: ['is invalid'] }`, joined; '' when there are none. */
export function readWords(value: unknown, depth = 2): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || depth === 0) return '';
  try {
    return Object.entries(value)
      .slice(0, 10)
      .map(([key, inner]) => `${Array.isArray(value) ? '' : `${key}: `}${readWords(inner, depth - 1)}`)
      .join('; ');
  } catch {
    return '';
  }
}
