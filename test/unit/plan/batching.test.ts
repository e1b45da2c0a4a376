import fc from 'fast-check';
import { joinRecipients, splitIntoBatches } from '../../../src/domain/plan/batching';
import { everyNumber, NumberList } from '../../../src/domain/numbers/numberList';

test('2,500 people in batches of 1,000 are two full batches and one of 500', () => {
  const sizes = [...splitIntoBatches(new Array<string>(2500).fill('+14155550100'), 1000)].map((batch) => batch.length);
  expect(sizes).toEqual([1000, 1000, 500]);
});

test('Nobody means no batch', () => {
  expect([...splitIntoBatches([], 1000)]).toEqual([]);
  expect([...splitIntoBatches(new NumberList(), 1000)]).toEqual([]);
});

test('Batches put together are the list again, all but the last full, none over the size, however the list is kept', () => {
  const number = fc.stringMatching(/^\+[1-9][0-9]{0,14}$/);
  fc.assert(
    fc.property(fc.array(number), fc.integer({ min: 1, max: 20 }), (numbers, size) => {
      const list = new NumberList();
      for (const one of numbers) list.push(one);
      for (const kept of [numbers, list]) {
        const batches = [...splitIntoBatches(kept, size)];
        expect(batches.flatMap(everyNumber)).toEqual(numbers);
        expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
        expect(batches.every((batch) => batch.length > 0 && batch.length <= size)).toBe(true);
        expect(batches.flatMap((batch) => batch.slice(0, Infinity))).toEqual(numbers);
        expect(batches.map((batch) => batch.at(0))).toEqual(numbers.filter((_, index) => index % size === 0));
      }
    }),
  );
});

test.each([0, -1, 1.5, NaN, Infinity])('A batch size of %p is refused instead of looping for ever', (size) => {
  expect(() => [...splitIntoBatches(['+14155550100'], size)]).toThrow(RangeError);
});

test('Plivo is given the numbers of a batch separated by "<"', () => {
  expect(joinRecipients(['+14155550100', '+447700900123'])).toBe('+14155550100<+447700900123');
});
