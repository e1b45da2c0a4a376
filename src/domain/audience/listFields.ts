/** So many fields may a list have beside the numbers. */
export const MOST_FIELDS = 50;
const LONGEST_NAME = 64;
/** No text is longer, so nothing longer can stand in one. */
export const LONGEST_VALUE = 1600;

/** Which field is meant, however its name is written. */
export const fieldKey = (name: string): string => name.trim().normalize('NFC').toLowerCase();

/** What is wrong with the name of a field, worded to follow it; null for nothing. */
export function fieldNameProblem(name: string): string | null {
  const bare = name.trim();
  if (bare === '') return 'has no name';
  if (fieldKey(bare) === 'to') return 'has the name that is the number\'s, "to"';
  if (bare.length > LONGEST_NAME) return `has a name of more than ${LONGEST_NAME} characters`;
  return /[{}|\p{Cc}\p{Cs}\ufffd]/u.test(bare) ? 'must not have braces, bars or control characters in its name' : null;
}

/** A value as it is kept; null where it is none. Numbers and truth values of JSON are taken as they are written. */
export function fieldValueOf(value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.trim().normalize('NFC') : null;
}

/** What is wrong with a value, worded to follow the field's name; null for nothing. */
export function fieldValueProblem(value: string): string | null {
  if (value.length > LONGEST_VALUE) return `is longer than ${LONGEST_VALUE} characters`;
  return /[^\P{Cc}\n\r\t]|[\p{Cs}\ufffd]/u.test(value)
    ? 'holds control characters or characters that were lost; send it as UTF-8'
    : null;
}

/** What is wrong with the names of a table's columns, worded to follow the table; null for nothing. */
export function columnsProblem(names: readonly string[]): string | null {
  if (names.length > MOST_FIELDS)
    return `has ${names.length} columns beside the numbers, of which a list may have ${MOST_FIELDS}; leave some out`;
  const seen = new Set<string>();
  for (const name of names) {
    const problem = fieldNameProblem(name) ?? (seen.has(fieldKey(name)) ? 'stands there twice' : null);
    if (problem !== null)
      return `has a column ${JSON.stringify(name.slice(0, LONGEST_NAME))} that ${problem}; rename it, or leave it out`;
    seen.add(fieldKey(name));
  }
  return null;
}

/** The fields of a list in the order in which they came, each as it was first written. */
export class FieldNames {
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.placeOf(name);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** The first of these names that there is no room for; null where all find one. */
  beyond(names: readonly string[]): string | null {
    let room = MOST_FIELDS - this.#names.length;
    return names.find((name) => !this.#places.has(fieldKey(name)) && room-- === 0) ?? null;
  }

  /** The place of the field, which is new where nobody had it. */
  placeOf(name: string): number {
    const key = fieldKey(name);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#names.length);
    return this.#names.push(name.trim().normalize('NFC')) - 1;
  }
}
