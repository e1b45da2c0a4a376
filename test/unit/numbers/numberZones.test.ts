import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
import maximal from 'libphonenumber-js/metadata.max.json';
import { zoneWindowKey } from '../../../src/domain/time/quietHours';
import { loadNumberZones } from '../../../src/services/numbers/numberZones';

const zonesOf = loadNumberZones();
const metadata = maximal as unknown as MetadataJson;
const callingCodes = Object.keys(metadata.country_calling_codes);

describe('A number is in the time zone of', () => {
  test.each([
    ['New York', '+12125550123', ['America/New_York']],
    ['Chicago', '+13125550123', ['America/Chicago']],
    ['Denver', '+13035550123', ['America/Denver']],
    ['Phoenix, which keeps winter time', '+16025550123', ['America/Phoenix']],
    ['Seattle', '+12065550123', ['America/Los_Angeles']],
    ['Honolulu', '+18085550123', ['Pacific/Honolulu']],
    ['Rapid City, in the west of an area code that spans two', '+16053941234', ['America/Denver']],
    ['Sioux Falls, in the east of it', '+16053321234', ['America/Chicago']],
    ['Toronto', '+14165550123', ['America/Toronto']],
    ['Calgary', '+14035550123', ['America/Edmonton']],
    ['Winnipeg', '+12045550123', ['America/Winnipeg']],
    ['Vancouver', '+16045550123', ['America/Vancouver']],
    ['Halifax', '+19025550123', ['America/Halifax']],
    ['Regina, which keeps winter time', '+13065550123', ['America/Regina']],
    ['Puerto Rico', '+17875550123', ['America/Puerto_Rico']],
    ['Guam', '+16715550123', ['Pacific/Guam']],
    ['Germany', '+4930123456', ['Europe/Berlin']],
    ['France', '+33612345678', ['Europe/Paris']],
    ['mainland Spain', '+34911234567', ['Europe/Madrid']],
    ['the Canary Islands', '+34922123456', ['Atlantic/Canary']],
    ['Moscow', '+74951234567', ['Europe/Moscow']],
    ['Yekaterinburg', '+73432345678', ['Asia/Yekaterinburg']],
    ['Vladivostok', '+74232345678', ['Asia/Vladivostok']],
    ['Kaliningrad, which no longer changes its clocks', '+74012123456', ['Europe/Kaliningrad']],
    ['Almaty', '+77272345678', ['Asia/Almaty']],
    ['Greece', '+306912345678', ['Europe/Athens']],
    ['Israel', '+972501234567', ['Asia/Jerusalem']],
    ['Egypt', '+201012345678', ['Africa/Cairo']],
    ['Nigeria', '+2348012345678', ['Africa/Lagos']],
    ['South Africa', '+27821234567', ['Africa/Johannesburg']],
    ['the Emirates', '+971501234567', ['Asia/Dubai']],
    ['Iran', '+989121234567', ['Asia/Tehran']],
    ['India', '+919812345678', ['Asia/Calcutta']],
    ['Nepal', '+9779812345678', ['Asia/Katmandu']],
    ['China', '+8613812345678', ['Asia/Shanghai']],
    ['Japan', '+819012345678', ['Asia/Tokyo']],
    ['Jakarta', '+622112345678', ['Asia/Jakarta']],
    ['Jayapura', '+62967123456', ['Asia/Jayapura']],
    ['Sydney', '+61212345678', ['Australia/Sydney']],
    ['Lord Howe Island', '+61265632123', ['Australia/Lord_Howe']],
    ['Auckland', '+6492345678', ['Pacific/Auckland']],
    ['Samoa', '+6857212345', ['Pacific/Apia']],
    ['São Paulo, on a mobile', '+5511912345678', ['America/Sao_Paulo']],
    ['Manaus, on a mobile', '+5592912345678', ['America/Manaus']],
    ['Rio Branco, on a mobile', '+5568912345678', ['America/Rio_Branco']],
    ['Mexico City', '+525512345678', ['America/Mexico_City']],
    ['Tijuana', '+526641234567', ['America/Tijuana']],
    ['Cancún', '+529981234567', ['America/Cancun']],
    ['Argentina', '+5491123456789', ['America/Buenos_Aires']],
  ])('%s', (_place, number, zones) => {
    expect(zonesOf(number)).toEqual(zones);
  });
});

