import fc from 'fast-check';
import { getExampleNumber, type CountryCode } from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json';
import { createNumberReading } from '../../../src/domain/numbers/phoneNumber';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';

const plan = loadNumberingPlan();
const reading = createNumberReading(plan);
const plainly = reading.for(null);
const read = (value: unknown) => plainly.read(value);
const explain = (value: unknown) => plainly.explain(value);
const COUNTRIES = Object.keys(examples) as CountryCode[];
const exampleOf = (country: CountryCode) => getExampleNumber(country, examples)!;

describe('A number in E.164 is taken as it stands', () => {
  test.each([
    ['in the United States', '+14155550100'],
    ['with an area code that looks like a service', '+12115550100'],
    ['in the United Kingdom', '+447700900123'],
    ['in Germany, where lengths vary, a short one', '+4930123'],
    ['in Italy, where the 0 is part of the number', '+390612345678'],
    ['in the Ivory Coast, where it is, too', '+2250701234567'],
    ['in Mexico', '+525512345679'],
    ['a mobile in Argentina', '+5491123456789'],
    ['a mobile in Brazil', '+5511987654321'],
    ['a landline in Brazil', '+551123456789'],
    ['on the international freephone network', '+80012345678'],
    ['with as many digits as E.164 allows', '+491234567890123'],
  ])('%s', (_where, number) => {
    expect(read(number)).toBe(number);
  });

  test('and so is a mobile number of every country', () => {
    const all = COUNTRIES.map((country) => exampleOf(country).number);
    expect(all.map(read)).toEqual(all);
  });
});

describe('One phone has one number, however it is spelled', () => {
  test.each([
    ['Mexico’s old 1 of mobiles', '+5215512345679', '+525512345679'],
    ['Mexico’s old 044', '+520445512345679', '+525512345679'],
    ['Argentina without the 9 of mobiles', '+541123456789', '+5491123456789'],
    ['Argentina with the 15 of mobiles at home', '+54 11 15 2345-6789', '+5491123456789'],
    ['Brazil without the ninth digit', '+551187654321', '+5511987654321'],
    ['Benin before 2024', '+22997123456', '+2290197123456'],
    ['Russia’s 8 kept', '+789121234567', '+79121234567'],
    ['Hungary’s 06 kept', '+3606301234567', '+36301234567'],
    ['a 1 too many', '+114155550100', '+14155550100'],
    ['Australia', '+610491570156', '+61491570156'],
    ['Germany', '+49 (0)1512 3456789', '+4915123456789'],
    ['the United Kingdom', '+44 (0) 7700 900123', '+447700900123'],
    ['India', '+9108123456789', '+918123456789'],
    ['Japan', '+8109012345678', '+819012345678'],
    ['Korea', '+8201020000000', '+821020000000'],
    ['Indonesia', '+620812345678', '+62812345678'],
    ['Thailand', '+660812345678', '+66812345678'],
    ['a 0 kept where none is dialled any more', '+48 (0)601 123 456', '+48601123456'],
    ['a 0 kept where none ever was', '+34 0612 34 56 78', '+34612345678'],
    ['a 0 kept before an American number', '+1 (0)415 555 0101', '+14155550101'],
    ['the code of a carrier in Colombia', '+57 03 300 1234567', '+573001234567'],
    ['the code of a carrier in Brazil', '+55 0 15 11 98765 4321', '+5511987654321'],
  ])('%s', (_what, written, number) => {
    expect(read(written)).toBe(number);
  });

  test('a 0 of domestic calls that was kept never makes another phone', () => {
    const zeros = COUNTRIES.filter((country) => plan.countries.get(country)?.trunk === '0');
    const kept = zeros.map(
      (country) => `+${exampleOf(country).countryCallingCode}0${exampleOf(country).nationalNumber}`,
    );
    expect(zeros.length).toBeGreaterThan(100);
    expect(kept.map(read)).toEqual(zeros.map((country) => exampleOf(country).number));
  });

  test('and what was read reads as itself', () => {
    const written = fc.record({
      code: fc.constantFrom(...plan.codes.keys()),
      national: fc.stringMatching(/^[0-9]{3,13}$/),
    });
    fc.assert(
      fc.property(written, ({ code, national }) => {
        const number = read(`+${code}${national}`);
        if (number !== null) expect(read(number)).toBe(number);
      }),
      { numRuns: 5000 },
    );
  });

  test('and every other spelling of a number leads back to it', () => {
    for (const country of COUNTRIES) {
      const { number } = exampleOf(country);
      for (const spelling of reading.spellingsOf(number))
        expect([spelling, read(spelling)]).toEqual([spelling, number]);
    }
    expect(reading.spellingsOf('+525512345679')).toContain('+5215512345679');
  });
});

