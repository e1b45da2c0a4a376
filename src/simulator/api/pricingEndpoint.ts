import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/min';
import { errorAnswer } from './answers';
import type { JsonAnswer } from './answers';
import { rateFor } from '../messages/prices';
import type { PriceKind } from '../messages/prices';
import type { SimulatorSettings } from '../behaviour/settings';

const names = new Intl.DisplayNames(['en'], { type: 'region' });

/** `GET /v1/Account/{authId}/Pricing/?country_iso=US` (https://docs.plivo.com/docs/account/api/pricing). */
export function showPricing(query: URLSearchParams, apiId: string, settings: SimulatorSettings): JsonAnswer {
  const country = (query.get('country_iso') ?? '').toUpperCase();
  if (country === '') return errorAnswer(apiId, 400, 'country_iso parameter is required');
  if (!isSupportedCountry(country)) return errorAnswer(apiId, 404, 'not found');
  const name = names.of(country) ?? country;
  const body = {
    api_id: apiId,
    country: name,
    country_code: Number(getCountryCallingCode(country)),
    country_iso: country,
    message: rates(country, name, 'prices', settings),
    mms: rates(country, name, 'mmsPrices', settings),
    phone_numbers: { local: { rate: '0.80000' }, tollfree: { rate: '1.00000' } },
    voice: {},
  };
  return { status: 200, body };
}

/** Every network of a country at the same rate, but for one that costs more by `dearNetworks`. */
function rates(country: string, name: string, kind: PriceKind, settings: SimulatorSettings) {
  const rate = rateFor(country, kind, settings);
  const dearer = settings.dearNetworks[country];
  const shown = rate === null ? null : rate.toFixed(5);
  const networks = [
    { group_name: `${name} - All`, rate: shown },
    ...(rate === null || dearer === undefined ? [] : [{ group_name: `${name} - Other`, rate: dearer.toFixed(5) }]),
  ];
  return {
    inbound: { rate: '0.00000' },
    outbound: { rate: shown },
    outbound_networks_list: rate === null ? [] : networks,
  };
}
