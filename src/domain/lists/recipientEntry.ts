import { isPhoneName, NUMBER_NAMES } from '../columns/columnNames';
import { placesOfFields } from './fieldNames';
import type { FieldValues } from './recipientList';

/** An entry of JSON that is an object, taken apart; `problem` is worded to follow the entry's name. */
export type ReadEntry =
  | { readonly number: unknown; readonly values: FieldValues; readonly problem: null }
  | { readonly number: null; readonly values: null; readonly problem: string };

export type EntryReader = {
  /** `{ "to": "+14155550101", "name": "Ann" }`. */
  read(entry: object): ReadEntry;
  /** Some of the keys that there were: what a message may have as fields. */
  knownKeys(): readonly string[];
};

const MOST_KEYS = 100;
const NONE: FieldValues = [];

/** `fields`: those of the message, none where it has none. `column`: the key of the number, where it is said. */
export function createEntryReader(fields: readonly string[], column: string | null = null): EntryReader {
  let keys: readonly string[] = [];
  let places: ReturnType<typeof placesOfFields> = placesOfFields(fields, keys);
  let isNew = true;

  /** Most entries of a list have the same keys in the same order. */
  function learn(found: readonly string[]): void {
    if (!isNew && found.length === keys.length && found.every((key, place) => key === keys[place])) return;
    isNew = false;
    keys = found;
    places = placesOfFields(fields, keys);
  }

  function valuesOf(entry: Readonly<Record<string, unknown>>): FieldValues | string {
    if (fields.length === 0) return NONE;
    learn(Object.keys(entry).slice(0, MOST_KEYS));
    if (places.ambiguous !== null) return `has several fields that {{${places.ambiguous}}} may mean`;
    const values: (string | null)[] = [];
    for (const place of places.places) {
      const value = place === null ? null : entry[keys[place] ?? ''];
      if (value === null || value === undefined) values.push(null);
      else if (typeof value === 'string') values.push(value);
      else if (typeof value === 'number' || typeof value === 'boolean') values.push(String(value));
      else return `has the field "${keys[place ?? 0]?.slice(0, 64)}", which is no text`;
    }
    return values;
  }

  return {
    read(entry) {
      const number = numberOf(entry as Readonly<Record<string, unknown>>, column);
      if (typeof number === 'string' && number !== '') {
        const values = valuesOf(entry as Readonly<Record<string, unknown>>);
        return typeof values === 'string' ? faulty(values) : { number, values, problem: null };
      }
      return faulty(number === SEVERAL ? SEVERAL_NUMBERS : NO_NUMBER);
    },
    knownKeys: () => keys,
  };
}

/** What is wrong with an object, worded to follow the entry's name. */
export const SEVERAL_NUMBERS = 'has several fields that may hold the number; name it "to"';
export const NO_NUMBER = 'has no number; name it "to", such as { "to": "+14155550100", "name": "Ann" }';

const faulty = (problem: string): ReadEntry => ({ number: null, values: null, problem });

/** Several keys may be meant. */
export const SEVERAL = Symbol('several');

/** What stands under the key of the number: `column`, or one of ours, or else the only one that is called as numbers are. */
export function numberOf(entry: Readonly<Record<string, unknown>>, column: string | null): unknown {
  const key = numberKeyOf(entry, column);
  return typeof key === 'string' ? entry[key] : key;
}

/** As `numberOf`, the key itself; undefined where there is none. */
export function numberKeyOf(
  entry: Readonly<Record<string, unknown>>,
  column: string | null,
): string | typeof SEVERAL | undefined {
  const has = (name: string) => Object.hasOwn(entry, name) && entry[name] !== null;
  if (column !== null) return has(column) ? column : undefined;
  const own = has('to') ? 'to' : NUMBER_NAMES.find(has);
  if (own !== undefined) return own;
  const named = Object.keys(entry)
    .slice(0, MOST_KEYS)
    .filter((key) => has(key) && entry[key] !== '' && isPhoneName(key));
  return named.length > 1 ? SEVERAL : named[0];
}
