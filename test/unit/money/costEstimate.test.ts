import fc from 'fast-check';
import { sharesOf, totalFeeNanos, totalNanos, type CountryShare } from '../../../src/domain/money/costEstimate';
import type { PriceList } from '../../../src/domain/money/prices';

const CENT = 10_000_000;
const prices: PriceList = {
  currency: 'USD',
  sms: new Map([
    ['US', CENT],
    ['GB', 4 * CENT],
    ['FR', 0],
  ]),
  mms: new Map([['US', 2 * CENT]]),
};
const withOthers: PriceList = { ...prices, sms: new Map([...prices.sms, ['*', 9 * CENT]]) };
const sms = { segmentsPerMessage: 3, isMms: false };
const mms = { segmentsPerMessage: 1, isMms: true };

describe('What a broadcast costs in a country', () => {
  test.each<[what: string, country: string, kind: typeof sms, list: PriceList | null, nanos: number | null]>([
    ['is the price of each part of each text', 'US', sms, prices, 30 * CENT],
    ['is another elsewhere', 'GB', sms, prices, 120 * CENT],
    ['is the price of each message with media', 'US', mms, prices, 20 * CENT],
    ['is nothing where texts are free', 'FR', sms, prices, 0],
    ['is the price for all others where it has none of its own', 'DE', sms, withOthers, 270 * CENT],
    ['is its own price before that for all others', 'US', sms, withOthers, 30 * CENT],
    ['is not known without a price', 'DE', sms, prices, null],
    ['is not known for media where only texts have a price', 'GB', mms, withOthers, null],
    ['is not known without a price list', 'US', sms, null, null],
  ])('%s', (_what, country, kind, list, nanos) => {
    const segments = 10 * kind.segmentsPerMessage;
    expect(sharesOf(new Map([[country, { people: 10, segments }]]), kind, list)).toEqual([
      { country, recipients: 10, segments, nanos },
    ]);
  });

  test.each<[what: string, country: string, kind: typeof sms, nanos: number | null, feeNanos: number]>([
    ['each part', 'US', sms, 30 * CENT + 90, 90],
    ['each message with media', 'US', mms, 20 * CENT + 70, 70],
    ['nothing where carriers charge nothing', 'GB', sms, 120 * CENT, 0],
    ['what is not known without a price', 'DE', sms, null, 0],
  ])("has carriers' fees for %s, and tells them apart", (_what, country, kind, nanos, feeNanos) => {
    const list = { ...prices, fees: { sms: new Map([['US', 3]]), mms: new Map([['US', 7]]) } };
    const segments = 10 * kind.segmentsPerMessage;
    const shares = sharesOf(new Map([[country, { people: 10, segments }]]), kind, list);
    expect(shares).toEqual([{ country, recipients: 10, segments, nanos, feeNanos }]);
    expect(totalFeeNanos(shares)).toBe(feeNanos);
    expect(totalFeeNanos(sharesOf(new Map([[country, { people: 10, segments }]]), kind, prices))).toBeNull();
  });

  test('is told in the order of the countries', () => {
    const countries = new Map([
      ['GB', { people: 20, segments: 60 }],
      ['US', { people: 10, segments: 30 }],
      ['DE', { people: 1, segments: 3 }],
    ]);
    expect(sharesOf(countries, sms, prices)).toEqual([
      { country: 'GB', recipients: 20, segments: 60, nanos: 240 * CENT },
      { country: 'US', recipients: 10, segments: 30, nanos: 30 * CENT },
      { country: 'DE', recipients: 1, segments: 3, nanos: null },
    ]);
  });
});

describe('What it costs in all', () => {
  const share = (nanos: number | null): CountryShare => ({ country: 'US', recipients: 1, segments: 1, nanos });

  test.each<[what: string, nanos: (number | null)[], total: number | null]>([
    ['is nothing for nobody', [], 0],
    ['is the sum', [CENT, 2 * CENT], 3 * CENT],
    ['includes what is free', [CENT, 0], CENT],
    ['is not known as soon as one country has no price', [CENT, null, CENT], null],
  ])('%s', (_what, nanos, total) => {
    expect(totalNanos(nanos.map(share))).toBe(total);
  });

  test('is exact to the billionth, for a million people at any usual price', () => {
    const shares = fc.array(
      fc.record({ people: fc.integer({ min: 1, max: 100_000 }), price: fc.integer({ min: 0, max: 50 * CENT }) }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 11 }), (given, segmentsPerMessage) => {
        const codes = given.map((_, index) => `A${String.fromCharCode(65 + index)}`);
        const list: PriceList = {
          currency: 'USD',
          sms: new Map(given.map(({ price }, index) => [codes[index] ?? '', price])),
          mms: new Map(),
        };
        const countries = new Map(
          given.map(({ people }, index) => [codes[index] ?? '', { people, segments: people * segmentsPerMessage }]),
        );
        const exact = given.reduce(
          (all, { people, price }) => all + BigInt(people * segmentsPerMessage) * BigInt(price),
          0n,
        );
        const total = totalNanos(sharesOf(countries, { isMms: false }, list));
        expect(BigInt(total ?? -1)).toBe(exact);
      }),
    );
  });
});
