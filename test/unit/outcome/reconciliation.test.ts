import fc from 'fast-check';
import {
  afterLook,
  callsBehind,
  isMasked,
  judgeCount,
  judgeListed,
  judgeProbe,
  judgeSample,
  placeOf,
  searchWindows,
  spread,
  type ListedPlace,
  type LookResult,
  type ProbeVerdict,
  type Sample,
  type SampledBatch,
} from '../../../src/domain/outcome/reconciliation';

describe('a listed message counts for a batch only if no other batch accounts for it', () => {
  it.each<
    [
      what: string,
      listed: string[],
      accounted: string[],
      unnamedOthers: number,
      verdict: ProbeVerdict,
      uuid: string | null,
    ]
  >([
    ['nothing listed', [], [], 0, 'absent', null],
    ['nothing listed, others may have texted', [], [], 3, 'absent', null],
    ['one message, nobody else', ['a'], [], 0, 'found', 'a'],
    ['one message, known from another', ['a'], ['a'], 0, 'absent', null],
    ["one message that may be another batch's", ['a'], [], 1, 'unclear', null],
    ["two messages, one of them another batch's", ['a', 'b'], [], 1, 'found', null],
    ['two messages, one known', ['a', 'b'], ['a'], 0, 'found', 'b'],
    ["two messages, one known, one that may be another's", ['a', 'b'], ['a'], 1, 'unclear', null],
    ['one message listed twice', ['a', 'a'], [], 1, 'unclear', null],
    ['two messages and nobody else', ['a', 'b'], [], 0, 'found', null],
  ])('%s', (_, listed, accounted, unnamedOthers, verdict, uuid) => {
    expect(judgeProbe({ listed, accounted: new Set(accounted), unnamedOthers })).toEqual({ verdict, uuid });
  });

  it('never finds with fewer unknown messages than other batches may explain, and never misses with more', () => {
    const uuids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(uuids, uuids, fc.nat(4), (listed, known, unnamedOthers) => {
        const accounted = new Set(known);
        const open = listed.filter((uuid) => !accounted.has(uuid));
        const { verdict, uuid } = judgeProbe({ listed, accounted, unnamedOthers });
        expect(verdict === 'found').toBe(open.length > unnamedOthers);
        expect(verdict === 'absent').toBe(open.length === 0);
        if (uuid !== null) expect(open).toEqual([uuid]);
      }),
    );
  });
});

