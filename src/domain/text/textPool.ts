import { measureText } from './segments';

const CHUNK_BYTES = 4 * 1024 ** 2;
/** A text of 1,600 UTF-16 code units, as UTF-8. */
const LONGEST_TEXT = 1600 * 3;
const LEAST_CAPACITY = 1024;

/**
 * Texts, each once, kept as bytes outside the heap: a million of 60 characters take 110 MB, where a `Map` of the strings
 * takes 250 MB on the heap for the collector to walk.
 */
export class TextPool {
  readonly #seed: number;
  readonly #chunks: Buffer[] = [];
  #used = CHUNK_BYTES;
  #size = 0;
  #at = new Float64Array(LEAST_CAPACITY);
  #bytes = new Uint16Array(LEAST_CAPACITY);
  #hashes = new Int32Array(LEAST_CAPACITY);
  #segments = new Uint8Array(LEAST_CAPACITY);
  /** Places of texts, one higher, by their hashes; 0 is free. At most half full. */
  #slots = new Int32Array(LEAST_CAPACITY * 2);

  /** `seed`: any integer not known outside; see `NumberSet`. */
  constructor({ seed = 0 }: { seed?: number } = {}) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** The place of the text, which is the next one where it was not there before. At most 1,600 UTF-16 code units. */
  add(text: string): number {
    const hash = hashOf(text, this.#seed);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      if (this.#hashes[place - 1] === hash && this.textAt(place - 1) === text) return place - 1;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#size + 1;
    this.#append(text, hash);
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return this.#size - 1;
  }

  textAt(place: number): string {
    const at = this.#at[place] ?? 0;
    const from = at % CHUNK_BYTES;
    return (this.#chunks[(at - from) / CHUNK_BYTES] ?? EMPTY).toString('utf8', from, from + (this.#bytes[place] ?? 0));
  }

  /** The parts it is sent in. */
  segmentsAt(place: number): number {
    return this.#segments[place] ?? 0;
  }

  #append(text: string, hash: number): void {
    if (this.#used + LONGEST_TEXT > CHUNK_BYTES) {
      this.#chunks.push(Buffer.allocUnsafe(CHUNK_BYTES));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1) ?? EMPTY;
    const written = chunk.write(text, this.#used);
    if (this.#size === this.#at.length) this.#growTexts();
    this.#at[this.#size] = (this.#chunks.length - 1) * CHUNK_BYTES + this.#used;
    this.#bytes[this.#size] = written;
    this.#hashes[this.#size] = hash;
    this.#segments[this.#size] = measureText(text).segments;
    this.#used += written;
    this.#size++;
  }

  #growTexts(): void {
    const capacity = this.#at.length * 2;
    this.#at = grown(this.#at, new Float64Array(capacity));
    this.#bytes = grown(this.#bytes, new Uint16Array(capacity));
    this.#hashes = grown(this.#hashes, new Int32Array(capacity));
    this.#segments = grown(this.#segments, new Uint8Array(capacity));
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let place = 0; place < this.#size; place++) {
      let slot = (this.#hashes[place] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
    }
    this.#slots = slots;
  }
}

const EMPTY = Buffer.alloc(0);

function grown<T extends { set(array: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

function hashOf(text: string, seed: number): number {
  const odd = (seed << 1) ^ 0x01000193;
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), odd);
    hash ^= hash >>> 15;
  }
  return hash ^ (hash >>> 13);
}
