import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
// "min" holds the same possible lengths as "max" at half the size: what it lacks are lengths per type of line.
import minified from 'libphonenumber-js/metadata.min.json';
import type { NumberingPlan } from '../../domain/numbers/phoneNumber';

/**
 * Possible lengths for each of the 215 calling codes, international networks and freephone (800, 870, 881 …)
 * included. Loading and building takes 45 ms.
 *
 * Countries that share a code are judged by its main country, as `isPossiblePhoneNumber` does. A union would differ
 * for one code only, and for the worse: Canada's seven-digit service numbers, which cannot be reached from abroad,
 * would let every +1 number pass that has lost its last three digits.
 */
export function loadNumberingPlan(): NumberingPlan {
  const json = minified as unknown as MetadataJson;
  const metadata = new Metadata(json);
  const callingCodes = [...Object.keys(json.country_calling_codes), ...Object.keys(json.nonGeographic)];
  return new Map(callingCodes.map((code) => [code, lengthMask(metadata, code)]));
}

function lengthMask(metadata: Metadata, callingCode: string): number {
  // The type names country codes only; calling codes are taken as well and mean the code's main country.
  metadata.selectNumberingPlan(callingCode as CountryCode);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  return lengths.reduce((mask, length) => mask | (1 << length), 0);
}
