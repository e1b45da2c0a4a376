import fc from 'fast-check';
import { formatAmount, parseAmount, parseBalance } from '../../../src/domain/money/money';

const nanos = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const digits = (from: number, to: number) => fc.stringMatching(new RegExp(`^[0-9]{${from},${to}}$`));

describe('An amount is read', () => {
  test.each([
    ['0', 0],
    ['0.00', 0],
    ['12', 12_000_000_000],
    ['0012', 12_000_000_000],
    ['13.20', 13_200_000_000],
    ['0.0055', 5_500_000],
    ['0.000000001', 1],
    ['0.1234567894', 123_456_789],
    ['0.1234567895', 123_456_790],
    ['0.9999999995', 1_000_000_000],
    ['0.00000000049999', 0],
    ['9007199.254740991', Number.MAX_SAFE_INTEGER],
  ])('"%s" as %d billionths', (text, expected) => {
    expect(parseAmount(text)).toBe(expected);
  });
});

describe('An amount is refused', () => {
  test.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['blanks around it', ' 12 '],
    ['a line break at its end', '12\n'],
    ['no digit before the point', '.5'],
    ['no digit after the point', '5.'],
    ['a point alone', '.'],
    ['two points', '1.2.3'],
    ['a comma', '0,05'],
    ['a comma between thousands', '1,000'],
    ['a minus', '-1'],
    ['a plus', '+1'],
    ['an exponent', '1e3'],
    ['another base', '0x10'],
    ['a currency', '$5'],
    ['words', 'Infinity'],
    ['Arabic-Indic digits', '١٢'],
    ['a billionth beyond what is exact', '9007199.254740992'],
    ['a rounding beyond what is exact', '9007199.2547409915'],
    ['an amount far too large', '9'.repeat(400)],
  ])('%s', (_fault, text) => {
    expect(parseAmount(text)).toBeNull();
  });
});

test.each([
  [0, '0.00'],
  [1, '0.000000001'],
  [5_500_000, '0.0055'],
  [10_000_000, '0.01'],
  [100_000_000, '0.10'],
  [13_200_000_000, '13.20'],
  [13_205_000_000, '13.205'],
  [1_000_000_000_000, '1000.00'],
  [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
])('%d billionths are written "%s"', (amount, text) => {
  expect(formatAmount(amount)).toBe(text);
});

test('What was written is read back as the same amount', () => {
  fc.assert(fc.property(nanos, (amount) => expect(parseAmount(formatAmount(amount))).toBe(amount)));
});

test('What was read is written in its shortest form with two decimals at least', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_007_198 }), digits(2, 9), (units, fraction) => {
      const shortest = fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, '');
      expect(formatAmount(parseAmount(`${units}.${fraction}`) ?? NaN)).toBe(`${units}.${shortest}`);
    }),
  );
});

test('The sum of amounts is exact, unlike the sum of fractions', () => {
  const amount = fc.tuple(fc.integer({ min: 0, max: 4000 }), digits(9, 9));
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 1000 }), (amounts) => {
      const sum = amounts.reduce((total, [units, part]) => total + (parseAmount(`${units}.${part}`) ?? NaN), 0);
      const exact = amounts.reduce((total, [units, part]) => total + BigInt(`${units}${part}`), 0n);
      expect(BigInt(sum)).toBe(exact);
    }),
  );
});

test('Digits after the ninth decimal are rounded half up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_007_198 }), digits(10, 30), (units, fraction) => {
      const scale = 10n ** BigInt(fraction.length - 9);
      const rounded = (2n * BigInt(`${units}${fraction}`) + scale) / (2n * scale);
      expect(parseAmount(`${units}.${fraction}`)).toBe(Number(rounded));
    }),
  );
});

describe('A balance', () => {
  test.each([
    ['12.5', 12_500_000_000],
    ['-12.5', -12_500_000_000],
    ['0', 0],
    ['-0.00', 0],
  ])('of "%s" is %d billionths', (text, expected) => {
    expect(parseBalance(text)).toBe(expected);
  });

  test.each(['', '-', '--1', '+1', '- 1', '1-'])('is not "%s"', (text) => {
    expect(parseBalance(text)).toBeNull();
  });

  test('is written as it is read', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (balance) => {
        expect(parseBalance(formatAmount(balance))).toBe(balance);
      }),
    );
  });
});
