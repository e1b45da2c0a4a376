import type { MetadataJson } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.min.json';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { SimulatorSettings } from '../behaviour/settings';
import type { Message } from './message';

export type PriceKind = 'prices' | 'mmsPrices';

/** What one unit costs there, in US dollars; null where it is not sold. `country` by ISO 3166. */
export function rateFor(country: string, kind: PriceKind, settings: SimulatorSettings): number | null {
  const rates = settings[kind];
  const rate = Object.hasOwn(rates, country) ? rates[country] : rates['*'];
  return rate ?? null;
}

/** Expired, unpaid and blocked texts are not charged. */
export function priceOf(message: Message, settings: SimulatorSettings): { rate: string; amount: string } {
  const kind = message.send.type === 'mms' ? 'mmsPrices' : 'prices';
  const rate = rateFor(isOnePrice(settings[kind]) ? '*' : countryOf(message.to), kind, settings) ?? 0;
  const charged = message.state === 'failed' ? 0 : message.send.units;
  return { rate: rate.toFixed(5), amount: (rate * charged).toFixed(5) };
}

/** To find the country of a million numbers takes seconds. */
const isOnePrice = (rates: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(rates).every((country) => country === '*');

/** Where the digits do not tell which, as of numbers set aside for fiction, it is the main country of the calling code. */
function countryOf(digits: string): string {
  const number = parsePhoneNumberFromString(`+${digits}`);
  const { country_calling_codes: countries } = metadata as unknown as MetadataJson;
  return number?.country ?? countries[number?.countryCallingCode ?? '']?.[0] ?? '*';
}
