import fc from 'fast-check';
import { everyNumber } from '../../../src/domain/numbers/numberList';
import { createNumberReading } from '../../../src/domain/numbers/phoneNumber';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';
import { RecipientIntake, type IntakeOptions } from '../../../src/domain/lists/recipientList';

const reader = createNumberReading(loadNumberingPlan()).for(null);
const take = (entries: readonly unknown[], change: Partial<IntakeOptions> = {}, lines?: readonly (number | null)[]) => {
  const intake = new RecipientIntake({ reader, maxErrors: 100, expected: 0, ...change });
  entries.forEach((entry, index) => {
    if (lines === undefined) intake.add(entry);
    else intake.add(entry, lines[index]);
  });
  const { valid, ...counts } = intake.result();
  return { valid: everyNumber(valid), ...counts };
};

test('Each person is kept once, in the order of the list', () => {
  expect(take(['+14155550101', '+447700900123', '+14155550101', '+14155550100', '+447700900123'])).toEqual({
    submitted: 5,
    valid: ['+14155550101', '+447700900123', '+14155550100'],
    duplicates: 2,
    invalid: [],
    invalidCount: 0,
    texts: null,
    spelledOtherwise: { count: 0, entries: [] },
  });
});

test('A phone in two spellings is one recipient, and one duplicate', () => {
  expect(take(['+5215512345679', '+525512345679', '+610491570156', '+61 491 570 156'])).toMatchObject({
    valid: ['+525512345679', '+61491570156'],
    duplicates: 2,
  });
});

test('The same bad entry twice is one invalid entry and one duplicate', () => {
  const { invalid, ...counts } = take(['+1415', '+14155550100', '+1415']);
  expect(invalid).toEqual([{ index: 0, line: null, value: '+1415', reason: expect.stringContaining('too short') }]);
  expect(counts).toMatchObject({ submitted: 3, valid: ['+14155550100'], duplicates: 1, invalidCount: 1 });
});

test('Only so many bad entries are listed, but all are counted', () => {
  const { invalid, invalidCount } = take(['a', 'b', 'a', 'c', 'd'], { maxErrors: 2 });
  expect(invalid.map(({ value }) => value)).toEqual(['a', 'b']);
  expect(invalidCount).toBe(4);
});

test('An empty list is neither valid nor invalid', () => {
  expect(take([])).toEqual({
    submitted: 0,
    valid: [],
    duplicates: 0,
    invalid: [],
    invalidCount: 0,
    texts: null,
    spelledOtherwise: { count: 0, entries: [] },
  });
});

test('The list given is left as it was', () => {
  const entries = ['x', '+14155550100', '+14155550100'];
  take(entries);
  expect(entries).toEqual(['x', '+14155550100', '+14155550100']);
});

test('A bad entry is told by its place in the list, and by its line where it came from a file', () => {
  const { invalid } = take(['+14155550100', 'a', '+447700900123', 'b', 'a', null], {}, [2, 3, 5, 8, 9, null]);
  expect(invalid.map(({ index, line, value }) => [index, line, value])).toEqual([
    [1, 3, 'a'],
    [3, 8, 'b'],
    // Two rows without a number are two people.
    [4, 9, 'a'],
    [5, null, 'null'],
  ]);
});

test('How many have come in is known at any time', () => {
  const intake = new RecipientIntake({ reader, maxErrors: 0, expected: 0 });
  const counts = ['+14155550100', 'x', '+14155550100', 'x', null].map((entry) => {
    intake.add(entry);
    return intake.submitted;
  });
  expect([...counts, intake.result().submitted]).toEqual([1, 2, 3, 4, 5, 5]);
});

test.each([
  ['told the size beforehand', { expected: 10_000 }],
  ['told a smaller size', { expected: 1 }],
  ['told nothing', {}],
])('Five thousand people who are each listed twice are kept once, %s', (_how, change) => {
  const people = Array.from({ length: 5000 }, (_, index) => `+1415555${String(index).padStart(4, '0')}`);
  expect(take([...people, ...people.toReversed()], change)).toEqual({
    submitted: 10_000,
    valid: people,
    duplicates: 5000,
    invalid: [],
    invalidCount: 0,
    texts: null,
    spelledOtherwise: { count: 0, entries: [] },
  });
});

describe('A bad entry is shown in a form that does no harm', () => {
  const nested = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;

  test.each([
    ['a number', 14155550100, '14155550100'],
    ['a truth value', true, 'true'],
    ['nothing', null, 'null'],
    ['an object', { to: '+14155550100' }, 'object'],
    ['a list nested thousands deep', nested, 'array'],
    ['short text as it is', 'ring me', 'ring me'],
    ['long text cut to 64 characters', 'x'.repeat(1000), 'x'.repeat(64)],
    ['an emoji on the cut left out', `${'x'.repeat(63)}😜`, 'x'.repeat(63)],
    ['an emoji before the cut kept', `${'x'.repeat(62)}😜y`, `${'x'.repeat(62)}😜`],
    ['control characters replaced', 'a\0b\x1b[31m\x7f\u0085', 'a\ufffdb\ufffd[31m\ufffd\ufffd'],
    ['half an emoji replaced', 'a\ud83d', 'a\ufffd'],
  ])('%s', (_case, entry, value) => {
    expect(take([entry]).invalid[0]?.value).toBe(value);
  });

  test('and any text is shown as well-formed text of at most 64 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 50, maxLength: 80 }), (text) => {
        const shown = take([text]).invalid[0]?.value ?? '';
        expect(shown.length).toBeLessThanOrEqual(64);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});

test('Nobody goes missing: valid, invalid and duplicates add up to the list, whatever is in it', () => {
  const entry = fc.oneof(
    fc.integer({ min: 0, max: 20 }).map((n) => `+14155550${100 + n}`),
    fc.constantFrom('', '+1415', 'n/a', '+999'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 100 }), fc.integer(), (entries, seed) => {
      const { submitted, valid, duplicates, invalid, invalidCount } = take(entries, { maxErrors: Infinity, seed });
      expect(submitted).toBe(entries.length);
      expect(valid.length + invalidCount + duplicates).toBe(entries.length);
      expect(valid).toEqual([
        ...new Set(entries.map((value) => reader.read(value)).filter((number) => number !== null)),
      ]);
      expect(invalid).toHaveLength(invalidCount);
      expect(invalid.every(({ index }) => reader.read(entries[index]) === null)).toBe(true);
    }),
  );
});
