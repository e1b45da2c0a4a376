import { digitsAsNumber } from './numberSet';

/** Phone numbers in E.164 form, in order. An array of strings is one; a `NumberList` takes a tenth of the memory. */
export type Numbers = {
  readonly length: number;
  slice(from: number, to: number): readonly string[];
  at(index: number): string | undefined;
};

const LEAST_CAPACITY = 1024;

/** Phone numbers kept as numbers, outside the heap: 8 bytes each, where a string takes 32 and more. */
export class NumberList implements Numbers {
  #digits: Float64Array;
  #length = 0;

  /** `expected` spares growing. */
  constructor({ expected = 0 }: { expected?: number } = {}) {
    this.#digits = new Float64Array(Math.max(LEAST_CAPACITY, expected));
  }

  get length(): number {
    return this.#length;
  }

  push(number: string): void {
    this.pushDigits(digitsAsNumber(number));
  }

  /** As `digitsAsNumber` reads them. */
  pushDigits(digits: number): void {
    if (this.#length === this.#digits.length) {
      const larger = new Float64Array(this.#digits.length * 2);
      larger.set(this.#digits);
      this.#digits = larger;
    }
    this.#digits[this.#length++] = digits;
  }

  slice(from: number, to: number): string[] {
    const numbers: string[] = [];
    for (let i = Math.max(0, from); i < Math.min(to, this.#length); i++) numbers.push(`+${this.#digits[i] ?? 0}`);
    return numbers;
  }

  at(index: number): string | undefined {
    return index >= 0 && index < this.#length ? `+${this.#digits[index] ?? 0}` : undefined;
  }
}

/** Some of a list's numbers, in its order, kept as their places: 4 bytes each. */
export class Selection implements Numbers {
  readonly #all: Numbers;
  #places = new Int32Array(LEAST_CAPACITY);
  #length = 0;

  constructor(all: Numbers) {
    this.#all = all;
  }

  get length(): number {
    return this.#length;
  }

  /** `place`: behind all that are selected already. */
  add(place: number): void {
    if (this.#length === this.#places.length) {
      const larger = new Int32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#length++] = place;
  }

  slice(start: number, to: number): readonly string[] {
    const from = Math.max(0, start);
    const end = Math.min(to, this.#length);
    if (end <= from) return [];
    const [first, last] = [this.placeAt(from), this.placeAt(end - 1)];
    // Neighbours there, too: most lists are one group.
    if (last - first === end - from - 1) return this.#all.slice(first, last + 1);
    const numbers: string[] = [];
    for (let i = from; i < end; i++) numbers.push(this.#all.at(this.placeAt(i)) ?? '');
    return numbers;
  }

  at(index: number): string | undefined {
    return index >= 0 && index < this.#length ? this.#all.at(this.placeAt(index)) : undefined;
  }

  /** Where the one at the index stands in the whole list. */
  placeAt(index: number): number {
    return this.#places[index] ?? 0;
  }
}

/** The numbers from one place to another, read from `all` when they are needed. */
export const viewOf = (all: Numbers, from: number, to: number): Numbers => ({
  length: to - from,
  slice: (start, end) => all.slice(from + Math.max(0, start), Math.min(from + end, to)),
  at: (index) => (index >= 0 && index < to - from ? all.at(from + index) : undefined),
});

/** All at once: for lists that are known to be short. */
export const everyNumber = (numbers: Numbers): readonly string[] => numbers.slice(0, numbers.length);
