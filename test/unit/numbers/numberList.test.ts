import fc from 'fast-check';
import { everyNumber, NumberList, Selection, viewOf, type Numbers } from '../../../src/domain/numbers/numberList';
import { digitsAsNumber } from '../../../src/domain/numbers/numberSet';

const number = fc.stringMatching(/^\+[1-9][0-9]{0,14}$/);
const numbers = fc.array(number, { maxLength: 100 });
const place = fc.nat(120);

const listOf = (given: readonly string[], options?: { expected: number }): NumberList => {
  const list = new NumberList(options);
  for (const one of given) list.push(one);
  return list;
};
const neighbours = (count: number) => Array.from({ length: count }, (_, index) => `+${14_155_000_000 + index}`);

describe('A list of numbers', () => {
  test('gives back what was put in, in order, repeats too', () => {
    const list = listOf(['+447700900123', '+14155550100', '+447700900123']);
    expect(list).toHaveLength(3);
    expect(everyNumber(list)).toEqual(['+447700900123', '+14155550100', '+447700900123']);
  });

  test('holds nothing at first, whatever it is told to expect', () => {
    for (const list of [new NumberList(), new NumberList({ expected: 5000 })])
      expect([list.length, everyNumber(list), list.slice(0, 10)]).toEqual([0, [], []]);
  });

  test.each(['+1', '+999999999999999', '+100000000000000', '+14155550100', '+800000'])(
    'keeps %s to the digit',
    (one) => {
      expect(everyNumber(listOf([one]))).toEqual([one]);
    },
  );

  test('is what an array of the same numbers is, from any place to any other', () => {
    fc.assert(
      fc.property(numbers, place, place, (given, from, to) => {
        const list = listOf(given);
        expect(list).toHaveLength(given.length);
        expect(everyNumber(list)).toEqual(given);
        expect(list.slice(from, to)).toEqual(given.slice(from, to));
        expect(list.at(from)).toBe(given[from]);
      }),
    );
  });

  test('takes a number by its digits as well', () => {
    fc.assert(
      fc.property(numbers, (given) => {
        const list = new NumberList();
        for (const one of given) list.pushDigits(digitsAsNumber(one));
        expect(everyNumber(list)).toEqual(given);
      }),
    );
  });

  test.each<[what: string, from: number, to: number, found: string[]]>([
    ['past its end', 1, 1000, ['+14155000001', '+14155000002']],
    ['behind its end', 3, 1000, []],
    ['far behind its end', 5000, 6000, []],
    ['without end', 2, Infinity, ['+14155000002']],
    ['before its beginning', -5, 1, ['+14155000000']],
    ['that is empty', 1, 1, []],
    ['that ends before it begins', 2, 1, []],
  ])('has no number that was not put in, in a slice %s', (_what, from, to, found) => {
    const list = listOf(neighbours(3));
    expect(list.slice(from, to)).toEqual(found);
    expect(list).toHaveLength(3);
  });

  test.each([1023, 1024, 1025, 2048, 2049, 100_000])('grows to %d numbers without losing one', (count) => {
    const given = neighbours(count);
    for (const expected of [0, 1000, 1500, count, count * 2]) {
      const list = listOf(given, { expected });
      expect(list).toHaveLength(count);
      expect(everyNumber(list)).toEqual(given);
    }
  });

  test('goes on growing after it was read, and leaves what was read as it was', () => {
    const list = listOf(neighbours(1024));
    const before = list.slice(1020, 2000);
    list.push('+447700900123');
    expect(before).toEqual(neighbours(1024).slice(1020));
    expect(list.slice(1023, 2000)).toEqual(['+14155001023', '+447700900123']);
  });

  test('hands out slices that can be changed without changing it', () => {
    const list = listOf(neighbours(2));
    list.slice(0, 2).reverse();
    expect(everyNumber(list)).toEqual(neighbours(2));
  });
});

describe('A view of some of the numbers', () => {
  test.each<[what: string, keep: (given: readonly string[]) => Numbers]>([
    ['a list', listOf],
    ['an array', (given) => given],
    ['another view', (given) => viewOf(listOf(['+1', ...given, '+2']), 1, given.length + 1)],
  ])('of %s is what those numbers alone are, and never shows their neighbours', (_what, keep) => {
    fc.assert(
      fc.property(numbers, place, place, place, place, (given, one, other, start, end) => {
        const [from = 0, to = 0] = [one, other].map((at) => Math.min(at, given.length)).sort((a, b) => a - b);
        const view = viewOf(keep(given), from, to);
        const alone = given.slice(from, to);
        expect(view).toHaveLength(alone.length);
        expect(everyNumber(view)).toEqual(alone);
        expect(view.slice(start, end)).toEqual(alone.slice(start, end));
        expect(view.at(start)).toBe(alone[start]);
      }),
    );
  });

  test('shows the same when the list has grown since', () => {
    const list = listOf(neighbours(1024));
    const view = viewOf(list, 1022, 1024);
    for (const one of neighbours(5000)) list.push(one);
    expect([view.length, everyNumber(view), view.slice(1, 9)]).toEqual([
      2,
      ['+14155001022', '+14155001023'],
      ['+14155001023'],
    ]);
  });
});

describe('A selection of the numbers', () => {
  const selectionOf = (all: Numbers, places: readonly number[]): Selection => {
    const selection = new Selection(all);
    for (const one of places) selection.add(one);
    return selection;
  };

  test('holds nothing at first', () => {
    const selection = new Selection(neighbours(3));
    expect([selection.length, everyNumber(selection), selection.slice(0, 9), selection.at(0)]).toEqual([
      0,
      [],
      [],
      undefined,
    ]);
  });

  test.each<[what: string, keep: (given: readonly string[]) => Numbers]>([
    ['a list', listOf],
    ['an array', (given) => given],
    ['a view', (given) => viewOf(listOf(['+1', ...given, '+2']), 1, given.length + 1)],
    [
      'another selection',
      (given) =>
        selectionOf(
          listOf(['+1', ...given]),
          [...given.keys()].map((one) => one + 1),
        ),
    ],
  ])('of %s is what those numbers alone are, side by side or not', (_what, keep) => {
    // Runs of the same, so that many slices are of neighbours and many are not.
    const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, runs, place, place, (given, lengths, start, end) => {
        const isSelected = lengths.flatMap(([isIn, length]) => Array<boolean>(length).fill(isIn));
        const places = [...given.keys()].filter((one) => isSelected[one]);
        const alone = given.filter((_, one) => isSelected[one]);
        const selection = selectionOf(keep(given), places);
        expect(selection).toHaveLength(alone.length);
        expect(everyNumber(selection)).toEqual(alone);
        expect(selection.slice(start, end)).toEqual(alone.slice(start, end));
        expect(selection.at(start)).toBe(alone[start]);
        expect(everyNumber(viewOf(selection, 0, alone.length))).toEqual(alone);
      }),
      { numRuns: 300 },
    );
  });

  test.each([1023, 1024, 1025, 2049, 50_000])('grows to %d numbers without losing one', (count) => {
    const all = neighbours(count * 2);
    const list = listOf(all);
    const odd = [...all.keys()].filter((one) => one % 2 === 1);
    expect(everyNumber(selectionOf(list, odd))).toEqual(odd.map((one) => all[one]));
    expect(everyNumber(selectionOf(list, [...all.keys()].slice(count)))).toEqual(all.slice(count));
  });
});

test('Every number of an array is the array', () => {
  fc.assert(fc.property(numbers, (given) => expect(everyNumber(given)).toEqual(given)));
});