describe('a message that no other batch accounts for', () => {
  const ours = (place: ListedPlace['place']): ListedPlace => ({ uuid: 'a', place, isOurs: true });
  const foreign = (place: ListedPlace['place']): ListedPlace => ({ uuid: 'a', place, isOurs: false });
  const one = {
    unnamedOthers: 0,
    unnamedTaken: 0,
    isAlone: true,
    isClockKnown: false,
    isClockSure: false,
    isSenderReplaced: false,
  };
  const many = { ...one, isAlone: false };
  const known = { ...many, isClockKnown: true, isClockSure: true };
  const presumed = { ...known, isClockSure: false };

  it.each<[string, ListedPlace, Parameters<typeof judgeListed>[1], ProbeVerdict]>([
    ['recorded with the call, of one of many', ours('near'), many, 'found'],
    ['recorded with the call, from another sender, of one of many: it may be replaced', foreign('near'), many, 'found'],
    ['recorded hours off, of one of many: the clocks may differ', ours('far'), many, 'found'],
    ['recorded hours off, from another sender', foreign('far'), many, 'unclear'],
    ['the same, where the list and its clock are known', foreign('far'), known, 'absent'],
    ['recorded hours off, though the clocks are known', ours('far'), known, 'absent'],
    [
      'recorded minutes later, though the clocks are known: it may have been taken late',
      ours('after'),
      known,
      'unclear',
    ],
    ['the same, where ours may have been set since', ours('far'), presumed, 'unclear'],
    ['recorded hours off, from another sender, where ours may have been set since', foreign('far'), presumed, 'absent'],
    ['recorded with the call, where ours may have been set since', ours('near'), presumed, 'found'],
    ['recorded minutes later, from another sender', foreign('after'), known, 'absent'],
    ['recorded with the call, of the only person', ours('near'), one, 'found'],
    ['recorded with the call, from another sender, of the only person', foreign('near'), one, 'unclear'],
    [
      'the same, where the list shows another sender anyway',
      foreign('near'),
      { ...one, isClockKnown: true, isSenderReplaced: true },
      'found',
    ],
    ["recorded hours off, of the only person: it may be other software's", ours('far'), one, 'unclear'],
    ['recorded hours off, from another sender, of the only person', foreign('far'), one, 'unclear'],
    ['the same, with the clocks known', foreign('far'), { ...one, isClockKnown: true, isClockSure: true }, 'absent'],
    [
      'recorded hours off, of the only person, with the clocks known',
      ours('far'),
      { ...one, isClockKnown: true, isClockSure: true },
      'absent',
    ],
    ["that may be another batch's", ours('near'), { ...many, unnamedOthers: 1 }, 'unclear'],
    [
      "that is another batch's, which is proven to have been taken",
      ours('near'),
      { ...many, unnamedOthers: 1, unnamedTaken: 1 },
      'absent',
    ],
    [
      'the same, of the only person: nobody else bears it out',
      ours('near'),
      { ...one, unnamedOthers: 1, unnamedTaken: 1 },
      'unclear',
    ],
  ])('%s', (_, message, knowledge, verdict) => {
    expect(judgeListed([message], knowledge).verdict).toBe(verdict);
  });

  it('stands near its call, after it, or far from it', () => {
    const near = { from: 1000, to: 2000 };
    expect([999, 1000, 2000, 2001, 602_000, 602_001].map((at) => placeOf(at, near))).toEqual([
      'far',
      'near',
      'near',
      'after',
      'after',
      'far',
    ]);
    expect(placeOf(null, near)).toBe('far');
  });

  it.each<[unaccounted: number, recipients: number, isLast: boolean, verdict: ProbeVerdict]>([
    [0, 40, true, 'absent'],
    [0, 40, false, 'unclear'],
    [1, 40, true, 'unclear'],
    [19, 40, false, 'unclear'],
    [20, 40, false, 'found'],
    [50, 1000, false, 'found'],
    [49, 1000, false, 'unclear'],
    [1, 1, true, 'unclear'],
    [2, 4, true, 'unclear'],
    [3, 4, true, 'found'],
  ])(
    '%i of them in a list that hides the numbers, for %i people (last page: %s): %s',
    (unaccounted, recipients, isLast, verdict) => {
      expect(judgeCount({ unaccounted, recipients, isLast })).toBe(verdict);
    },
  );
});

