import fc from 'fast-check';
import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
import minified from 'libphonenumber-js/metadata.min.json';
import { createNumberCheck } from '../../../src/domain/numbers/phoneNumber';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';

const plan = loadNumberingPlan();
const check = createNumberCheck(plan);

describe('A phone number is accepted', () => {
  test.each([
    ['in the United States', '+14155550100'],
    ['in the United Kingdom', '+447700900123'],
    ['in Germany, where lengths vary, a short one', '+4930123'],
    ['in Italy, where the 0 is part of the number', '+390612345678'],
    ['on the international freephone network', '+80012345678'],
    ['with as many digits as E.164 allows', '+491234567890123'],
  ])('%s', (_where, number) => {
    expect(check(number)).toBeNull();
  });
});

describe('A phone number is refused, and the sender is told what to change', () => {
  test.each([
    ['a number instead of text', 14155550100, 'must be a string such as "+14155550100"'],
    ['nothing at all', null, 'must be a string such as "+14155550100"'],
    ['a list', ['+14155550100'], 'must be a string such as "+14155550100"'],
    ['empty text', '', 'must start with "+" and the country code, such as "+14155550100"'],
    ['no plus', '14155550100', 'must start with "+" and the country code, such as "+14155550100"'],
    [
      'an international prefix instead of plus',
      '0014155550100',
      'must start with "+" and the country code, such as "+14155550100"',
    ],
    ['a leading space', ' +14155550100', 'must start with "+" and the country code, such as "+14155550100"'],
    ['a plus alone', '+', 'has no digits after "+"'],
    [
      'a hyphen',
      '+1415-5550100',
      'has a character other than digits after "+" at position 6; remove spaces, hyphens and brackets',
    ],
    [
      'a trailing line break',
      '+14155550100\n',
      'has a character other than digits after "+" at position 13; remove spaces, hyphens and brackets',
    ],
    [
      'Arabic-Indic digits',
      '+1415555٠١٠٠',
      'has a character other than digits after "+" at position 9; remove spaces, hyphens and brackets',
    ],
    ['a leading zero', '+04155550100', 'has an unknown country code; write "+", the country code, then the number'],
    [
      'a country code nobody has',
      '+9991234567',
      'has an unknown country code; write "+", the country code, then the number',
    ],
    ['the first digit only', '+4', 'has an unknown country code; write "+", the country code, then the number'],
    ['the country code only', '+1', 'is too short for +1 (10 digits after the country code)'],
    ['its last three digits missing', '+14155550', 'is too short for +1 (10 digits after the country code)'],
    ['a digit too many', '+141555501001', 'is too long for +1 (10 digits after the country code)'],
    [
      'a length between two possible ones',
      '+4477009001',
      'has a wrong length for +44 (7, 9 or 10 digits after the country code)',
    ],
    [
      'the 0 of domestic calls left in',
      '+4407700900123',
      'is too long for +44 (7, 9 or 10 digits after the country code); drop the 0 after the country code',
    ],
    [
      'more digits than E.164 allows',
      '+4912345678901234',
      'is too long for +49 (4 to 13 digits after the country code)',
    ],
    ['thousands of digits', '+' + '1'.repeat(100_000), 'is too long for +1 (10 digits after the country code)'],
  ])('%s', (_fault, value, reason) => {
    expect(check(value)).toBe(reason);
  });

  test('without repeating the number, because reasons are logged', () => {
    // From nine digits on: fewer leave an end so short that the lengths a reason names ("10 digits") match by chance.
    fc.assert(
      fc.property(fc.stringMatching(/^\+[0-9]{9,20}$/), (value) => {
        expect(check(value) ?? '').not.toContain(value.slice(4));
      }),
    );
  });
});

test('For every country code and length, the verdict is that of the libphonenumber metadata', () => {
  // Not `isPossiblePhoneNumber`: it first repairs what it is given, such as a 0 too many, and judges the result.
  const metadata = new Metadata(minified as unknown as MetadataJson);
  const subject = fc.record({
    code: fc.constantFrom(...plan.keys()),
    national: fc.stringMatching(/^[0-9]{1,17}$/),
  });
  fc.assert(
    fc.property(subject, ({ code, national }) => {
      metadata.selectNumberingPlan(code as CountryCode);
      const possible = metadata.numberingPlan?.possibleLengths().includes(national.length);
      const fits = code.length + national.length <= 15;
      expect(check(`+${code}${national}`) === null).toBe(possible === true && fits);
    }),
    { numRuns: 5000 },
  );
});

test('No value whatever makes the check fail', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(['string', 'object']).toContain(typeof check(value));
    }),
  );
});

test('A number too short for the fast path is still judged by the plan', () => {
  expect(createNumberCheck(new Map([['1', 0b10]]))('+12')).toBeNull();
});
