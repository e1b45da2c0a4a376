import { parseAmount } from '../../domain/money/money';
import { readProperty } from '../../domain/text/safeWords';

/** What the account pays for one segment, or one message with media, to a country: billionths of a US dollar. */
export type CountryPrice = {
  readonly sms: Rates;
  readonly mms: Rates;
};

/** Null where Plivo names none. `dearest` is that of the network that costs most. */
export type Rates = { readonly usual: number | null; readonly dearest: number | null };

/** What the SDK's pricing call resolved with (docs.plivo.com/docs/account/api/pricing); null where it is of no country. */
export function readPricing(answer: unknown): CountryPrice | null {
  if (typeof readProperty(answer, 'countryIso') !== 'string') return null;
  return { sms: ratesOf(readProperty(answer, 'message')), mms: ratesOf(readProperty(answer, 'mms')) };
}

function ratesOf(prices: unknown): Rates {
  const outbound = rateOf(readProperty(prices, 'outbound'));
  const networks = readProperty(prices, 'outboundNetworksList');
  const all = (Array.isArray(networks) ? networks : []).map(rateOf).filter((rate) => rate !== null);
  const dearest = all.reduce<number | null>((most, rate) => Math.max(most ?? 0, rate), outbound);
  return { usual: outbound ?? dearest, dearest };
}

function rateOf(entry: unknown): number | null {
  const rate = readProperty(entry, 'rate');
  const text = typeof rate === 'number' ? rate.toFixed(9) : rate;
  return typeof text === 'string' ? parseAmount(text.trim()) : null;
}
