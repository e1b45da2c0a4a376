import fc from 'fast-check';
import {
  charge,
  handOver,
  stillWaiting,
  takeBack,
  totalOf,
  type HandedOver,
} from '../../../src/domain/money/handedOver';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const amounts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 30 });

/** So many amounts, one every two minutes. */
const ledgerOf = (nanos: readonly number[]): HandedOver =>
  nanos.reduce<HandedOver>((handed, amount, index) => handOver(handed, amount, index * 2 * MINUTE), []);

describe('What was handed to Plivo and is not charged yet', () => {
  it('is kept in few entries, however many calls there are', () => {
    expect(handOver(handOver([], 5, 0), 7, 4 * MINUTE)).toEqual([[0, 12]]);
    expect(handOver([[0, 12]], 1, 5 * MINUTE)).toEqual([
      [0, 12],
      [5 * MINUTE, 1],
    ]);
    expect(handOver([], 0, 0)).toEqual([]);
  });

  it('is charged from the oldest on, and taken back from the newest on', () => {
    const handed: HandedOver = [
      [0, 10],
      [HOUR, 20],
      [2 * HOUR, 30],
    ];
    expect(charge(handed, 15)).toEqual([
      [HOUR, 15],
      [2 * HOUR, 30],
    ]);
    expect(takeBack(handed, 35)).toEqual([
      [0, 10],
      [HOUR, 15],
    ]);
    expect(charge(handed, 1000)).toEqual([]);
    // Somebody has paid in: nothing is charged by that.
    expect(charge(handed, -50)).toEqual(handed);
  });

  it('no longer waits once Plivo has dropped it, but for the minutes that an entry spans', () => {
    const handed: HandedOver = [
      [0, 10],
      [HOUR, 20],
    ];
    expect(stillWaiting(handed, 3 * HOUR + 4 * MINUTE, 3 * HOUR)).toEqual(handed);
    expect(stillWaiting(handed, 3 * HOUR + 5 * MINUTE, 3 * HOUR)).toEqual([[HOUR, 20]]);
  });

  it('begins its time anew where the clock was set back', () => {
    expect(stillWaiting([[5 * HOUR, 10]], HOUR, 3 * HOUR)).toEqual([[HOUR, 10]]);
  });

  it('adds up to what was handed over', () => {
    fc.assert(
      fc.property(amounts, (nanos) => {
        expect(totalOf(ledgerOf(nanos))).toBe(nanos.reduce((all, amount) => all + amount, 0));
      }),
    );
  });

  it('is less by exactly what is charged or taken back, and never less than nothing', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 40_000_000 }), (nanos, less) => {
        const handed = ledgerOf(nanos);
        const left = Math.max(0, totalOf(handed) - less);
        expect(totalOf(charge(handed, less))).toBe(left);
        expect(totalOf(takeBack(handed, less))).toBe(left);
      }),
    );
  });
});
