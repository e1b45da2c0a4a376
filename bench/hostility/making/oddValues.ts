import fc from 'fast-check';

/** Texts that programs stumble over: control characters, halves of characters, other directions, names of built-ins, SQL. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nX-Injected: 1',
  '\ud800',
  '\udfff',
  'a\ud83d',
  '\ufeff',
  '\u202eabc',
  'e\u0301'.repeat(50),
  '👩‍👩‍👧‍👦',
  '١٢٣',
  '+١٤١٥٥٥٥٠١٠١',
  'ﬀİıẞ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e999',
  '0x10',
  '99999999999999999999999999',
  "' or '1'='1' --",
  '"; drop table broadcasts; --',
  '%00',
  '%',
  '../../../etc/passwd',
  '{{',
  '{{name|{{x}}}}',
  '{{'.repeat(200),
  '\\{{',
  '[object Object]',
  'true',
  '2030-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-00-00T00:00',
  '9999-12-31T23:59:60Z',
  '24:00-24:00',
  'a'.repeat(5000),
  '😀'.repeat(1000),
  '+' + '9'.repeat(400),
];

export const ODD_NUMBERS: readonly number[] = [
  -1,
  -0,
  0.5,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  2 ** 64,
  1e21,
  1.7976931348623157e308,
  -(2 ** 63),
];

/** Any text, the odd ones often. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

/** Whatever JSON can say that nobody expects in a place. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom<unknown[]>(...ODD_NUMBERS),
  fc.constantFrom<unknown[]>(null, true, false, [], {}, [[]], [null], { to: null }, { length: 1e9 }),
  fc.constantFrom<unknown[]>(
    nested(60),
    Array.from({ length: 3000 }, () => 'x'),
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index])),
    JSON.parse('{"__proto__":{"polluted":true}}'),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>((inner, _, index) => (index % 2 ? { a: inner } : [inner]), 1);
}
