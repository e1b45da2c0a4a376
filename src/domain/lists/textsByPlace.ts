import { TextPool } from '../text/textPool';

const LEAST_CAPACITY = 1024;

/** What each person of a list is told, by their place in the list. Who is told the same has the same text. */
export class TextsByPlace {
  readonly #pool: TextPool;
  #textOf = new Int32Array(LEAST_CAPACITY);
  #people = 0;

  /** `seed`: see `TextPool`. */
  constructor(seed: number) {
    this.#pool = new TextPool({ seed });
  }

  /** Different ones. */
  get distinct(): number {
    return this.#pool.size;
  }

  /** Fields that the message names and the list does not have. */
  get unknownFields(): readonly string[] {
    return [];
  }

  /** The next person's. */
  push(text: string): void {
    if (this.#people === this.#textOf.length) {
      const larger = new Int32Array(this.#textOf.length * 2);
      larger.set(this.#textOf);
      this.#textOf = larger;
    }
    this.#textOf[this.#people++] = this.#pool.add(text);
  }

  /** Which text the person at the place gets. */
  textOf(place: number): number {
    return this.#textOf[place] ?? 0;
  }

  /** One of the different texts. */
  textAt(text: number): string {
    return this.#pool.textAt(text);
  }

  /** The parts that it is sent in. */
  segmentsAt(text: number): number {
    return this.#pool.segmentsAt(text);
  }
}