describe('A number may be in any of several zones:', () => {
  test.each([
    ['Alaska, with the Aleutians', '+19075550123', ['America/Adak', 'America/Anchorage']],
    ['Newfoundland', '+17095550123', ['America/Puerto_Rico', 'America/St_Johns']],
    ['Perth and Adelaide', '+61891234567', ['Australia/Adelaide', 'Australia/Perth']],
    ['Spanish mobiles', '+34612345678', ['Atlantic/Canary', 'Europe/Madrid']],
    ['Portuguese mobiles', '+351912345678', ['Atlantic/Azores', 'Europe/Lisbon']],
    ['New Zealand mobiles', '+64211234567', ['Pacific/Auckland', 'Pacific/Chatham']],
    ['Kazakh mobiles', '+77011234567', ['Asia/Almaty', 'Asia/Aqtobe']],
    ['Kiribati', '+68672012345', ['Pacific/Enderbury', 'Pacific/Kiritimati', 'Pacific/Tarawa']],
    [
      'Australian mobiles',
      '+61412345678',
      [
        'Australia/Adelaide',
        'Australia/Brisbane',
        'Australia/Eucla',
        'Australia/Lord_Howe',
        'Australia/Perth',
        'Australia/Sydney',
        'Indian/Christmas',
        'Indian/Cocos',
      ],
    ],
  ])('%s', (_place, number, zones) => {
    expect(zonesOf(number)).toEqual(zones);
  });

  test('Russian mobiles, from Kaliningrad to Kamchatka', () => {
    expect(zonesOf('+79161234567')).toHaveLength(16);
    expect(zonesOf('+79161234567')).toEqual(expect.arrayContaining(['Europe/Kaliningrad', 'Asia/Kamchatka']));
  });

  test('American freephone, from Newfoundland to Saipan', () => {
    expect(zonesOf('+18005550123')).toHaveLength(42);
  });
});

test.each([
  ['international freephone', '+80012345678'],
  ['international shared cost', '+80812345678'],
  ['Inmarsat', '+870773111632'],
  ['satellite phones', '+881612345678'],
  ['international networks', '+88213123456'],
  ['disaster relief', '+88812345678901'],
  ['international premium rate', '+979123456789'],
])('A number of %s is in no zone', (_network, number) => {
  expect(zonesOf(number)).toEqual([]);
});

test('Every country has a zone', () => {
  expect(callingCodes.filter((code) => zonesOf(`+${code}`).length === 0)).toEqual([]);
});

test('Numbers with the same zones are given the very same list, which nobody can change', () => {
  expect(zonesOf('+14155550123')).toBe(zonesOf('+12065550123'));
  expect(zonesOf('+80012345678')).toBe(zonesOf('+88212345678'));
  expect(Object.isFrozen(zonesOf('+12065550123'))).toBe(true);
});

describe('A mobile number, unless it belongs to an area, has all the zones of its country', () => {
  // Libphonenumber names the first four; in North America mobile numbers cannot be told from others.
  const byArea = ['52', '54', '55', '62', '1'];
  // Réunion and Mayotte share +262, but not their ranges.
  const byCountry = ['262'];
  const winter = Date.UTC(2026, 0, 15);
  const countries = Object.entries(metadata.country_calling_codes)
    .filter(([code]) => !byArea.includes(code) && !byCountry.includes(code))
    .filter(([code]) => zoneWindowKey(zonesOf(`+${code}`), winter).includes(','))
    .flatMap(([code, sharers]) => sharers.map((country): [CountryCode, string] => [country, code]))
    // Kazakhstan has +77 to itself, in Russia's +7.
    .filter(([country]) => country !== 'KZ');

  test.each(countries)('%s', (country, code) => {
    fc.assert(
      fc.property(fc.stringMatching(mobilePattern(country)), (national) => {
        const number = `+${code}${national}`;
        if (parsePhoneNumberFromString(number)?.getType() !== 'MOBILE') return;
        expect(zonesOf(number)).toBe(zonesOf(`+${code}`));
      }),
    );
  });
});

test('Whatever the text, the answer is a list of zones that this Node knows', () => {
  const known = new Set<readonly string[]>();
  const digits = fc.stringMatching(/^\+[0-9]{0,15}$/);
  const landline = fc.tuple(fc.constantFrom(...callingCodes), fc.stringMatching(/^[0-9]{0,12}$/));
  const text = fc.oneof(
    digits,
    landline.map(([code, rest]) => `+${code}${rest}`),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (number) => {
      const zones = zonesOf(number);
      for (const timeZone of known.has(zones) ? [] : zones) new Intl.DateTimeFormat('en', { timeZone });
      known.add(zones);
    }),
    { numRuns: 5000 },
  );
  expect(known.size).toBeGreaterThan(100);
});

/** The type declaration leaves out what the metadata knows of kinds of numbers. */
type TypedPlan = { type(kind: 'MOBILE'): { pattern(): string } };

function mobilePattern(country: CountryCode): RegExp {
  const plans = new Metadata(metadata);
  plans.selectNumberingPlan(country);
  const plan = plans.numberingPlan as unknown as TypedPlan;
  return new RegExp(`^(?:${plan.type('MOBILE').pattern()})$`);
}
