import { feeOf, priceOf, type PriceList } from './prices';

/** What a broadcast means for one country. */
export type CountryShare = {
  readonly country: string;
  readonly recipients: number;
  /** What Plivo bills: parts of texts, or messages with media. */
  readonly segments: number;
  /** Billionths of the currency unit, carriers' fees included; null without a price. */
  readonly nanos: number | null;
  /** What of it is carriers' fees; null, or absent, where none are known. */
  readonly feeNanos?: number | null;
};

/** Puts prices to the people of each country. */
export function sharesOf(
  countries: ReadonlyMap<string, { readonly people: number; readonly segments: number }>,
  { isMms }: { isMms: boolean },
  prices: PriceList | null,
): CountryShare[] {
  return [...countries].map(([country, { people: recipients, segments }]) => {
    const kind = isMms ? 'mms' : 'sms';
    const price = prices === null ? null : priceOf(prices, kind, country);
    const fee = prices === null ? null : feeOf(prices, kind, country);
    return {
      country,
      recipients,
      segments,
      nanos: price === null ? null : (price + (fee ?? 0)) * segments,
      ...(fee === null ? {} : { feeNanos: fee * segments }),
    };
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

/** What of the total is carriers' fees; null where none are known. */
export function totalFeeNanos(shares: readonly CountryShare[]): number | null {
  const known = shares.flatMap(({ feeNanos }) => feeNanos ?? []);
  return known.length === 0 ? null : known.reduce((all, nanos) => all + nanos, 0);
}
