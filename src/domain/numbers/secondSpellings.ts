/**
 * Phones that have, or had, two international spellings, and the one that counts. The national number (without calling
 * code) goes in and comes out; numbers of other kinds stay as they are.
 */
const CANONICAL: Readonly<Record<string, (national: string) => string>> = {
  // Mexico: a 1 before mobile numbers called from abroad, 01, 044 and 045 at home; gone since 2019 (IFT).
  '52': (national) => national.replace(/^(?:1|01|04[45])(?=[2-9]\d{9}$)/, ''),
  // Argentina: a 9 before mobile numbers called from abroad. Texts reach mobiles only, so that whoever lacks it is meant
  // to have it. 11, 2… and 3… are area codes (ENACOM).
  '54': (national) => (/^(?:11|[23]\d)\d{8}$/.test(national) ? `9${national}` : national),
  // Brazil: mobile numbers got a ninth digit, a 9, from 2012 to 2016 (Anatel); landlines begin with 2 to 5.
  '55': (national) =>
    /^[1-9]{2}[6-9]\d{7}$/.test(national) ? `${national.slice(0, 2)}9${national.slice(2)}` : national,
  // Benin: all numbers got 01 before them at the end of 2024 (ARCEP).
  '229': (national) => (/^[2-9]\d{7}$/.test(national) ? `01${national}` : national),
};

/** The other spellings of a national number that counts, most of which nobody ever wrote. */
const OTHERS: Readonly<Record<string, (national: string) => readonly string[]>> = {
  '52': (national) => [`1${national}`],
  '54': (national) => (/^9(?:11|[23]\d)\d{8}$/.test(national) ? [national.slice(1)] : []),
  '55': (national) => (/^[1-9]{2}9[6-9]\d{7}$/.test(national) ? [national.slice(0, 2) + national.slice(3)] : []),
  '229': (national) => (/^01[2-9]\d{7}$/.test(national) ? [national.slice(2)] : []),
};

/** The spelling that counts of a national number. */
export const respelled = (code: string, national: string): string => CANONICAL[code]?.(national) ?? national;

/** In what other ways the same phone may have been written, beside a trunk prefix that was kept. */
export const otherSpellings = (code: string, national: string): readonly string[] => OTHERS[code]?.(national) ?? [];

/** Whether numbers of this length have to be looked at: the others of the calling code have one spelling only. */
export function hasSecondSpelling(code: string, length: number): boolean {
  if (code === '54' || code === '55') return length === 10;
  return code === '229' && length === 8;
}
