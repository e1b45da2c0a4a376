import { randomInt } from 'node:crypto';
import { absurd } from './jsonFaults';

/** More than a list can have columns, and a request fields. */
const MOST_IN_ONE_OBJECT = 200;
/**
 * Keys of all the different shapes of objects together: the engine keeps 250 bytes for each. A shape is a set of keys in an
 * order; objects of a list mostly have the same.
 */
const MOST_IN_SHAPES = 300_000;

const BACKSLASH = 0x5c;
const FNV_PRIME = 0x01000193;

/** The keys of the objects that are open in a JSON text. */
export class KeyStack {
  readonly #bytes: Buffer;
  /** Keys whose hashes are alike cannot be made in advance. */
  readonly #seed = randomInt(0, 2 ** 32);
  readonly #hashes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Of each open object, where its keys begin. */
  readonly #begins: number[] = [];
  readonly #shapes = new Set<number>();
  #inShapes = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  open(): void {
    this.#begins.push(this.#hashes.length);
  }

  /** @throws ServiceError `invalid_request` where objects are of more different shapes than in any honest list */
  close(): void {
    const begin = this.#begins.pop() ?? 0;
    let shape = this.#seed;
    for (let at = begin; at < this.#hashes.length; at++)
      shape = Math.imul(shape ^ (this.#hashes[at] ?? 0), FNV_PRIME) ^ (shape >>> 15);
    if (!this.#shapes.has(shape)) {
      this.#shapes.add(shape);
      this.#inShapes += this.#hashes.length - begin;
      if (this.#inShapes > MOST_IN_SHAPES)
        throw absurd('different sets of fields; give all entries the same in one order');
    }
    this.#hashes.length = this.#starts.length = this.#ends.length = begin;
  }

  /** The key last added, as it is shown. */
  last(): string {
    return this.#textOf(this.#hashes.length - 1);
  }

  /**
   * Adds a key by the place of its string, quotes included; false where its object has it already.
   *
   * @throws ServiceError `invalid_request` where an object has more than any honest one
   */
  add(start: number, end: number): boolean {
    const begin = this.#begins.at(-1) ?? 0;
    const place = this.#hashes.length;
    if (place - begin >= MOST_IN_ONE_OBJECT) throw absurd('fields in one object');
    const hash = this.#hashOf(start, end);
    this.#hashes.push(hash);
    this.#starts.push(start);
    this.#ends.push(end);
    for (let other = begin; other < place; other++)
      if (this.#hashes[other] === hash && this.#textOf(other) === this.#textOf(place)) return false;
    return true;
  }

  /** Of what the string says, however it is written. */
  #hashOf(start: number, end: number): number {
    let hash = this.#seed;
    for (let at = start + 1; at < end - 1; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte === BACKSLASH) return this.#hashOfText(textOf(this.#bytes, start, end));
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    return hash;
  }

  #hashOfText(text: string): number {
    return Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, FNV_PRIME), this.#seed);
  }

  #textOf(place: number): string {
    return textOf(this.#bytes, this.#starts[place] ?? 0, this.#ends[place] ?? 0);
  }
}

/** As it is written where it is no string of JSON: the parser will say so. */
function textOf(bytes: Buffer, start: number, end: number): string {
  const written = bytes.toString('utf8', start, end);
  try {
    return JSON.parse(written) as string;
  } catch {
    return written;
  }
}
