import fc from 'fast-check';
import {
  afterLook,
  callsBehind,
  isMasked,
  isProof,
  judgeCount,
  judgeLook,
  judgeProbe,
  searchWindows,
  spread,
  type LookResult,
  type ProbeVerdict,
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

describe('messages that no other batch accounts for', () => {
  it.each<[what: string, near: boolean[], recipients: number, proves: boolean]>([
    ['none', [], 5, false],
    ['one, recorded when the call was made', [true], 1000, true],
    ["one, hours off the call, in a batch of many: it may be other software's", [false], 1000, false],
    ['one, hours off the call, in a batch of one', [false], 1, true],
    ["two people's, hours off the call", [false, false], 1000, true],
  ])('%s', (_, near, recipients, proves) => {
    const messages = near.map((isNear) => ({ isNear }));
    expect(isProof(messages, recipients)).toBe(proves);
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

describe('a look', () => {
  it.each<[ProbeVerdict[], ProbeVerdict]>([
    [[], 'unclear'],
    [['found'], 'found'],
    [['absent'], 'absent'],
    [['unclear'], 'unclear'],
    [['absent', 'absent'], 'absent'],
    [['absent', 'unclear'], 'unclear'],
    [['absent', 'absent', 'unclear'], 'unclear'],
    [['absent', 'absent', 'absent', 'unclear'], 'absent'],
    [['absent', 'absent', 'absent', 'found'], 'found'],
    [['unclear', 'found'], 'found'],
  ])('at %j says %s', (verdicts, result) => {
    expect(judgeLook(verdicts)).toBe(result);
  });

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
  ])(
    'that ends %s, with %d absent and %d fruitless looks so far, leads to %s',
    (result, looks, fruitlessLooks, next) => {
      expect(afterLook(result, { looks, fruitlessLooks })).toBe(next);
    },
  );
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