describe('What people write around a number is forgiven', () => {
  test.each([
    ['blanks and hyphens', '+1 415-555-0101'],
    ['brackets', '+1 (415) 555-0101'],
    ['dots', '+1.415.555.0101'],
    ['slashes', '+1 415/555 0101'],
    ['dashes of print', '+1 415–555‑0101'],
    ['00 instead of the plus', '001 415 555 0101'],
    ['both', '+001 415 555 0101'],
    ['tel:', 'tel:+1-415-555-0101'],
    ['the apostrophe of a spreadsheet', "'+14155550101"],
    ['the formula of a spreadsheet', '="+14155550101"'],
    ['full-width digits', '＋１４１５５５５０１０１'],
    ['Arabic-Indic digits', '+1415555٠١٠١'],
    ['marks of direction', '\u202a+14155550101\u202c'],
    ['a left-to-right mark', '\u200e+1 415 555 0101'],
    ['zero widths', '+1415\u200b5550101\ufeff'],
    ['hard blanks', '\u00a0+1\u00a0415\u00a05550101 '],
    ['a line break', '+14155550101\r\n'],
    ['a decimal that a table has put there', '+14155550101.0'],
    ['a formula', '=+14155550101'],
    ['what it is', 'Mobile: +1 415 555 0101'],
    ['what it is, in short', 'Tel. +1 415 555 0101'],
    ['the channel, as exports of providers have it', 'whatsapp:+14155550101'],
    ['a comma left over', '+14155550101,'],
    ['full-width brackets and dashes', '＋1（415）555ー0101'],
    ['raised digits', '⁺¹⁴¹⁵⁵⁵⁵⁰¹⁰¹'],
    ['digits of a styled font', '+𝟏𝟒𝟏𝟓𝟓𝟓𝟓𝟎𝟏𝟎𝟏'],
    ['an emoji for the plus', '➕14155550101'],
  ])('%s', (_what, written) => {
    expect(read(written)).toBe('+14155550101');
  });
});

