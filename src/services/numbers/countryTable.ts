import type { CountryCode, MetadataJson } from 'libphonenumber-js/core';
// "min" tells the countries of a shared calling code apart by the same patterns as "max", and is loaded already.
import minified from 'libphonenumber-js/metadata.min.json';

/**
 * The country of an E.164 number ("+" included) as libphonenumber names it: ISO 3166 alpha-2, besides those AC
 * (Ascension), TA (Tristan da Cunha) and XK (Kosovo), and '001' for networks of no country: freephone, satellites.
 */
export type CountryOf = (number: string) => string;

const NO_COUNTRY = '001';
const ZERO = 0x30;
/** The slot that stands for the first of all countries, which is none. */
const NOWHERE = ~0;
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

/**
 * Digits after the calling code that are looked at. Five take Christmas Island and the Cocos Islands for Australia;
 * with seven every answer is the same and building takes 70 ms longer.
 */
const MAX_OWN_DIGITS = 6;

/**
 * What `parsePhoneNumber` answers in 5 µs, in 6 to 15 ns and without allocation, as a broadcast may hold a million
 * numbers: a walk along the leading digits through a table of 4 KB. Building it takes 45 ms (Node 20, two cores).
 *
 * Where the patterns of two countries fit, the earlier one in the metadata has the number, and the main country of a
 * calling code is the first: American freephone numbers (800, 833 …) are 'US', mobile ones on Saint Martin 'GP', in
 * Western Sahara 'MA'. A number whose beginning fits no pattern is the main country's too; new area codes are in use
 * before metadata has them.
 */
export function loadCountries(): CountryOf {
  const { slots, countries } = flatten(byCallingCode(minified as unknown as MetadataJson, ''));
  return (number) => {
    let slot = 0;
    for (let at = 1; slot >= 0; at++) slot = slots[slot + number.charCodeAt(at) - ZERO] ?? NOWHERE;
    return countries[~slot] ?? NO_COUNTRY;
  };
}

/** A country where the digits so far decide, otherwise what each of the ten next digits leads to. */
type Branch = string | readonly Branch[];

function branch(next: (digit: string) => Branch): Branch {
  const branches = DIGITS.map(next);
  const [first] = branches;
  return typeof first === 'string' && branches.every((other) => other === first) ? first : branches;
}

function byCallingCode(metadata: MetadataJson, digits: string): Branch {
  const countries = metadata.country_calling_codes[digits];
  if (countries !== undefined) return byOwnDigits('', claimsOf(metadata, countries), countries[0] ?? NO_COUNTRY);
  const isBeginning = Object.keys(metadata.country_calling_codes).some((code) => code.startsWith(digits));
  return isBeginning ? branch((digit) => byCallingCode(metadata, digits + digit)) : NO_COUNTRY;
}

function byOwnDigits(digits: string, claims: readonly Claim[], main: string): Branch {
  const [first] = claims;
  if (first === undefined) return main;
  if (claims.length === 1 || digits.length === MAX_OWN_DIGITS || first.settles(digits)) return first.country;
  return branch((digit) => {
    const longer = digits + digit;
    return byOwnDigits(
      longer,
      claims.filter((claim) => claim.canBegin(longer)),
      main,
    );
  });
}

/** What one country has of a calling code it shares: */
type Claim = {
  readonly country: string;
  /** whether any of its numbers begins so, */
  readonly canBegin: (digits: string) => boolean;
  /** and whether all numbers that begin so are known to be its own. */
  readonly settles: (digits: string) => boolean;
};

/** The places we read in the metadata of a country; the library's types have no names for them. 0 stands for none. */
const LEADING_DIGITS = 10;
const LINE_TYPES = 11;
type Plan = {
  readonly [LEADING_DIGITS]?: string | 0;
  readonly [LINE_TYPES]?: readonly ([pattern: string] | 0)[] | 0;
};

/**
 * As `parsePhoneNumber` has it: leading digits decide where a country has some, else the patterns of its line types.
 * Patterns that a country further up has as well are left out, which halves the time to build.
 */
function claimsOf(metadata: MetadataJson, countries: readonly CountryCode[]): Claim[] {
  const taken = new Set<string>();
  return countries.map((country) => {
    const plan = metadata.countries[country] as unknown as Plan;
    const leading = plan[LEADING_DIGITS];
    if (leading) {
      return { country, canBegin: startTest([beginningOf(leading)]), settles: startTest([leading]) };
    }
    const types = plan[LINE_TYPES];
    const patterns = (typeof types === 'object' ? types : [])
      .map((type) => (type ? type[0] : ''))
      .filter((pattern) => pattern !== '' && !taken.has(pattern));
    patterns.forEach((pattern) => taken.add(pattern));
    return { country, canBegin: startTest(patterns.map(beginningOf)), settles: () => false };
  });
}

function startTest(patterns: readonly string[]): (digits: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(`^(?:${pattern})`));
  return (digits) => expressions.some((expression) => expression.test(digits));
}

/** The pattern, without anchors, made to match beginnings as well: each digit it asks for may be the end of the text instead. */
export function beginningOf(pattern: string): string {
  return pattern.replace(/\{[\d,]+\}|\\d|\[[^\]]+\]|\d/g, (part) => (part.startsWith('{') ? part : `(?:${part}|$)`));
}

/** Ten slots a branch; a slot holds where the next branch starts, or the place of a country with its bits inverted. */
function flatten(root: Branch): { slots: Int16Array; countries: readonly string[] } {
  const slots: number[] = [];
  const countries = [NO_COUNTRY];

  const placeCountry = (country: string): number => {
    const known = countries.indexOf(country);
    return ~(known === -1 ? countries.push(country) - 1 : known);
  };
  const place = (next: Branch): number => {
    if (typeof next === 'string') return placeCountry(next);
    const start = slots.length;
    slots.push(...next.map(() => 0));
    next.forEach((longer, digit) => (slots[start + digit] = place(longer)));
    return start;
  };

  place(root);
  return { slots: Int16Array.from(slots), countries };
}
