const LEAST_CAPACITY = 1024;
const ZERO = 0x30;

/**
 * A set of phone numbers, each "+" and 1 to 15 digits of which the first is not 0; anything else gives nonsense.
 *
 * They are kept as numbers in one flat table (open addressing, at most half full). A million take 17 MB outside the
 * heap and 80 to 120 ms when the size is known beforehand, 180 to 300 ms when the table grows. A `Set` of the same
 * strings takes 400 to 570 ms, as it hashes each string first, and 21 MB on the heap for the collector to walk (Node
 * 20, two cores).
 */
export class NumberSet {
  readonly #seed: number;
  #slots: Float64Array;
  #size = 0;

  /**
   * `expected` spares growing. `seed`, any 32-bit integer not known outside, keeps a caller from choosing numbers
   * that all fall into one place, so that each one added walks past all the others.
   */
  constructor({ expected = 0, seed = 0 }: { expected?: number; seed?: number } = {}) {
    let capacity = LEAST_CAPACITY;
    while (capacity < expected * 2) capacity *= 2;
    this.#slots = new Float64Array(capacity);
    this.#seed = seed;
  }

  /** How many different numbers are in the set. */
  get size(): number {
    return this.#size;
  }

  /** True when the number was not in the set before. */
  add(value: string): boolean {
    return this.addDigits(digitsAsNumber(value));
  }

  /** As `add`, with what `digitsAsNumber` reads. */
  addDigits(number: number): boolean {
    const slot = slotOf(this.#slots, number, this.#seed);
    if (this.#slots[slot] === number) return false;
    this.#slots[slot] = number;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#slots = doubled(this.#slots, this.#seed);
    return true;
  }

  /** Whether the number is in the set. */
  has(value: string): boolean {
    const number = digitsAsNumber(value);
    return this.#slots[slotOf(this.#slots, number, this.#seed)] === number;
  }
}

/**
 * The digits of an E.164 number as a number, without allocating. Nothing is lost: 15 digits stay below 2^53, and no
 * country code starts with 0.
 */
export function digitsAsNumber(value: string): number {
  let digits = 0;
  for (let i = 1; i < value.length; i++) digits = digits * 10 + (value.charCodeAt(i) - ZERO);
  return digits;
}

/** Where the number is, or the empty slot where it belongs. 0 marks an empty slot. */
function slotOf(slots: Float64Array, number: number, seed: number): number {
  const mask = slots.length - 1;
  let slot = hash(number, seed) & mask;
  while (slots[slot] !== 0 && slots[slot] !== number) slot = (slot + 1) & mask;
  return slot;
}

/** The seed makes the two odd multipliers, so that which numbers collide depends on it; the rest spreads the bits. */
function hash(number: number, seed: number): number {
  const high = Math.imul((number / 2 ** 32) | 0, (seed << 1) ^ 0x85ebca6b);
  const mixed = Math.imul(number | 0, (seed << 1) ^ 0x9e3779b1) ^ high;
  const spread = Math.imul(mixed ^ (mixed >>> 16), 0xc2b2ae35);
  return spread ^ (spread >>> 15);
}

function doubled(slots: Float64Array, seed: number): Float64Array {
  const larger = new Float64Array(slots.length * 2);
  for (const number of slots) if (number !== 0) larger[slotOf(larger, number, seed)] = number;
  return larger;
}
