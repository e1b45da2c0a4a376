import { isSupportedCountry } from 'libphonenumber-js/min';
import { ConfigurationError, readPlivoAccess } from '../../config/env';
import { realTimers } from '../composing/realTimers';
import { createPlivoService } from '../services/plivo/plivoService';
import { PricesError } from './prices/pricesError';
import { runPrices } from './prices/runPrices';
import { complaint, FLAG, readOptions, TEXT, UsageError } from './terminal/commandLine';

const HELP = `Writes PRICES_FILE from what the Plivo account pays for a text to each country.

  --file PATH        the file, instead of PRICES_FILE
  --countries US,GB  these only; what the file says of others stays
  --dearest          where the networks of a country differ, what the dearest costs
  --help             this text

Exit 0: written; 1: something is wrong with the configuration or the file; 2: Plivo could not be asked. The file is written as a
whole or stays as it was.
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { file: TEXT, countries: TEXT, dearest: FLAG });
  if (flags === null) return;
  const access = readPlivoAccess();
  const path = flags.file ?? access.PRICES_FILE;
  if (path === undefined)
    throw new UsageError('There is no file to write: set PRICES_FILE, or name one with --file PATH.');
  const plivo = createPlivoService({
    authId: access.PLIVO_AUTH_ID,
    authToken: access.PLIVO_AUTH_TOKEN,
    apiUrl: access.PLIVO_API_URL,
    timeoutMs: access.PLIVO_TIMEOUT_MS,
    timers: realTimers,
  });
  const countries = flags.countries === undefined ? null : countriesIn(flags.countries);
  try {
    const print = (line: string) => console.log(line);
    await runPrices({ plivo, timers: realTimers, path, countries, takesDearest: flags.dearest === true, print });
  } finally {
    plivo.close();
  }
}

/** @throws UsageError */
function countriesIn(text: string): string[] {
  const countries = text.split(',').map((country) => country.trim().toUpperCase());
  const unknown = countries.find((country) => !isSupportedCountry(country));
  if (unknown === undefined) return [...new Set(countries)];
  throw new UsageError(`--countries must be two letters each (ISO 3166), such as US,GB; "${unknown}" is no country.`);
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigurationError ? new UsageError(error.message) : error;
  console.error(complaint(told, HELP));
  process.exitCode = error instanceof PricesError ? error.exitCode : 1;
});
