import { longestWindowMs, parseTextCaps } from '../../../src/domain/time/textCaps';

const HOUR_MS = 3_600_000;

it.each([
  ['3/7d', [{ texts: 3, windowMs: 168 * HOUR_MS, written: '3/7d' }]],
  ['1/90m', [{ texts: 1, windowMs: 1.5 * HOUR_MS, written: '1/90m' }]],
  [
    ' 1/12h , 3/7d',
    [
      { texts: 1, windowMs: 12 * HOUR_MS, written: '1/12h' },
      { texts: 3, windowMs: 168 * HOUR_MS, written: '3/7d' },
    ],
  ],
  ['9999/366d', [{ texts: 9999, windowMs: 8784 * HOUR_MS, written: '9999/366d' }]],
])('a cap written "%s" is read', (written, caps) => {
  expect(parseTextCaps(written)).toEqual(caps);
});

it.each([
  '',
  '3',
  '3/7',
  '3/d',
  '0/7d',
  '3/0d',
  '-1/7d',
  '3/7w',
  '3/7D',
  '3.5/7d',
  '3/7d,',
  '3/367d',
  '3/7d;1/1d',
  '1/1m,1/1h,1/1d,1/2d,1/3d',
])('a cap written "%s" is refused', (written) => {
  expect(parseTextCaps(written)).toBeNull();
});

it('the longest of several windows is what must be known of the past', () => {
  expect(longestWindowMs(parseTextCaps('1/12h,3/7d,2/1d')!)).toBe(168 * HOUR_MS);
  expect(longestWindowMs([])).toBe(0);
});
