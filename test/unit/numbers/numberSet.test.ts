import fc from 'fast-check';
import { NumberSet, digitsAsNumber } from '../../../src/domain/numbers/numberSet';

const number = fc.stringMatching(/^\+[1-9][0-9]{0,14}$/);

test('A number is new once, however often it comes', () => {
  const set = new NumberSet();
  expect(['+14155550100', '+447700900123', '+14155550100'].map((value) => set.add(value))).toEqual([true, true, false]);
  expect([set.size, set.has('+447700900123'), set.has('+447700900124')]).toEqual([2, true, false]);
});

test('It holds what an ordinary set of the same texts holds', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 2000, size: 'max' }), fc.integer(), (numbers, seed) => {
      const set = new NumberSet({ seed });
      const kept = numbers.filter((value) => set.add(value));
      expect(kept).toEqual([...new Set(numbers)]);
      expect(set.size).toBe(kept.length);
      expect(numbers.every((value) => set.has(value))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['told the size beforehand', { expected: 100_000 }],
  ['growing as it goes', {}],
])('A hundred thousand neighbouring numbers are told apart, %s', (_how, options) => {
  const set = new NumberSet(options);
  for (let i = 0; i < 200_000; i++) set.add(`+1415555${String(i % 100_000).padStart(5, '0')}`);
  expect([set.size, set.has('+141555599999'), set.has('+1415555100000')]).toEqual([100_000, true, false]);
});

test('A number and its digits are the same to it', () => {
  const set = new NumberSet();
  expect(set.addDigits(14_155_550_100)).toBe(true);
  expect([set.add('+14155550100'), set.addDigits(14_155_550_100), set.has('+14155550100'), set.size]).toEqual([
    false,
    false,
    true,
    1,
  ]);
});

test('It holds the same whether it is given numbers or their digits', () => {
  const given = fc.array(fc.tuple(number, fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(given, fc.integer(), (entries, seed) => {
      const set = new NumberSet({ seed });
      const kept = entries.filter(([value, asDigits]) =>
        asDigits ? set.addDigits(digitsAsNumber(value)) : set.add(value),
      );
      expect(kept.map(([value]) => value)).toEqual([...new Set(entries.map(([value]) => value))]);
      expect(set.size).toBe(kept.length);
    }),
  );
});

test('The digits of the longest possible numbers are kept exactly', () => {
  expect(digitsAsNumber('+999999999999999')).toBe(999_999_999_999_999);
  fc.assert(fc.property(number, (value) => expect(`+${digitsAsNumber(value)}`).toBe(value)));
});
