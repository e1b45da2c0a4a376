import fc from 'fast-check';
import { createNumberCheck } from '../../src/domain/phoneNumber';
import { checkRecipients } from '../../src/domain/recipientList';

const check = createNumberCheck(
  new Map([
    ['1', 1 << 10],
    ['44', 1 << 10],
  ]),
);
const take = (entries: unknown[], maxErrors = 100) => checkRecipients(entries, { check, maxErrors });

test('Each person is kept once, in the order of the list', () => {
  expect(take(['+14155550101', '+447700900123', '+14155550101', '+14155550100', '+447700900123'])).toEqual({
    valid: ['+14155550101', '+447700900123', '+14155550100'],
    duplicates: 2,
    invalid: [],
    invalidCount: 0,
  });
});

test('The same bad entry twice is one invalid entry and one duplicate', () => {
  const { invalid, ...counts } = take(['+1415', '+14155550100', '+1415']);
  expect(invalid).toEqual([{ index: 0, value: '+1415', reason: expect.stringContaining('too short') }]);
  expect(counts).toEqual({ valid: ['+14155550100'], duplicates: 1, invalidCount: 1 });
});

test('Only so many bad entries are listed, but all are counted', () => {
  const { invalid, invalidCount } = take(['a', 'b', 'a', 'c', 'd'], 2);
  expect(invalid.map(({ value }) => value)).toEqual(['a', 'b']);
  expect(invalidCount).toBe(4);
});

test('An empty list is neither valid nor invalid', () => {
  expect(take([])).toEqual({ valid: [], duplicates: 0, invalid: [], invalidCount: 0 });
});

test('The list given is left as it was', () => {
  const entries = ['x', '+14155550100', '+14155550100'];
  take(entries);
  expect(entries).toEqual(['x', '+14155550100', '+14155550100']);
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
      const { valid, duplicates, invalid, invalidCount } = checkRecipients(entries, {
        check,
        maxErrors: Infinity,
        seed,
      });
      expect(valid.length + invalidCount + duplicates).toBe(entries.length);
      expect(valid).toEqual([...new Set(entries.filter((value) => check(value) === null))]);
      expect(invalid).toHaveLength(invalidCount);
      expect(invalid.every(({ index }) => check(entries[index]) !== null)).toBe(true);
    }),
  );
});
