import fc from 'fast-check';
import { retryDelayMs } from '../../../src/domain/outcome/retryPolicy';

test('Waits double from try to try and stop growing at half a minute', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((attempt) => retryDelayMs({ attempt, baseMs: 200, random: 0.5 }));
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test('Chance moves a wait by a fifth either way', () => {
  expect([0, 1].map((random) => retryDelayMs({ attempt: 1, baseMs: 200, random }))).toEqual([160, 240]);
});

const chance = fc.double({ min: 0, max: 1, noNaN: true });

test('Whatever the chance, each wait is longer than the one before until the cap', () => {
  const subject = fc.record({
    attempt: fc.integer({ min: 1, max: 60 }),
    baseMs: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60_000 })),
  });
  fc.assert(
    fc.property(subject, chance, chance, ({ attempt, baseMs }, before, after) => {
      const delay = retryDelayMs({ attempt, baseMs, random: before });
      const next = retryDelayMs({ attempt: attempt + 1, baseMs, random: after });
      expect(next === 30_000 || next > delay).toBe(true);
      expect(delay).toBeLessThanOrEqual(30_000);
    }),
    { numRuns: 500 },
  );
});

test('The worst chances in a row, for every base up to a second, still give growing waits', () => {
  for (let baseMs = 1; baseMs <= 1000; baseMs++) {
    const longest = retryDelayMs({ attempt: 1, baseMs, random: 1 });
    expect(retryDelayMs({ attempt: 2, baseMs, random: 0 })).toBeGreaterThan(longest);
  }
});

test('With no base there is no wait', () => {
  expect(retryDelayMs({ attempt: 100, baseMs: 0, random: 1 })).toBe(0);
});
