import fc from 'fast-check';
import { isOpenEnded, suffices, type Funds } from '../../../src/domain/money/funds';

const prepaid: Funds = { balanceNanos: 10, autoRecharge: false, billingMode: 'prepaid' };
const price = { nanos: 11, currency: 'USD' };

describe('Whether funds suffice', () => {
  it.each<[string, boolean | null, Funds | null, typeof price | { nanos: null; currency: string }]>([
    ['is clear where it costs more', false, prepaid, price],
    ['is clear where it costs as much', true, prepaid, { ...price, nanos: 10 }],
    [
      'is clear of nothing, for which a debt is too little',
      false,
      { ...prepaid, balanceNanos: -1 },
      { ...price, nanos: 0 },
    ],
    ['is clear where the account does not say how it is billed', false, { ...prepaid, billingMode: null }, price],
    ['nobody can tell without funds', null, null, price],
    ['nobody can tell without a price', null, prepaid, { nanos: null, currency: 'USD' }],
    ['nobody can tell in other money', null, prepaid, { ...price, currency: 'EUR' }],
    ['nobody can tell of who pays in by themselves', null, { ...prepaid, autoRecharge: true }, price],
    ['nobody can tell of who pays afterwards', null, { ...prepaid, billingMode: 'postpaid' }, price],
  ])('%s', (_, expected, funds, cost) => {
    expect(suffices(funds, cost)).toBe(expected);
  });

  it('is false only where the price is above the balance', () => {
    const funds = fc.record({
      balanceNanos: fc.maxSafeInteger(),
      autoRecharge: fc.boolean(),
      billingMode: fc.constantFrom('prepaid', 'postpaid', null),
    });
    fc.assert(
      fc.property(funds, fc.maxSafeNat(), (account, nanos) => {
        if (suffices(account, { nanos, currency: 'USD' }) !== false) return;
        expect(nanos).toBeGreaterThan(account.balanceNanos);
        expect(isOpenEnded(account)).toBe(false);
      }),
    );
  });
});