describe('asking for some of a batch', () => {
  const known = (change: Partial<SampledBatch> & { people: number }): SampledBatch => ({
    shown: 0,
    perhaps: change.shown ?? 0,
    unshown: null,
    drawn: { found: 0, absent: 0, unclear: 0 },
    ...change,
  });
  /** Everybody who is asked for is drawn evenly, and nobody else's messages are seen. */
  const drawnFrom = (people: number, sample: Sample, unshown: number | null = null): SampledBatch =>
    known({ people, shown: sample.found, perhaps: sample.found + sample.unclear, unshown, drawn: sample });

  it.each<
    [found: number, absent: number, unclear: number, people: number, unshown: number | null, verdict: ProbeVerdict]
  >([
    [0, 0, 0, 5, null, 'unclear'],
    [1, 0, 0, 1, 0, 'found'],
    [0, 1, 0, 1, 1, 'absent'],
    [0, 0, 1, 1, 0, 'unclear'],
    [2, 0, 0, 2, 0, 'found'],
    [1, 1, 0, 2, 1, 'unclear'],
    [0, 2, 0, 2, 2, 'absent'],
    [0, 1, 1, 5, null, 'unclear'],
    [0, 2, 1, 5, null, 'unclear'],
    [0, 3, 0, 5, null, 'absent'],
    [0, 3, 0, 1000, null, 'absent'],
    // The only number of the batch that Plivo serves.
    [0, 3, 1, 4, 3, 'unclear'],
    [1, 3, 0, 4, 3, 'unclear'],
    [1, 5, 0, 6, 5, 'unclear'],
    [0, 5, 1, 6, 5, 'unclear'],
    [1, 7, 0, 20, 19, 'unclear'],
    [1, 7, 0, 21, 20, 'absent'],
    [1, 5, 0, 1000, 999, 'absent'],
    [0, 5, 1, 1000, 999, 'absent'],
    [1, 5, 1, 1000, 998, 'unclear'],
    [1, 4, 0, 1000, 999, 'unclear'],
    // Not all of the list was seen.
    [1, 7, 0, 1000, null, 'unclear'],
    [2, 6, 0, 1000, 998, 'unclear'],
    [4, 4, 0, 1000, null, 'found'],
    [3, 0, 0, 1000, null, 'found'],
    [2, 0, 0, 1000, null, 'unclear'],
    [3, 5, 0, 1000, null, 'unclear'],
    [3, 0, 4, 1000, null, 'unclear'],
    // Other software texted some of them.
    [3, 0, 0, 8, 5, 'unclear'],
    [3, 5, 0, 8, 5, 'unclear'],
    [4, 0, 0, 8, 4, 'found'],
    [2, 0, 0, 4, 2, 'unclear'],
    [2, 1, 0, 3, 1, 'unclear'],
    [3, 0, 0, 4, 1, 'found'],
    [2, 0, 0, 2, 0, 'found'],
  ])(
    'with %d found, %d absent and %d unclear of %d people, %s of whom are seen to have no message, says %s',
    (found, absent, unclear, people, unshown, verdict) => {
      const sample = { found, absent, unclear };
      expect(judgeSample(sample, drawnFrom(people, sample, unshown))).toBe(verdict);
    },
  );

  it.each<[what: string, sample: Sample, batch: SampledBatch, verdict: ProbeVerdict]>([
    [
      'were picked for their messages',
      { found: 3, absent: 0, unclear: 0 },
      known({ people: 40, shown: 3, drawn: { found: 1, absent: 0, unclear: 0 } }),
      'unclear',
    ],
    [
      'are all who have one',
      { found: 3, absent: 0, unclear: 0 },
      known({ people: 40, shown: 3, unshown: 37, drawn: { found: 3, absent: 0, unclear: 0 } }),
      'unclear',
    ],
    [
      'are half of the batch with those whom pages show',
      { found: 2, absent: 3, unclear: 0 },
      known({ people: 40, shown: 20, drawn: { found: 0, absent: 3, unclear: 0 } }),
      'found',
    ],
    [
      'have none, and somebody whom a page shows has',
      { found: 0, absent: 3, unclear: 0 },
      known({ people: 40, shown: 1, drawn: { found: 0, absent: 3, unclear: 0 } }),
      'unclear',
    ],
    [
      'have none, and of somebody whom a page shows it is unclear',
      { found: 0, absent: 3, unclear: 0 },
      known({ people: 40, perhaps: 1, drawn: { found: 0, absent: 3, unclear: 0 } }),
      'unclear',
    ],
  ])('where those who were asked for %s', (_, sample, batch, verdict) => {
    expect(judgeSample(sample, batch)).toBe(verdict);
  });

  const counts = fc.record({ found: fc.nat(8), absent: fc.nat(8), unclear: fc.nat(8) });

  it("never takes one person's message for proof of others', and never misses a batch that shows with all", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 8, max: 1000 }), fc.nat(1000), (sample, people, unshown) => {
        const verdict = judgeSample(sample, drawnFrom(people, sample, unshown));
        if (sample.found < 2) expect(verdict).not.toBe('found');
        if (sample.found >= 2) expect(verdict).not.toBe('absent');
        const shown = { found: 3, absent: 0, unclear: 0 };
        expect(judgeSample(shown, drawnFrom(people, shown))).toBe('found');
      }),
    );
  });

  it('never takes a batch for texted of which less than half have a message, where everybody was seen', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 100 }), fc.nat(100), (sample, people, shown) => {
        const batch = known({ people, shown, unshown: Math.max(0, people - shown), drawn: sample });
        if (shown < people / 2) expect(judgeSample(sample, batch)).not.toBe('found');
      }),
    );
  });

  it('never has a small batch sent again of which anybody may have the text', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 20 }), (sample, people) => {
        if (sample.found + sample.unclear === 0) return;
        expect(judgeSample(sample, drawnFrom(people, sample, people - 1))).not.toBe('absent');
      }),
    );
  });
});

