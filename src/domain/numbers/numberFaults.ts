import type { LooseNumber } from './looseNumber';
import { callingCodeOf, type NumberingPlan } from './numberingPlan';

const MAX_DIGITS = 15;
const NORTH_AMERICA = '1';

/** How the number was to be read: by which country, and whether it would be one with a "+" before it. */
type Asked = { readonly country: string | null; readonly lacksPlus: boolean };

/** Why digits are no number, and what to change. The number itself is not repeated: reasons end up in logs. */
export function faultOf(plan: NumberingPlan, { digits, isInternational }: LooseNumber, asked: Asked): string {
  if (!isInternational) return nationalFault(asked);
  const code = callingCodeOf(plan, digits);
  if (code === null) return 'has an unknown country code; write "+", the country code, then the number';
  const national = digits.slice(code.length);
  const known = plan.codes.get(code);
  if (known === undefined) return 'has an unknown country code; write "+", the country code, then the number';
  return lengthFault(code, national, known.lengths) ?? digitFault(code, national);
}

function nationalFault({ country, lacksPlus }: Asked): string {
  if (lacksPlus && country === null)
    return 'lacks the "+" before its country code; write "+" before it, or say by defaultCountry whose numbers they are';
  if (country !== null)
    return `is no number of ${country}, by which numbers without a country code are read; write "+" and the country code`;
  return 'has no country code; write "+" and the country code before it, such as "+14155550100", or set defaultCountry';
}

function lengthFault(code: string, national: string, mask: number): string | null {
  const possible = Array.from({ length: MAX_DIGITS + 1 - code.length }, (_, n) => n).filter((n) => (mask >>> n) & 1);
  if (possible.includes(national.length)) return null;
  const least = possible[0] ?? 0;
  const most = possible.at(-1) ?? 0;
  const words = `${inWords(possible, least, most)} digits after the country code`;
  if (national.length < least) return `is too short for +${code} (${words})`;
  if (national.length > most) return `is too long for +${code} (${words})`;
  return `has a wrong length for +${code} (${words})`;
}

/** The length is possible, so that it is the beginning which is not. */
function digitFault(code: string, national: string): string {
  const [first, exchange] = [national.charAt(0), national.charAt(3)];
  if (code !== NORTH_AMERICA) return `begins with a ${first} after +${code}, as no number does there`;
  return first < '2'
    ? `has an area code that begins with ${first}; those of +1 begin with 2 to 9`
    : `has an exchange (its fourth digit after +1) that begins with ${exchange}; those of +1 begin with 2 to 9`;
}

/** [10] is "10", [4, 5, 6] is "4 to 6", [7, 9, 10] is "7, 9 or 10". */
function inWords(lengths: readonly number[], least: number, most: number): string {
  if (lengths.length <= 1) return String(least);
  if (lengths.length > 2 && most - least === lengths.length - 1) return `${least} to ${most}`;
  return `${lengths.slice(0, -1).join(', ')} or ${most}`;
}
