import fc from 'fast-check';
import { measureText } from '../../../src/domain/text/segments';
import { TextPool } from '../../../src/domain/text/textPool';

describe('A pool of texts', () => {
  it('keeps each text once, as it was, in the order in which they first came', () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('a', 'ä', '漢字', '😀', 'x'.repeat(1600)));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), fc.integer(), (texts, seed) => {
        const whole = texts.filter((one) => !/\p{Cs}/u.test(one));
        const pool = new TextPool({ seed });
        const distinct = [...new Set(whole)];
        expect(whole.map((one) => pool.add(one))).toEqual(whole.map((one) => distinct.indexOf(one)));
        expect(pool.size).toBe(distinct.length);
        expect(distinct.map((_, place) => pool.textAt(place))).toEqual(distinct);
        expect(distinct.map((_, place) => pool.segmentsAt(place))).toEqual(
          distinct.map((one) => measureText(one).segments),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('grows with its texts', () => {
    const pool = new TextPool();
    const text = (index: number) => `Hi, your code is ${index}, ${'and so on '.repeat(index % 150)}`;
    const places = Array.from({ length: 20_000 }, (_, index) => index);
    expect(places.filter((index) => pool.add(text(index)) !== index)).toEqual([]);
    expect(places.filter((index) => pool.textAt(index) !== text(index))).toEqual([]);
    expect(pool.add(text(4711))).toBe(4711);
  });
});