describe('Numbers without a country code are read by the country that is named', () => {
  test.each([
    ['US', '(415) 555-0101', '+14155550101'],
    ['US', '14155550101', '+14155550101'],
    ['US', '4155550101', '+14155550101'],
    ['CA', '011 44 7700 900123', '+447700900123'],
    ['GB', '07700 900123', '+447700900123'],
    ['GB', '7700900123', '+447700900123'],
    ['GB', '447700900123', '+447700900123'],
    ['GB', '+1 415 555 0101', '+14155550101'],
    ['DE', '0151/23456789', '+4915123456789'],
    ['DE', '15123456789', '+4915123456789'],
    ['DE', '4915123456789', '+4915123456789'],
    ['DE', '0044 7700 900123', '+447700900123'],
    ['AU', '0011 44 7700 900123', '+447700900123'],
    ['IT', '06 1234 5678', '+390612345678'],
    ['AR', '011 15-2345-6789', '+5491123456789'],
    ['BR', '(11) 8765-4321', '+5511987654321'],
    ['MX', '044 55 1234 5679', '+525512345679'],
    ['RU', '8 (912) 123-45-67', '+79121234567'],
  ])('in %s, %s', (country, written, number) => {
    expect(reading.for(country).read(written)).toBe(number);
  });

  test('as it is written in every country', () => {
    const wrong = COUNTRIES.flatMap((country) => {
      const example = exampleOf(country);
      const written = [example.formatNational(), example.formatInternational(), example.number.slice(1)];
      return written
        .filter((each) => reading.for(country).read(each) !== example.number)
        .map((each) => [country, each]);
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['DE', '14155550101', 'an American number without its +, or a German one without its 0'],
    ['GB', '(415) 555-0101', 'no number there'],
    ['US', '07700 900123', 'no number there'],
    ['DE', '2345678', 'a number within a town'],
    ['AR', '15 2345-6789', 'a mobile within a town'],
  ])('but not where it may be somebody else’s: in %s, %s', (country, written) => {
    const reader = reading.for(country);
    expect(reader.read(written)).toBeNull();
    expect(reader.explain(written)).toMatch(new RegExp(`is no number of ${country}`));
  });
});

describe('A number is refused, and the sender is told what to change', () => {
  test.each([
    ['a number instead of text', 14155550100, 'must be a string such as "+14155550100"'],
    ['nothing at all', null, 'must be a string such as "+14155550100"'],
    ['a list', ['+14155550100'], 'must be a string such as "+14155550100"'],
    ['empty text', '', 'is empty'],
    ['invisible text', '\u200b\u200e', 'is empty'],
    ['no plus', '14155550100', 'lacks the "+" before its country code'],
    ['a national number', '07700 900123', 'has no country code'],
    ['a plus alone', '+', 'has no digits after "+"'],
    ['no number', 'n/a', 'holds no number'],
    ['a letter', '+1415555010l', 'has letters in it'],
    ['a word', '1-800-FLOWERS', 'has letters in it'],
    ['an extension', '+1 415 555 0101 ext. 5', 'has an extension'],
    ['two numbers', '+14155550101; +14155550102', 'holds more than one number'],
    ['two numbers, otherwise', '+14155550101 / +14155550102', 'holds more than one number'],
    ['two numbers of one country', '0171 2345678 / 0172 2345678', 'holds more than one number'],
    ['two numbers in words', '0171 2345678 oder 0172 2345678', 'holds more than one number'],
    ['the name of a file', 'numbers.csv', 'is the name of a file, not what is in it; with curl, write @ before it'],
    ['a fax', 'Fax: +14155550101', 'has letters in it'],
    ['what Excel made of it', '4.477E+11', 'was shortened by a spreadsheet'],
    ['what a German Excel made of it', '4,477E+11', 'was shortened by a spreadsheet'],
    ['a leading zero', '+04155550100', 'has an unknown country code'],
    ['a country code nobody has', '+9991234567', 'has an unknown country code'],
    ['the country code only', '+1', 'is too short for +1 (10 digits after the country code)'],
    ['its last three digits missing', '+14155550', 'is too short for +1 (10 digits after the country code)'],
    ['a digit too many', '+141555501001', 'is too long for +1 (10 digits after the country code)'],
    ['a length between', '+4477009001', 'has a wrong length for +44 (7, 9 or 10 digits after the country code)'],
    ['more digits than E.164 allows', '+4912345678901234', 'is too long for +49 (4 to 13 digits'],
    ['thousands of digits', '+' + '1'.repeat(100_000), 'is too long for a phone number'],
    ['an area code that cannot be', '+11234567890', 'has an area code that begins with 1'],
    ['another', '+10155550101', 'has an area code that begins with 0'],
    ['an exchange that cannot be', '+14151550101', 'has an exchange (its fourth digit after +1) that begins with 1'],
    ['a first digit that no number has there', '+446700900123', 'begins with a 6 after +44'],
  ])('%s', (_fault, value, reason) => {
    expect(read(value)).toBeNull();
    expect(explain(value)).toContain(reason);
  });

  test('without repeating the number, because reasons are logged', () => {
    // From nine digits on: fewer leave an end so short that the lengths a reason names ("10 digits") match by chance.
    fc.assert(
      fc.property(fc.stringMatching(/^\+[0-9]{9,20}$/), (value) => {
        if (read(value) === null) expect(explain(value)).not.toContain(value.slice(4));
      }),
    );
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), (value) => {
        for (const reader of [reading.for(null), reading.for('DE'), reading.for('US')]) {
          if (reader.read(value) === null) expect(reader.explain(value)).toMatch(/^\w/);
        }
      }),
    );
  });
});
