import fc from 'fast-check';
import { whyStopped } from '../../../src/domain/outcome/canaryVerdict';

const rules = { waitSeconds: 600, maxFailureRate: 0.1 };
const WHAT_TO_DO = 'Find out why, then resume the broadcast, which sends the rest, or cancel it.';

describe('The rest goes', () => {
  test.each<[what: string, people: number, reported: number, failed: number, maxFailureRate?: number]>([
    ['where all is well', 500, 500, 0],
    ['where as many have failed as may', 500, 500, 50],
    ['where half is known', 500, 250, 25],
    ['where half of an odd number is known', 501, 251, 0],
    ['where all have failed, and all may', 500, 500, 500, 1],
    ['where seven of a hundred have failed, and seven may', 100, 100, 7, 0.07],
    ['where three of ten have failed, and three may', 10, 10, 3, 0.3],
  ])('%s', (_what, people, reported, failed, maxFailureRate = 0.1) => {
    expect(whyStopped({ people, reported, sent: 0, failed }, { ...rules, maxFailureRate })).toBeNull();
  });
});

describe('The broadcast pauses', () => {
  test.each<[why: string, people: number, reported: number, failed: number, sent?: number]>([
    [
      "Of the canary's 500 people, 500 were reported on, and 150 of these (30 %) failed, more than 10 %.",
      500,
      500,
      150,
    ],
    [
      "Of the canary's 500 people, 300 were reported on, and 31 of these (10.3 %) failed, more than 10 %.",
      500,
      300,
      31,
    ],
    ["Of the canary's 500 people, 0 were reported on within 600 seconds, fewer than half.", 500, 0, 0],
    ["Of the canary's 501 people, 250 were reported on within 600 seconds, fewer than half.", 501, 250, 0],
    [
      "Of the canary's 500 people, 20 were reported on within 600 seconds (and 470 as sent, at which some carriers leave it), fewer than half.",
      500,
      20,
      0,
      470,
    ],
    ['Nobody of the canary was texted, so that it tells nothing.', 0, 0, 0],
  ])('%s', (why, people, reported, failed, sent = 0) => {
    expect(whyStopped({ people, reported, sent, failed }, rules)).toBe(`${why} ${WHAT_TO_DO}`);
  });

  test('and goes on with no canary that is worse', () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(600), fc.nat(600), share, (people, some, bad, rate) => {
        const reported = Math.min(people, some);
        const failed = Math.min(reported, bad);
        const stops = (counts: { reported: number; failed: number }) =>
          whyStopped({ people, sent: 0, ...counts }, { ...rules, maxFailureRate: rate }) !== null;
        if (!stops({ reported, failed })) return;
        if (failed < reported) expect(stops({ reported, failed: failed + 1 })).toBe(true);
        if (reported > failed && failed === 0) expect(stops({ reported: reported - 1, failed })).toBe(true);
      }),
    );
  });
});
