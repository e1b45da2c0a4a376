import { priceOf, type PriceList } from '../../../src/domain/money/prices';

const list: PriceList = {
  currency: 'USD',
  sms: new Map([
    ['US', 5_500_000],
    ['FR', 0],
    ['*', 50_000_000],
  ]),
  mms: new Map([['US', 16_000_000]]),
};

test.each([
  ['A country with a price has it', 'sms', 'US', 5_500_000],
  ['A country that costs nothing does not fall to the price of all others', 'sms', 'FR', 0],
  ['A country without a price has that of all others', 'sms', 'GB', 50_000_000],
  ['A network of no country has the price of all others', 'sms', '001', 50_000_000],
  ['A message with media has its own price', 'mms', 'US', 16_000_000],
  ['A message with media does not take the price of a text', 'mms', 'GB', null],
] as const)('%s', (_rule, kind, country, price) => {
  expect(priceOf(list, kind, country)).toBe(price);
});
