import { readFileSync } from 'node:fs';
import { parseAmount } from '../src/domain/money/money';
import type { PriceList } from '../src/domain/money/prices';
import { ConfigurationError } from './env';

const ENTRIES = ['currency', 'prices', 'mms', 'carrierFees', 'mmsCarrierFees'];
const EXAMPLE = '{ "currency": "USD", "prices": { "US": "0.0055", "*": "0.05" } }';

/** A file that is wrong from end to end must not fill the log. */
const MAX_FAULTS = 10;
const MAX_QUOTED = 20;

/**
 * The price list in a file such as
 * `{ "currency": "USD", "prices": { "US": "0.0055", "GB": 0.04, "*": "0.05" }, "mms": { "US": "0.016" } }`:
 * `prices` per segment, `mms` (which may be left out) per message, each price as decimal text or number. `carrierFees` and
 * `mmsCarrierFees` may stand beside them: what carriers charge on top of each.
 *
 * @throws ConfigurationError listing the faults of the file with their remedies
 */
export function readPriceList(path: string): PriceList {
  const file = parseObject(readText(path));
  const faults: string[] = [];
  const strange = Object.keys(file).filter((name) => !ENTRIES.includes(name));
  faults.push(
    ...strange.map((name) => `has the entry ${quote(name)}; only ${ENTRIES.map(quote).join(', ')} may be there`),
  );
  const currency = readCurrency(file['currency'], faults);
  const sms = readPrices('prices', file['prices'], faults);
  const optional = (entry: string) =>
    file[entry] === undefined ? new Map<string, number>() : readPrices(entry, file[entry], faults);
  const mms = optional('mms');
  const fees = { sms: optional('carrierFees'), mms: optional('mmsCarrierFees') };
  if (faults.length > 0) refuse(faults);
  return { currency, sms, mms, ...(fees.sms.size + fees.mms.size === 0 ? {} : { fees }) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return refuse([`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); name a readable file`]);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const file = parseJson(text);
  return isObject(file) ? file : refuse([`holds no JSON object; write it as ${EXAMPLE}`]);
}

function parseJson(text: string): unknown {
  try {
    // Editors on Windows put a byte order mark first.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the file.
    return refuse([`is not JSON; write it as ${EXAMPLE}`]);
  }
}

function readCurrency(value: unknown, faults: string[]): string {
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return value;
  faults.push('"currency" must be three capital letters such as "USD"');
  return '';
}

function readPrices(entry: string, value: unknown, faults: string[]): Map<string, number> {
  const prices = new Map<string, number>();
  if (!isObject(value) || Object.keys(value).length === 0) {
    faults.push(`"${entry}" must hold a price for each country such as { "US": "0.0055", "*": "0.05" }`);
    return prices;
  }
  for (const [country, price] of Object.entries(value)) {
    const countryFault = faultOfCountry(country);
    if (countryFault !== null) faults.push(`"${entry}" has the country ${quote(country)}; ${countryFault}`);
    const nanos = nanosOf(price);
    if (nanos === null) {
      faults.push(
        `"${entry}": the price of ${quote(country)} must be a decimal number such as "0.0055", up to 9007199`,
      );
    } else {
      prices.set(country, nanos);
    }
  }
  return prices;
}

/** Some codes look right and would never be found: "UK", whose ISO code is "GB". */
function faultOfCountry(country: string): string | null {
  if (country === '*' || country === '001') return null;
  if (!/^[A-Z]{2}$/.test(country)) {
    return 'write its two capital letters such as "GB", "001" for networks of no country, or "*" for all others';
  }
  const { region } = new Intl.Locale('und', { region: country });
  return region === country ? null : `write "${region ?? ''}"`;
}

/** `toFixed`, as a number below a millionth would turn into text with an exponent. */
function nanosOf(price: unknown): number | null {
  if (typeof price === 'number') return parseAmount(price.toFixed(9));
  return typeof price === 'string' ? parseAmount(price.trim()) : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(name: string): string {
  return JSON.stringify(name.length > MAX_QUOTED ? `${name.slice(0, MAX_QUOTED)}…` : name);
}

function refuse(faults: readonly string[]): never {
  const shown = faults.slice(0, MAX_FAULTS);
  const rest = faults.length - shown.length;
  if (rest > 0) shown.push(`has ${rest} more faults; correct these first`);
  throw new ConfigurationError(shown.map((fault) => `PRICES_FILE: ${fault}`));
}
