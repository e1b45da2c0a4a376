import { NumberSet } from './numberSet';
import type { NumberCheck } from './phoneNumber';

/** An entry that is no phone number, with what to change. */
export type InvalidRecipient = {
  /** Its place in the submitted list, from 0. */
  index: number;
  /** What was there, fit to be shown and stored: text is cut to 64 characters and rid of control characters. */
  value: string;
  reason: string;
};

/** A submitted list taken apart. Always: entries - duplicates = valid.length + invalidCount. */
export type CheckedRecipients = {
  /** Without repeats, in order of first appearance. */
  valid: string[];
  /** Repeats of a valid number or of the same invalid text. */
  duplicates: number;
  /** At most `maxErrors`, the first ones. */
  invalid: InvalidRecipient[];
  invalidCount: number;
};

const SHOWN_LENGTH = 64;

/**
 * Takes a submitted list apart in one pass. `seed`: see `NumberSet`.
 *
 * A million numbers take 150 to 220 ms where `JSON.parse` of the same body takes 105 to 150; a million different bad
 * ones 620 to 920 (Node 20, two cores). The list of valid ones starts as a copy of the input and is closed up, as
 * growing it by `push` took 150 ms more.
 */
export function checkRecipients(
  entries: readonly unknown[],
  { check, maxErrors, seed = 0 }: { check: NumberCheck; maxErrors: number; seed?: number },
): CheckedRecipients {
  const seenValid = new NumberSet({ expected: entries.length, seed });
  const seenInvalid = new Set<unknown>();
  const valid = entries.slice() as string[];
  const invalid: InvalidRecipient[] = [];
  let validCount = 0;
  let invalidCount = 0;

  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index];
    const reason = check(entry);
    if (reason === null) {
      const number = entry as string;
      if (!seenValid.add(number)) continue;
      if (validCount !== index) valid[validCount] = number;
      validCount++;
    } else if (!seenInvalid.has(entry)) {
      if (typeof entry === 'string') seenInvalid.add(entry);
      if (invalid.length < maxErrors) invalid.push({ index, value: shown(entry), reason });
      invalidCount++;
    }
  }
  valid.length = validCount;
  return { valid, duplicates: entries.length - validCount - invalidCount, invalid, invalidCount };
}

/** Never JSON: an entry may be nested deeper than the stack. */
function shown(entry: unknown): string {
  if (typeof entry === 'string') return shownText(entry);
  if (Array.isArray(entry)) return 'array';
  return typeof entry === 'object' && entry !== null ? 'object' : String(entry);
}

/** PostgreSQL stores no null character and JSON readers stumble over half a surrogate pair, so neither is passed on. */
function shownText(text: string): string {
  const cutsPair = (text.codePointAt(SHOWN_LENGTH - 1) ?? 0) > 0xffff;
  return text.slice(0, cutsPair ? SHOWN_LENGTH - 1 : SHOWN_LENGTH).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
