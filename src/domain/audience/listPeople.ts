/** Somebody's values in the order of the list's fields: '' for none, null where nothing was said of it. */
export type FieldValues = readonly (string | null)[];

/** Somebody on a list. `digits`: as `digitsAsNumber` reads the number. */
export type Person = { readonly digits: number; readonly values: FieldValues };

/** Somebody as they stand in a chunk: the digits, or an array of them and the values. */
export type WrittenPerson = { readonly digits: number; readonly json: string };

/** Part of a list, to be written at once: whoever's digits are from `from` on, up to where the next one begins. */
export type Chunk = { readonly from: number; readonly people: string };

/** A chunk is read and written as a whole whenever one of its people changes: 1 ms. */
const PEOPLE_IN_CHUNK = 500;
const CHARACTERS_IN_CHUNK = 64 * 1024;

/** `valuesJson`: an array, or '' for nobody's values. */
export const writtenPerson = (digits: number, valuesJson: string): WrittenPerson => ({
  digits,
  json: valuesJson === '' ? String(digits) : `[${digits},${valuesJson.slice(1)}`,
});

/** '' for values that say nothing. */
export const writtenValues = (values: FieldValues): string =>
  values.every((value) => value === null) ? '' : JSON.stringify(values);

export const written = ({ digits, values }: Person): WrittenPerson => writtenPerson(digits, writtenValues(values));

type Written = number | [digits: number, ...values: (string | null)[]];

export const readChunk = (people: string): Person[] => (JSON.parse(people) as Written[]).map(personOf);

export const readPerson = ({ json }: WrittenPerson): Person => personOf(JSON.parse(json) as Written);

function personOf(entry: Written): Person {
  if (typeof entry === 'number') return { digits: entry, values: NO_VALUES };
  const [digits, ...values] = entry;
  return { digits, values };
}

const NO_VALUES: FieldValues = [];

/** Where the range of the first chunk begins, and how large chunks are. */
export type ChunkOptions = { readonly from: number; readonly people?: number; readonly characters?: number };

/** Cuts people, in the order of their digits, into chunks. */
export class ChunkCutter {
  readonly #options: Required<ChunkOptions>;
  #isFirst = true;
  #first = 0;
  #open: string[] = [];
  #characters = 0;

  constructor(options: ChunkOptions) {
    this.#options = { people: PEOPLE_IN_CHUNK, characters: CHARACTERS_IN_CHUNK, ...options };
  }

  /** The chunk that is full now; null while there is none. */
  add({ digits, json }: WrittenPerson): Chunk | null {
    if (this.#open.length === 0) this.#first = digits;
    this.#open.push(json);
    this.#characters += json.length;
    const { people, characters } = this.#options;
    return this.#open.length >= people || this.#characters >= characters ? this.end() : null;
  }

  /** What is left; null for nothing. */
  end(): Chunk | null {
    if (this.#open.length === 0) return null;
    const chunk = { from: this.#isFirst ? this.#options.from : this.#first, people: `[${this.#open.join(',')}]` };
    this.#isFirst = false;
    this.#open = [];
    this.#characters = 0;
    return chunk;
  }
}

/** A chunk whose people have changed: itself, or, where it has grown to twice its size, parts that are alike. */
export function chunksAnew(from: number, people: readonly Person[]): Chunk[] {
  const all = people.map(written);
  const characters = all.reduce((sum, { json }) => sum + json.length, 0);
  const isLarge = all.length > 2 * PEOPLE_IN_CHUNK || characters > 2 * CHARACTERS_IN_CHUNK;
  const parts = isLarge ? Math.ceil(Math.max(all.length / PEOPLE_IN_CHUNK, characters / CHARACTERS_IN_CHUNK)) : 1;
  const cutter = new ChunkCutter({ from, people: Math.ceil(all.length / parts), characters: Infinity });
  return [...all.map((person) => cutter.add(person)), cutter.end()].filter((chunk) => chunk !== null);
}

/** What is said of somebody goes before what was known, field by field. `places`: where each said value belongs. */
export function mergedValues(known: FieldValues, said: FieldValues, places: readonly number[]): FieldValues {
  const values = [...known];
  for (const [at, value] of said.entries()) {
    const place = places[at] ?? at;
    if (value === null) continue;
    while (values.length < place) values.push(null);
    values[place] = value;
  }
  return values;
}
