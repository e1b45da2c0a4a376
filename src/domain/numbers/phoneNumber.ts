import { readLoosely, type LooseNumber } from './looseNumber';
import { callingCodeOf, isPossible, type CallingCodePlan, type CountryPlan, type NumberingPlan } from './numberingPlan';
import { faultOf } from './numberFaults';
import { createPlainTest } from './plainNumbers';
import { otherSpellings, respelled } from './secondSpellings';

/** Reads numbers on every way in: lists, paths, texts that came in. */
export type NumberReader = {
  /** The canonical form, E.164, in which one phone has one spelling; null where it is no number. */
  read(value: unknown): string | null;
  /** What is wrong with a value that could not be read and what to change, worded to follow the entry's name. */
  explain(value: unknown): string;
};

export type NumberReading = {
  /** Reads numbers without a country code by the country (ISO 3166), where there is one. */
  for(country: string | null): NumberReader;
  isCountry(country: string): boolean;
  /** Of a number that stands in E.164 form already, as it came from Plivo or an older version; itself where it is none. */
  canonicalOf(number: string): string;
  /** What else the phone of a canonical number may be called in what older versions stored. */
  spellingsOf(number: string): readonly string[];
};

/** What is wrong with a country that numbers are to be read by, worded to follow the field's name; null for nothing. */
export const countryProblem = (value: unknown, { isCountry }: Pick<NumberReading, 'isCountry'>): string | null =>
  typeof value === 'string' && isCountry(value.toUpperCase())
    ? null
    : 'must be a country by its two letters (ISO 3166), such as "DE"';

/**
 * One canonical form, decided here alone. Numbers that stand in it already, as nearly all do, cost no regular expression
 * and no allocation; others are read as people write them.
 */
export function createNumberReading(plan: NumberingPlan): NumberReading {
  const isPlain = createPlainTest(plan);

  const readerFor = (name: string | null): NumberReader => {
    const country = name === null ? null : (plan.countries.get(name) ?? null);
    const readWritten = (value: string): string | null => {
      const loose = readLoosely(value);
      return 'reason' in loose ? null : canonical(plan, country, loose);
    };
    return {
      read(value) {
        if (typeof value !== 'string') return null;
        return isPlain(value) ? value : readWritten(value);
      },
      explain(value) {
        if (typeof value !== 'string') return 'must be a string such as "+14155550100"';
        const loose = readLoosely(value);
        if ('reason' in loose) return loose.reason;
        const lacksPlus = !loose.isInternational && international(plan, loose.digits) !== null;
        return faultOf(plan, loose, { country: country === null ? null : name, lacksPlus });
      },
    };
  };

  const readers = new Map<string | null, NumberReader>();
  const kept = (country: string | null): NumberReader => {
    const known = readers.get(country) ?? readerFor(country);
    readers.set(country, known);
    return known;
  };
  return {
    for: kept,
    isCountry: (country) => plan.countries.has(country),
    canonicalOf: (number) => kept(null).read(number) ?? number,
    spellingsOf: (number) => spellingsOf(plan, number).filter((other) => kept(null).read(other) === number),
  };
}

function canonical(plan: NumberingPlan, country: CountryPlan | null, { digits, isInternational }: LooseNumber) {
  const read = isInternational ? international(plan, digits) : null;
  if (read !== null || country === null) return read;
  const written = isInternational ? `00${digits}` : digits;
  const abroad = country.withoutExit(written);
  if (abroad !== null) return international(plan, abroad);
  return isInternational ? null : national(plan, country, digits);
}

/** "+" before it, or what stands for it. A trunk prefix that was kept goes, unless the number belongs to one that has it. */
function international(plan: NumberingPlan, digits: string): string | null {
  const code = callingCodeOf(plan, digits);
  if (code === null) return null;
  const known = plan.codes.get(code);
  if (known === undefined) return null;
  const given = digits.slice(code.length);
  const own = respelled(code, given);
  const isOwn = isPossible(plan, code, own);
  if (isOwn && (known.trunk === '' || !given.startsWith(known.trunk) || known.has(own))) return `+${code}${own}`;
  const meant = withoutKeptTrunk(plan, code, known, given);
  if (meant !== null) return `+${code}${meant}`;
  return isOwn ? `+${code}${own}` : null;
}

/** Where taking it off in more than one way leaves a number, the one that the country has. */
function withoutKeptTrunk(plan: NumberingPlan, code: string, known: CallingCodePlan, given: string): string | null {
  const { trunk } = known;
  // A 0 is kept too where none was ever dialled, or is no longer: no number begins with it there.
  const dialled = trunk !== '' && given.startsWith(trunk) ? trunk : given.startsWith('0') ? '0' : null;
  const plainly = dialled === null ? null : respelled(code, given.slice(dialled.length));
  const byRule = respelled(code, known.withoutTrunk(given));
  const isMeant = (national: string) => national !== given && isPossible(plan, code, national) && known.has(national);
  const meant = [plainly, byRule].find((each) => each !== null && isMeant(each));
  if (meant !== undefined) return meant;
  // A second one would be taken off by whoever reads the result.
  const isLast = plainly !== null && dialled === trunk && !plainly.startsWith(trunk);
  return isLast && isPossible(plan, code, plainly) ? plainly : null;
}

/** What is dialled within a town has up to eight digits. */
const LONGEST_IN_TOWN = 8;

/**
 * As somebody there writes it, a mobile number before any other: texts go to these. Only numbers that the country has, and
 * without the 0 that belongs before them only where they cannot be another country's without its "+", or a number without
 * its area code.
 */
function national(plan: NumberingPlan, country: CountryPlan, digits: string): string | null {
  const code = country.callingCode;
  const abroad = digits.startsWith(code) ? digits.slice(code.length) : null;
  const written = [digits, country.withoutTrunk(digits)];
  if (abroad !== null) written.push(abroad, country.withoutTrunk(abroad));
  const readings = written.map((each) => respelled(code, each));
  const mobile = readings.find((each) => country.hasMobile(each));
  const meant = mobile ?? readings.find((each) => country.has(each));
  if (meant === undefined) return null;
  const lacksTrunk = country.trunk === '0' && !digits.startsWith('0') && abroad === null;
  const mayBeOther = digits.length <= LONGEST_IN_TOWN || international(plan, digits) !== null;
  return mobile === undefined && lacksTrunk && mayBeOther ? null : `+${code}${meant}`;
}

function spellingsOf(plan: NumberingPlan, number: string): readonly string[] {
  const code = callingCodeOf(plan, number.slice(1));
  if (code === null) return [];
  const own = number.slice(1 + code.length);
  const trunk = plan.codes.get(code)?.trunk ?? '';
  const kept = [...new Set([trunk, '0'])].filter((before) => before !== '').map((before) => `${before}${own}`);
  return [...otherSpellings(code, own), ...kept].map((each) => `+${code}${each}`);
}
