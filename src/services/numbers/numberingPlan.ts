import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
// "min" holds the same possible lengths as "max" at half the size: what it lacks are lengths per type of line.
import minified from 'libphonenumber-js/metadata.min.json';
import mobiles from 'libphonenumber-js/metadata.mobile.json';
import type { CallingCodePlan, CountryPlan, NumberingPlan } from '../../domain/numbers/numberingPlan';
import { beginningOf } from './countryTable';

/** What the metadata tells of a country's numbers; the library's types leave out some of it. */
type Rules = {
  possibleLengths(): readonly number[];
  nationalNumberPattern(): string;
  nationalPrefix(): string | undefined;
  nationalPrefixForParsing(): string | undefined;
  nationalPrefixTransformRule(): string | undefined;
  IDDPrefix(): string | undefined;
  callingCode(): string;
};

type MobileRules = Rules & { type(kind: 'MOBILE'): { pattern(): string } | undefined };

const json = minified as unknown as MetadataJson;

/**
 * The 215 calling codes, international networks and freephone (800, 870, 881 …) included, and how numbers are written in
 * each country. Loading and building takes 60 ms.
 *
 * Lengths are judged by a code's main country, as `isPossiblePhoneNumber` does. A union would differ for one code only,
 * and for the worse: Canada's seven-digit service numbers, which cannot be reached from abroad, would let every +1 number
 * pass that has lost its last three digits. First digits are those of all countries of a code.
 */
export function loadNumberingPlan(): NumberingPlan {
  const metadata = new Metadata(json);
  const rulesOf = (name: string): Rules => {
    // The type names country codes only; calling codes are taken as well and mean the code's main country.
    metadata.selectNumberingPlan(name as CountryCode);
    return metadata.numberingPlan as unknown as Rules;
  };
  const codes = new Map<string, CallingCodePlan>();
  for (const code of [...Object.keys(json.country_calling_codes), ...Object.keys(json.nonGeographic)])
    codes.set(code, callingCodePlan(rulesOf, code));
  const mobilePatterns = new Metadata(mobiles as unknown as MetadataJson);
  const countries = Object.keys(json.countries).map((name) => {
    mobilePatterns.selectNumberingPlan(name as CountryCode);
    const rules = mobilePatterns.numberingPlan as unknown as MobileRules;
    return [name, countryPlan(rulesOf(name), mobileTest(rules))] as const;
  });
  return { codes, countries: new Map(countries) };
}

function callingCodePlan(rulesOf: (name: string) => Rules, code: string): CallingCodePlan {
  const main = rulesOf(code);
  const lengths = main.possibleLengths().reduce((mask, length) => mask | (1 << length), 0);
  const trunk = main.nationalPrefix() ?? '';
  const sharing: readonly string[] = json.country_calling_codes[code] ?? [code];
  const withoutKept = withoutTrunk(main.nationalPrefixForParsing(), main.nationalPrefixTransformRule());
  const patterns = [...new Set(sharing.map((name) => rulesOf(name).nationalNumberPattern()))];
  const any = new RegExp(`^(?:${patterns.join('|')})$`);
  const firstDigits = patterns.reduce((mask, pattern) => mask | firstDigitsOf(pattern), 0);
  return { lengths, firstDigits, trunk, withoutTrunk: withoutKept, has: (national) => any.test(national) };
}

function firstDigitsOf(pattern: string): number {
  const begins = new RegExp(`^(?:${beginningOf(pattern)})`);
  let mask = 0;
  for (let digit = 0; digit < 10; digit++) if (begins.test(String(digit))) mask |= 1 << digit;
  return mask;
}

/** Where mobiles and landlines look alike (North America), every number may be a mobile. */
function mobileTest(rules: MobileRules): CountryPlan['has'] {
  const pattern = rules.type('MOBILE')?.pattern();
  if (pattern === undefined) return () => false;
  const whole = new RegExp(`^(?:${pattern})$`);
  return (national) => whole.test(national);
}

function countryPlan(rules: Rules, hasMobile: CountryPlan['has']): CountryPlan {
  const callingCode = rules.callingCode();
  const whole = new RegExp(`^(?:${rules.nationalNumberPattern()})$`);
  const exit = rules.IDDPrefix();
  const exitAtStart = exit === undefined ? null : new RegExp(`^(?:${exit})`);
  return {
    callingCode,
    hasMobile,
    trunk: rules.nationalPrefix() ?? '',
    withoutTrunk: withoutTrunk(rules.nationalPrefixForParsing(), rules.nationalPrefixTransformRule()),
    withoutExit(digits) {
      const dialled = exitAtStart?.exec(digits)?.[0] ?? '';
      return dialled === '' ? null : digits.slice(dialled.length);
    },
    has: (national) => whole.test(national),
  };
}

/** As `parsePhoneNumber` does it: a rule tells what to put where the pattern found more than a prefix (Argentina's 15). */
function withoutTrunk(pattern: string | undefined, rule: string | undefined): CountryPlan['withoutTrunk'] {
  if (pattern === undefined) return (digits) => digits;
  const atStart = new RegExp(`^(?:${pattern})`);
  return (digits) => {
    const found = atStart.exec(digits);
    if (found === null) return digits;
    const [dialled, ...groups] = found;
    const isRuled = rule !== undefined && groups.length > 0 && groups.at(-1) !== undefined;
    return isRuled ? digits.replace(atStart, rule) : digits.slice(dialled.length);
  };
}
