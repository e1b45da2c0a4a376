import { getCountries } from 'libphonenumber-js/min';
import { askPrices, type AskDeps } from './askPrices';
import { mergedPrices, readPricesBefore } from './priceFile';
import { PricesError } from './pricesError';
import { replaceFile } from './replaceFile';

export type PricesOptions = AskDeps & {
  readonly path: string;
  /** ISO 3166; null for all there are. */
  readonly countries: readonly string[] | null;
  /** Of networks that differ, the price of the dearest. */
  readonly takesDearest: boolean;
  readonly print: (line: string) => void;
};

const MOST_NAMED = 20;

/**
 * Asks Plivo what a text to each country costs, and writes the file once all have answered.
 *
 * @throws PricesError, or ConfigurationError for what was in the file before and is no price list; it stays as it was
 */
export async function runPrices(options: PricesOptions): Promise<void> {
  const { path, takesDearest, print } = options;
  const before = readPricesBefore(path);
  const countries = options.countries ?? getCountries();
  const asked = await askPrices(options, countries);
  const list = mergedPrices(before, asked, { isWhole: options.countries === null, takesDearest });
  if (list.found.sms === 0)
    throw new PricesError(
      'Plivo has no price for any of the countries, and nothing was written. See that PLIVO_API_URL is right, and that the ' +
        'account may send texts.',
      2,
    );
  replaceFile(path, `${JSON.stringify(list.file, null, 2)}\n`);
  print(
    `Wrote ${path}: prices in USD of texts to ${list.found.sms} countries, of messages with media to ${list.found.mms}.`,
  );
  if (list.without.length > 0) print(`Plivo has none for ${named(list.without)}: a broadcast to them has no estimate.`);
  if (list.differing.length > 0)
    print(
      `Networks differ in ${named(list.differing)}: ` +
        (takesDearest ? 'the dearest counts.' : 'the usual price counts; --dearest takes the highest.'),
    );
}

function named(countries: readonly string[]): string {
  const rest = countries.length - MOST_NAMED;
  return countries.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
