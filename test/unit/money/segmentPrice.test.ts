import { costOf, type KnownCost } from '../../../src/domain/money/segmentPrice';

const known: KnownCost = { currency: 'USD', estimatedNanos: 1000, segments: 100, billedNanos: 60, billedUnits: 3 };

it.each<[string, number, number, Partial<KnownCost>]>([
  ['is estimated by the prices', 10, 1, {}],
  ['is estimated as it is on average, rounded up', 21, 2, { estimatedNanos: 1001 }],
  ['is reckoned by the bills where there are no prices', 40, 2, { estimatedNanos: null }],
  ['is reckoned by the bills where the prices are in other money', 20, 1, { currency: 'EUR' }],
  [
    'is nothing that anybody knows before the first bill',
    0,
    2,
    { estimatedNanos: null, billedUnits: 0, billedNanos: 0 },
  ],
  ['is nothing of nothing', 0, 2, { segments: 0, billedUnits: 0, billedNanos: 0 }],
])('What segments cost %s: %d for %d', (_, cost, units, change) => {
  expect(costOf(units, { ...known, ...change })).toBe(cost);
});
