import { readFileSync } from 'node:fs';
import { ACCOUNT_CURRENCY } from '../../domain/money/funds';
import { formatAmount } from '../../domain/money/money';
import type { CountryPrice, Rates } from '../../services/plivo/plivoPricing';
import { PricesError } from './pricesError';

type Entries = Readonly<Record<string, unknown>>;

const OURS = ['currency', 'prices', 'mms'];
/** What Plivo knows no price of: networks of no country, and all that are not named. */
const NOT_PLIVOS = ['001', '*'];

/**
 * What the file says now; nothing where there is none.
 *
 * @throws PricesError where it is no price list in the account's money
 */
export function readPricesBefore(path: string): Entries {
  const text = textOf(path);
  if (text === null) return {};
  const stays = 'It stays as it is: mend or remove it, or name another with --file.';
  const before = parsed(text);
  if (before === null) throw new PricesError(`${path} is there, and holds no JSON object. ${stays}`, 1);
  const { currency } = before;
  if (currency !== undefined && currency !== ACCOUNT_CURRENCY)
    throw new PricesError(
      `${path} has prices in another currency than ${ACCOUNT_CURRENCY}, in which Plivo has its own. ${stays}`,
      1,
    );
  return before;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new PricesError(`${path} cannot be read (${code}): name a file that can, with PRICES_FILE or --file.`, 1);
  }
}

function parsed(text: string): Entries | null {
  try {
    const value: unknown = JSON.parse(text);
    return isEntries(value) ? value : null;
  } catch {
    return null;
  }
}

const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type MergedPrices = {
  /** As `config/priceList.ts` reads it; what is no price stays as it was. */
  readonly file: Entries;
  /** Countries that Plivo has a price for. */
  readonly found: { readonly sms: number; readonly mms: number };
  /** Those that were asked for and have none, and those whose networks differ. */
  readonly without: readonly string[];
  readonly differing: readonly string[];
};

/** Of a list that is whole, only what Plivo knows nothing of stays; of some countries, all that was not asked for. */
export function mergedPrices(
  before: Entries,
  asked: ReadonlyMap<string, CountryPrice | null>,
  { isWhole, takesDearest }: { readonly isWhole: boolean; readonly takesDearest: boolean },
): MergedPrices {
  const stays = (country: string) => (isWhole ? NOT_PLIVOS.includes(country) : !asked.has(country));
  const priceOf = ({ usual, dearest }: Rates) => (takesDearest ? (dearest ?? usual) : usual);
  const listOf = (entry: 'prices' | 'mms', kind: keyof CountryPrice) => {
    const old = isEntries(before[entry]) ? Object.entries(before[entry]).filter(([country]) => stays(country)) : [];
    const found = [...asked].flatMap(([country, price]): [string, unknown][] => {
      const nanos = price === null ? null : priceOf(price[kind]);
      return nanos === null ? [] : [[country, formatAmount(nanos)]];
    });
    return { count: found.length, list: Object.fromEntries([...old, ...found].sort(byCountry)) };
  };
  const sms = listOf('prices', 'sms');
  const mms = listOf('mms', 'mms');
  const others = Object.entries(before).filter(([entry]) => !OURS.includes(entry));
  return {
    file: {
      currency: ACCOUNT_CURRENCY,
      prices: sms.list,
      ...(Object.keys(mms.list).length === 0 ? {} : { mms: mms.list }),
      ...Object.fromEntries(others),
    },
    found: { sms: sms.count, mms: mms.count },
    without: [...asked]
      .filter(([, price]) => price === null || priceOf(price.sms) === null)
      .map(([country]) => country),
    differing: [...asked]
      .filter(([, price]) => price !== null && price.sms.dearest !== price.sms.usual)
      .map(([country]) => country),
  };
}

/** `*`, which is for all others, behind those that are named. */
const byCountry = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  Number(a === '*') - Number(b === '*') || (a < b ? -1 : 1);
