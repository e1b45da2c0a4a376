import { appliedPreference, readPreference } from '../../../src/routes/parameters/preference';

describe('the Prefer header', () => {
  it.each([
    ['wait=5', 5000],
    ['wait="5"', 5000],
    ['WAIT = 5', 5000],
    ['wait=0', 0],
    ['wait=301', 300_000],
    ['wait=9999999999', 300_000],
    [`wait=${'9'.repeat(400)}`, 300_000],
    ['wait=5; x=y', 5000],
    ['respond-async', 0],
    ['Respond-Async', 0],
    ['respond-async, wait=7', 7000],
    ['wait=7, respond-async', 7000],
    ['return=minimal, respond-async', 0],
    ['wait=nonsense, respond-async', 0],
    ['wait=3, wait=4', 3000],
  ])('%j asks to wait %d ms at most', (prefer, waitMs) => {
    expect(readPreference(prefer)).toEqual({ waitMs });
  });

  it.each([undefined, '', ',', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=1e3', 'return=minimal'])(
    '%j asks for nothing that we understand',
    (prefer) => {
      expect(readPreference(prefer)).toBeNull();
    },
  );

  it.each([
    [0, 'respond-async'],
    [1, 'wait=1'],
    [10_000, 'wait=10'],
    [10_001, 'wait=11'],
  ])('a wait of %d ms is answered as %s', (waitedMs, applied) => {
    expect(appliedPreference(waitedMs)).toBe(applied);
  });
});
