import { priceOf, type PriceList } from './prices';

/** What a broadcast means for one country. */
export type CountryShare = {
  readonly country: string;
  readonly recipients: number;
  /** What Plivo bills: parts of texts, or messages with media. */
  readonly segments: number;
  /** Billionths of the currency unit; null without a price. */
  readonly nanos: number | null;
};

/** Puts prices to the people of each country. */
export function sharesOf(
  countries: ReadonlyMap<string, { readonly people: number; readonly segments: number }>,
  { isMms }: { isMms: boolean },
  prices: PriceList | null,
): CountryShare[] {
  return [...countries].map(([country, { people: recipients, segments }]) => {
    const price = prices === null ? null : priceOf(prices, isMms ? 'mms' : 'sms', country);
    return { country, recipients, segments, nanos: price === null ? null : price * segments };
  });
}

/** Null as soon as one country has no price: a part of the cost would be taken for the whole. */
export function totalNanos(shares: readonly CountryShare[]): number | null {
  let total = 0;
  for (const { nanos } of shares) {
    if (nanos === null) return null;
    total += nanos;
  }
  return total;
}
