import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
import maximal from 'libphonenumber-js/metadata.max.json';
import { zoneWindowKey } from '../../../src/domain/time/quietHours';
import { loadNumberZones } from '../../../src/services/numbers/numberZones';

const zonesOf = loadNumberZones();
const metadata = maximal as unknown as MetadataJson;
const callingCodes = Object.keys(metadata.country_calling_codes);
const IDAHO = ['America/Boise', 'America/Denver', 'America/Los_Angeles'];

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
    ['Melbourne', '+61312345678', ['Australia/Sydney']],
    ['Lord Howe Island', '+61265632123', ['Australia/Lord_Howe']],
    ['Auckland', '+6492345678', ['Pacific/Auckland']],
    ['Samoa', '+6857212345', ['Pacific/Apia']],
    ['São Paulo, on a mobile', '+5511912345678', ['America/Sao_Paulo']],
    ['Boa Vista, on a mobile', '+5595912345678', ['America/Manaus']],
    ['Macapá, on a mobile', '+5596912345678', ['America/Sao_Paulo']],
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
    [
      'Alaska, with the Aleutians',
      '+19075550123',
      ['America/Adak', 'America/Anchorage', 'America/Juneau', 'Pacific/Honolulu'],
    ],
    ['Newfoundland', '+17095550123', ['America/Halifax', 'America/Puerto_Rico', 'America/St_Johns']],
    ['Perth and Adelaide', '+61881234567', ['Australia/Adelaide', 'Australia/Perth']],
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

describe('An exchange that the table does not list may be in any zone that another of its area code is in:', () => {
  const EASTERN_AND_CENTRAL = ['America/Chicago', 'America/New_York'];
  const CENTRAL_AND_MOUNTAIN = ['America/Chicago', 'America/Denver'];
  test.each([
    ['Indiana, the north west', '+12195550101', EASTERN_AND_CENTRAL],
    ['Indiana, the south west', '+18125550101', EASTERN_AND_CENTRAL],
    ['the area code laid over it, of which the table lists nothing', '+19305550101', EASTERN_AND_CENTRAL],
    ['Indiana, the north', '+15745550101', EASTERN_AND_CENTRAL],
    ['the panhandle of Florida', '+18505550101', EASTERN_AND_CENTRAL],
    ['the area code laid over it', '+14485550101', EASTERN_AND_CENTRAL],
    ['the west of Kentucky', '+12705550101', EASTERN_AND_CENTRAL],
    ['the area code laid over it', '+13645550101', EASTERN_AND_CENTRAL],
    ['the east of Kentucky', '+16065550101', EASTERN_AND_CENTRAL],
    ['the east of Tennessee', '+14235550101', EASTERN_AND_CENTRAL],
    ['the Upper Peninsula', '+19065550101', EASTERN_AND_CENTRAL],
    ['the north west of Ontario', '+18075550101', ['America/Toronto', 'America/Winnipeg']],
    ['the west of Nebraska', '+13085550101', CENTRAL_AND_MOUNTAIN],
    ['the north of Kansas', '+17855550101', CENTRAL_AND_MOUNTAIN],
    ['the south of Kansas', '+16205550101', CENTRAL_AND_MOUNTAIN],
    ['South Dakota', '+16055550101', [...CENTRAL_AND_MOUNTAIN, 'America/North_Dakota/Center']],
    ['North Dakota', '+17015550101', [...CENTRAL_AND_MOUNTAIN, 'America/North_Dakota/Center']],
    ['British Columbia, with the Rockies', '+12365550101', ['America/Edmonton', 'America/Vancouver']],
    ['Saskatchewan, which keeps winter time', '+14745550101', ['America/Regina', 'America/Winnipeg']],
    ['Idaho, of which the table has no line of its own', '+12081550101', IDAHO],
    ['Idaho, in a range that the table gives to one zone and parts of it to others', '+12083905101', IDAHO],
    ['Los Angeles, of which the table has no line of its own', '+13101550101', ['America/Los_Angeles']],
    ['the north of Arizona, with the Navajo', '+19285550101', ['America/Denver', 'America/Phoenix']],
    ['Belém, on a mobile', '+5591912345678', ['America/Manaus', 'America/Sao_Paulo']],
    ['Queensland', '+61799991234', ['Australia/Brisbane', 'Australia/Sydney']],
    ['New South Wales, with Lord Howe Island', '+61212345678', ['Australia/Lord_Howe', 'Australia/Sydney']],
    ['Valparaíso, with Easter Island', '+56329123456', ['America/Santiago', 'Pacific/Easter']],
    ['the South Island, with the Chathams', '+6433123456', ['Pacific/Auckland', 'Pacific/Chatham']],
    ['Indonesian mobiles', '+628123456789', ['Asia/Jakarta', 'Asia/Makassar']],
  ])('%s', (_place, number, zones) => {
    expect(zonesOf(number)).toEqual(zones);
  });

  test.each([
    ['Gary, in Indiana', '+12198801234', ['America/Chicago']],
    ['Pensacola', '+18504321234', ['America/Chicago']],
    ['mainland Spain, where the islands have area codes of their own', '+34911234567', ['Europe/Madrid']],
    ['Lisbon, so too', '+351211234567', ['Europe/Lisbon']],
    ['Puebla, so too', '+522221234567', ['America/Mexico_City']],
    ['St Petersburg, so too', '+78121234567', ['Europe/Moscow']],
  ])('not in %s', (_place, number, zones) => {
    expect(zonesOf(number)).toEqual(zones);
  });

  test('for every area code of North America', () => {
    const digits = (length: number) => Array.from({ length: 10 ** length }, (_, i) => String(i).padStart(length, '0'));
    const exchanges = digits(3);
    const missing = digits(3).filter((area) => {
      const ofAll = new Set(zonesOf(`+1${area}`));
      return exchanges.some((exchange) => zonesOf(`+1${area}${exchange}`).some((zone) => !ofAll.has(zone)));
    });
    expect(missing).toEqual([]);
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
    { numRuns: 1500 },
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
