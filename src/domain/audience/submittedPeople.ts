import { writtenPerson, type WrittenPerson } from './listPeople';

const LEAST_CAPACITY = 1024;
const BLOCK = 1000;
/** So many are put in order at once: 10 ms. */
const RUN = 20_000;
const HANDED_OUT = 1000;

/**
 * People as they were submitted, each with the JSON of their values: the digits outside the heap, the values as a few
 * long texts, which take a third of the memory of many short ones.
 */
export class SubmittedPeople {
  #digits = new Float64Array(LEAST_CAPACITY);
  /** Where each one's values end in the block. */
  #ends = new Uint32Array(LEAST_CAPACITY);
  readonly #blocks: string[] = [];
  #open: string[] = [];
  #openLength = 0;
  #length = 0;
  #characters = 0;

  get length(): number {
    return this.#length;
  }

  /** Of all values together, in UTF-16 code units. */
  get characters(): number {
    return this.#characters;
  }

  add(digits: number, valuesJson: string): void {
    if (this.#length === this.#digits.length) this.#grow();
    this.#open.push(valuesJson);
    this.#openLength += valuesJson.length;
    this.#characters += valuesJson.length;
    this.#digits[this.#length] = digits;
    this.#ends[this.#length++] = this.#openLength;
    if (this.#open.length === BLOCK) this.#close();
  }

  /** By their digits, some at a time. Put in order run by run, between which others get their turn, then merged. */
  async *inOrder(nextTurn: () => Promise<void>): AsyncGenerator<WrittenPerson[], void, undefined> {
    if (this.#open.length > 0) this.#close();
    const digits = this.#digits;
    const runs: { readonly places: Uint32Array; taken: number }[] = [];
    for (let from = 0; from < this.#length; from += RUN) {
      const size = Math.min(RUN, this.#length - from);
      const places = Uint32Array.from({ length: size }, (_, at) => from + at);
      runs.push({ places: places.sort((a, b) => (digits[a] ?? 0) - (digits[b] ?? 0)), taken: 0 });
      await nextTurn();
    }
    for (let left = this.#length; left > 0; left -= HANDED_OUT) {
      const some: WrittenPerson[] = [];
      for (let count = Math.min(HANDED_OUT, left); count > 0; count--) {
        let best: (typeof runs)[number] | undefined;
        let least = Infinity;
        for (const run of runs) {
          const head = run.taken < run.places.length ? (digits[run.places[run.taken] ?? 0] ?? 0) : Infinity;
          if (head < least) [best, least] = [run, head];
        }
        if (best !== undefined) some.push(this.#at(best.places[best.taken++] ?? 0));
      }
      yield some;
    }
  }

  #at(place: number): WrittenPerson {
    const start = place % BLOCK === 0 ? 0 : (this.#ends[place - 1] ?? 0);
    const values = this.#blocks[Math.floor(place / BLOCK)]?.slice(start, this.#ends[place] ?? 0) ?? '';
    return writtenPerson(this.#digits[place] ?? 0, values);
  }

  #close(): void {
    this.#blocks.push(this.#open.join(''));
    this.#open = [];
    this.#openLength = 0;
  }

  #grow(): void {
    const digits = new Float64Array(this.#length * 2);
    digits.set(this.#digits);
    this.#digits = digits;
    const ends = new Uint32Array(this.#length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}
