import fc from 'fast-check';
import type { Request } from 'express';
import { ServiceError } from '../../../src/domain/errors';
import { afterOf, cursorOf, limitOf } from '../../../src/routes/parameters/query';

const asking = (query: object) => ({ query }) as Request;

describe('a cursor', () => {
  it('brings back the place that it was made of', () => {
    const place = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(place, (numbers) => {
        const cursor = cursorOf(...numbers);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(afterOf(asking({ cursor }), numbers.length)).toEqual(numbers);
      }),
    );
  });

  it('of anybody else is refused or read as numbers that a database can take', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 }), (cursor, parts) => {
        try {
          for (const number of afterOf(asking({ cursor }), parts) ?? []) expect(number).toBeLessThan(2 ** 31);
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
        }
      }),
    );
  });

  it('is not needed for the first page', () => {
    expect(afterOf(asking({}), 1)).toBeNull();
  });
});

describe('a limit', () => {
  it.each([
    [undefined, 100],
    ['1', 1],
    ['1000', 1000],
    ['007', 7],
  ])('of %s is %d', (limit, read) => {
    expect(limitOf(asking({ limit }))).toBe(read);
  });
});