describe('a look', () => {
  it.each<[LookResult, looks: number, fruitless: number, next: ReturnType<typeof afterLook>]>([
    ['found', 0, 0, 'sent'],
    ['found', 1, 3, 'sent'],
    ['absent', 1, 0, 'look_again'],
    ['absent', 2, 0, 'not_sent'],
    ['absent', 1, 3, 'look_again'],
    ['unclear', 0, 1, 'look_again'],
    ['unclear', 0, 4, 'held'],
    ['refused', 0, 3, 'look_again'],
    ['refused', 1, 4, 'held'],
    ['busy', 1, 3, 'look_again'],
  ])(
    'that ends %s, with %d absent and %d fruitless looks so far, leads to %s',
    (result, looks, fruitlessLooks, next) => {
      expect(afterLook(result, { looks, fruitlessLooks, busyLooks: 1 })).toBe(next);
    },
  );
});

it('a list that stays away leads to a person after a while', () => {
  const afterBusy = (busyLooks: number) => afterLook('busy', { looks: 1, fruitlessLooks: 3, busyLooks });
  expect([1, 19, 20].map(afterBusy)).toEqual(['look_again', 'look_again', 'held']);
});

describe('where and whom to look for', () => {
  it('hours to either side of the call, and first close to it', () => {
    const { whole, near } = searchWindows(10_000_000_000, 30_000);
    expect(whole).toEqual({ from: 10_000_000_000 - 7_200_000, to: 10_000_000_000 + 30_000 + 7_200_000 });
    expect(near.from).toBeGreaterThan(whole.from);
    expect(near.to).toBeGreaterThan(10_000_000_000 + 30_000);
  });

  it('among the calls whose messages may show there, however the clocks differ', () => {
    const { whole } = searchWindows(10_000_000_000, 30_000);
    expect(callsBehind(whole).from).toBe(whole.from - 7_200_000);
    expect(callsBehind(whole).to).toBe(whole.to + 7_200_000);
  });

  it('people of the batch, none twice, in order, all where they are few, others at the next look', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 8 }), fc.nat(3), (size, count, turn) => {
        const items = Array.from({ length: size }, (_, index) => index);
        const picked = spread(items, count, turn);
        expect(picked).toHaveLength(Math.min(size, count));
        expect(picked).toEqual([...new Set(picked)].sort((a, b) => a - b));
        for (const item of picked) expect(items[item]).toBe(item);
      }),
    );
    const items = Array.from({ length: 1000 }, (_, index) => index);
    const [first, second] = [spread(items, 4, 0), spread(items, 4, 1)];
    expect(first.filter((item) => second.includes(item))).toEqual([]);
  });

  it.each([
    ['+14155550000', false],
    ['14155550000', false],
    ['1415555XXXX', true],
    ['+1415***0000', true],
    ['', true],
  ])('a number shown as "%s" is hidden: %s', (shown, hidden) => {
    expect(isMasked(shown)).toBe(hidden);
  });
});
