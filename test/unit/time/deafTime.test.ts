import { joined, mayBeOlder, POSTED_AGAIN_WITHIN_MS, type DeafTime } from '../../../src/domain/time/deafTime';

const MINUTE = 60_000;
const at = (minutes: number) => 1_800_000_000_000 + minutes * MINUTE;
const deaf = (from: number, until: number): DeafTime => ({ from: at(from), until: at(until) });

describe('A text that comes in may be older than another', () => {
  test.each<[what: string, comesIn: number, other: number, deaf: DeafTime[], isPossible: boolean]>([
    ['when it may have been posted in between, with nobody there', 6, 5, [deaf(3, 4)], true],
    ['when nobody was there from before the other on', 6, 5, [deaf(3, 5)], true],
    ['when only the beginning of that time is within reach', 10, 5, [deaf(0, 2.1)], true],
    ['unless somebody was there at all times', 6, 5, [], false],
    ['unless the other came before that time', 6, 2, [deaf(3, 4)], false],
    ['unless that time is so long ago that it would have come by now', 12.1, 5, [deaf(3, 4)], false],
    ['when one of several times is possible', 6, 5, [deaf(-60, -50), deaf(3, 4)], true],
  ])('%s', (_what, comesIn, other, times, isPossible) => {
    expect(mayBeOlder(at(comesIn), at(other), times)).toBe(isPossible);
  });
});

test('Plivo’s three repetitions, each after 8 s of waiting, are within reach', () => {
  expect(POSTED_AGAIN_WITHIN_MS).toBeGreaterThan((60 + 120 + 240 + 3 * 8) * 1000);
});

describe('Of two times in which nobody was there', () => {
  test.each<[what: string, earlier: DeafTime | null, later: DeafTime, one: DeafTime]>([
    ['only the later is remembered when nothing can come from the other', deaf(0, 1), deaf(9.1, 10), deaf(9.1, 10)],
    ['all from the beginning of the one is remembered otherwise', deaf(0, 1), deaf(8, 10), deaf(0, 10)],
    ['the larger is remembered where one is inside the other', deaf(0, 10), deaf(3, 4), deaf(0, 10)],
    ['the only one is remembered', null, deaf(3, 4), deaf(3, 4)],
  ])('%s', (_what, earlier, later, one) => {
    expect(joined(earlier, later)).toEqual(one);
  });
});
