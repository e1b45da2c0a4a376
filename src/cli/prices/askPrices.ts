import type { Timers } from '../../domain/time/timers';
import type { CountryPrice } from '../../services/plivo/plivoPricing';
import type { PlivoService, PricingOutcome } from '../../services/plivo/plivoService';
import { PricesError } from './pricesError';

export type AskDeps = {
  readonly plivo: Pick<PlivoService, 'readPricing'>;
  readonly timers: Pick<Timers, 'sleep'>;
};

/** Plivo takes 300 requests in 5 s; the service wants most of them. */
const AT_ONCE = 4;
const MOST_TRIES = 4;
const FIRST_PAUSE_MS = 500;

/**
 * The price of each country; null where Plivo has none.
 *
 * @throws PricesError as soon as one cannot be found out
 */
export async function askPrices(
  { plivo, timers }: AskDeps,
  countries: readonly string[],
): Promise<ReadonlyMap<string, CountryPrice | null>> {
  const prices = new Map<string, CountryPrice | null>();
  const waiting = [...countries];
  let isOver = false;

  async function askOne(country: string): Promise<CountryPrice | null> {
    for (let tries = 1; ; tries++) {
      const outcome = await plivo.readPricing(country);
      if (outcome.kind === 'pricing') return outcome.price;
      if (isUnknownCountry(outcome)) return null;
      if (tries === MOST_TRIES || !isPassing(outcome)) throw faultOf(country, outcome);
      await timers.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }

  async function askOnAndOn(): Promise<void> {
    for (let country = waiting.shift(); country !== undefined && !isOver; country = waiting.shift()) {
      try {
        prices.set(country, await askOne(country));
      } catch (error) {
        isOver = true;
        throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, askOnAndOn));
  return new Map(countries.map((country) => [country, prices.get(country) ?? null]));
}

type Refused = Exclude<PricingOutcome, { kind: 'pricing' }>;

const isUnknownCountry = ({ status }: Refused): boolean => status !== null && [400, 404, 422].includes(status);

const isPassing = ({ status }: Refused): boolean =>
  status === null || status === 408 || status === 429 || status >= 500;

function faultOf(country: string, { code, reason }: Refused): PricesError {
  const remedy =
    code === 'unauthorized'
      ? 'Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN to what the Plivo console shows.'
      : code === 'forbidden'
        ? 'See whether the account may be used from this address, and is active.'
        : 'Try again later.';
  return new PricesError(
    `Plivo did not tell what a text to ${country} costs, and nothing was written. ${asSentence(reason)} ${remedy}`,
    2,
  );
}

/** Plivo's own words may end without a full stop. */
const asSentence = (reason: string): string => (/[.!?…]$/.test(reason) ? reason : `${reason}.`);
