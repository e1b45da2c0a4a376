import fc from 'fast-check';
import { getCountryCallingCode, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json';
import maximal from 'libphonenumber-js/metadata.max.json';
import { loadCountries } from '../../../src/services/numbers/countryTable';

const countryOf = loadCountries();
const countryByLibrary = (number: string) => parsePhoneNumberFromString(number)?.country;
const mobileExamples = Object.entries(examples).map(
  ([country, number]) => [country, `+${getCountryCallingCode(country as CountryCode)}${number}`] as const,
);

describe('The country of a number is known', () => {
  test.each([
    ['in the United States', '+14155550100', 'US'],
    ['in Canada', '+16045550100', 'CA'],
    ['in Jamaica', '+18765550100', 'JM'],
    ["under Jamaica's second area code", '+16585550100', 'JM'],
    ['in the Dominican Republic', '+18095550100', 'DO'],
    ['in Puerto Rico', '+17875550100', 'PR'],
    ['on Guam', '+16715550100', 'GU'],
    ['on the US Virgin Islands', '+13405550100', 'VI'],
    ['on American Samoa', '+16845550100', 'AS'],
    ['on the Northern Mariana Islands', '+16705550100', 'MP'],
    ['on North American freephone', '+18335550100', 'US'],
    ['under an area code that no country has yet', '+12335550100', 'US'],
    ['in Russia', '+79161234567', 'RU'],
    ['in Kazakhstan', '+77012345678', 'KZ'],
    ['in the United Kingdom', '+447700900123', 'GB'],
    ['on Guernsey', '+447781123456', 'GG'],
    ['on Jersey', '+447797712345', 'JE'],
    ['on the Isle of Man', '+447624123456', 'IM'],
    ['in Norway', '+4740612345', 'NO'],
    ['on Svalbard', '+4779123456', 'SJ'],
    ['in Australia', '+61412345678', 'AU'],
    ['on Christmas Island', '+61891641234', 'CX'],
    ['on the Cocos Islands', '+61891621234', 'CC'],
    ['in Italy, where the 0 is part of the number', '+390612345678', 'IT'],
    ['in the Vatican', '+390669812345', 'VA'],
    ['in Morocco', '+212650123456', 'MA'],
    ['on Réunion', '+262692123456', 'RE'],
    ['on Mayotte', '+262639012345', 'YT'],
    ['in Finland', '+358412345678', 'FI'],
    ['on the Åland Islands', '+3581812345', 'AX'],
    ['on Guadeloupe', '+590690001234', 'GP'],
    ['on Saint Barthélemy', '+590590271234', 'BL'],
    ['on Saint Martin', '+590590501234', 'MF'],
    ['on Curaçao', '+59995181234', 'CW'],
    ['on Bonaire', '+5993181234', 'BQ'],
    ['on Saint Helena', '+29051234', 'SH'],
    ['on Tristan da Cunha', '+2908999', 'TA'],
  ])('%s', (_where, number, country) => {
    expect(countryOf(number)).toBe(country);
  });
});

test.each(['800', '808', '870', '878', '881', '882', '883', '888', '979'])(
  'Numbers of +%s, an international network, have no country',
  (code) => {
    expect(countryOf(`+${code}12345678`)).toBe('001');
  },
);

test.each([
  ['a calling code nobody has', '+9991234567'],
  ['a calling code that starts with 0', '+0123456789'],
  ['a beginning of several calling codes', '+4'],
  ['a beginning that several countries share', '+447'],
  ['no digits', '+'],
  ['nothing', ''],
])('%s has no country', (_case, number) => {
  expect(countryOf(number)).toBe('001');
});

test('No text whatever makes the look-up fail', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(countryOf(text)).toMatch(/^(?:[A-Z]{2}|001)$/);
    }),
  );
});

test('Mobile numbers of every country are recognised, save where two countries share them', () => {
  const taken = mobileExamples
    .map(([country, number]) => [country, countryOf(number)] as const)
    .filter(([country, found]) => found !== country);
  // Each is a limit of the library too. IM: its example number is one that Great Britain's patterns fit first.
  expect(Object.fromEntries(taken)).toEqual({
    AX: 'FI',
    BL: 'GP',
    CC: 'AU',
    CX: 'AU',
    EH: 'MA',
    IM: 'GB',
    MF: 'GP',
    SJ: 'NO',
    VA: 'IT',
  });
});

test("The table agrees with the library on every country's mobile numbers", () => {
  const found = mobileExamples.map(([, number]) => [number, countryOf(number)]);
  expect(found).toEqual(mobileExamples.map(([, number]) => [number, countryByLibrary(number)]));
});

test('The table agrees with the library on every area code in North America', () => {
  const numbers = Array.from({ length: 800 }, (_, n) => `+1${n + 200}2345678`);
  const known = numbers.filter((number) => countryByLibrary(number) !== undefined);
  expect(known.length).toBeGreaterThan(400);
  expect(known.map((number) => [number, countryOf(number)])).toEqual(
    known.map((number) => [number, countryByLibrary(number)]),
  );
});

test('Area codes that the library does not know are taken for American', () => {
  const numbers = Array.from({ length: 800 }, (_, n) => `+1${n + 200}2345678`);
  const unknown = numbers.filter((number) => countryByLibrary(number) === undefined);
  expect(new Set(unknown.map(countryOf))).toEqual(new Set(['US']));
});

describe('On numbers of any kind under a calling code that countries share, the table agrees with the complete metadata', () => {
  const LINE_TYPES = 11;
  const shared = Object.entries(maximal.country_calling_codes).filter(([, countries]) => countries.length > 1);
  const patterns = shared.flatMap(([code, countries]) =>
    countries.map((country) => {
      const plan: readonly unknown[] = maximal.countries[country as CountryCode];
      const types = plan[LINE_TYPES] as readonly ([pattern: string] | 0)[];
      return [country, code, types.flatMap((type) => (type === 0 || type[0] === '' ? [] : [type[0]]))] as const;
    }),
  );

  test.each(patterns)('%s (+%s)', (country, code, types) => {
    // Canada's numbers of seven digits cannot be reached from abroad and are refused beforehand (numberingPlan.ts).
    const reachable = country === 'CA' ? types.filter((type) => !type.startsWith('310')) : types;
    const numbers = fc.oneof(...reachable.map((type) => fc.stringMatching(new RegExp(`^(?:${type})$`))));
    fc.assert(
      fc.property(numbers, (number) => {
        expect(countryOf(`+${code}${number}`)).toBe(countryByLibrary(`+${code}${number}`));
      }),
      { numRuns: 200 },
    );
  });
});
