import { isLeak, slopeOf, type Point } from '../../../bench/endurance/slope';

const over = (minutes: number, valueAt: (minute: number) => number): Point[] =>
  Array.from({ length: minutes * 10 + 1 }, (_, tenth) => ({ minutes: tenth / 10, value: valueAt(tenth / 10) }));

describe('memory over time', () => {
  it('has a slope', () => {
    expect(slopeOf(over(5, (minute) => 100 + 7 * minute))).toBeCloseTo(7);
    expect(slopeOf([])).toBe(0);
    expect(slopeOf([{ minutes: 1, value: 5 }])).toBe(0);
  });

  it.each<[what: string, minutes: number, valueAt: (minute: number) => number, isOne: boolean]>([
    ['that stays', 10, () => 200, false],
    ['that grows in the first minutes and then stays', 10, (minute) => 100 + 200 * Math.min(minute, 3), false],
    ['that breathes', 10, (minute) => 200 + 60 * Math.abs(Math.sin(minute * 5)), false],
    ['that grows all the time', 10, (minute) => 100 + 40 * minute, true],
    ['that grows too shortly to be told from a heap that finds its size', 1, (minute) => 100 + 100 * minute, false],
  ])('%s', (_what, minutes, valueAt, isOne) => {
    expect(isLeak(over(minutes, valueAt))).toBe(isOne);
  });
});
