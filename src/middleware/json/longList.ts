import { absurd } from './jsonFaults';

/** Bytes that are parsed before others get their turn: at the worst, of empty objects alone, 20 ms. */
const PIECE = 65_536;
/** Bytes of one entry, with the blanks before it. */
const LONGEST_ENTRY = 131_072;

/** The bytes between two places. */
export type Piece = { readonly from: number; readonly to: number };

/** A list in a field of the outermost object, with the places between its entries at which it can be cut. */
export class LongList {
  readonly #pieces: Piece[] = [];
  #pieceFrom: number;
  #entryFrom: number;
  #entries = 0;

  /** `from`: the byte behind its opening bracket. */
  constructor(
    readonly key: string,
    readonly from: number,
  ) {
    this.#pieceFrom = from;
    this.#entryFrom = from;
  }

  /** In the order in which they stand; commas between them belong to none. */
  get pieces(): readonly Piece[] {
    const isCutAtEnd = this.#pieceFrom > this.to;
    return isCutAtEnd ? this.#pieces : [...this.#pieces, { from: this.#pieceFrom, to: this.to }];
  }

  /** How many entries ended so far. */
  get entries(): number {
    return this.#entries;
  }

  /** In bytes, up to the last entry that ended. */
  get size(): number {
    return this.to - this.from;
  }

  /** Where the last entry ended: of a list that was seen to its end, its closing bracket. */
  get to(): number {
    return Math.max(this.from, this.#entryFrom - 1);
  }

  /** @throws ServiceError `invalid_request` for an entry that is larger than any honest one */
  endEntry(at: number): void {
    if (at - this.#entryFrom > LONGEST_ENTRY) throw absurd(`bytes in entry ${this.#entries} of "${this.key}"`);
    this.#entries++;
    this.#entryFrom = at + 1;
    if (at - this.#pieceFrom < PIECE) return;
    this.#pieces.push({ from: this.#pieceFrom, to: at });
    this.#pieceFrom = at + 1;
  }
}
