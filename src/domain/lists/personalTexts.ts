import type { PersonalMessage } from '../text/personalText';
import { TextPool } from '../text/textPool';

const LEAST_CAPACITY = 1024;

/** What each person of a list is told, by their place in the list. Who is told the same has the same text. */
export class PersonalTexts {
  readonly message: PersonalMessage;
  readonly #pool: TextPool;
  #textOf = new Int32Array(LEAST_CAPACITY);
  #people = 0;
  #wasAsked = false;
  /** By the fields of the message: somebody has a value for it. */
  readonly #isFilled: boolean[];

  constructor(message: PersonalMessage, seed: number) {
    this.message = message;
    this.#pool = new TextPool({ seed });
    this.#isFilled = message.fields.map(() => false);
  }

  /** Different ones. */
  get distinct(): number {
    return this.#pool.size;
  }

  /** Fields without fallback that nobody has a value for: the message names something that the list does not have. */
  get unknownFields(): string[] {
    if (!this.#wasAsked) return [];
    return this.message.fields
      .filter(({ hasFallback }, place) => !hasFallback && this.#isFilled[place] === false)
      .map(({ name }) => name);
  }

  /** The next person's; returns what is wrong where there is none that could be sent, and adds nobody. */
  add(values: readonly (string | null)[]): string | null {
    this.#wasAsked = true;
    for (let field = 0; field < this.#isFilled.length; field++)
      if (this.#isFilled[field] === false && (values[field] ?? '') !== '') this.#isFilled[field] = true;
    const { text, problem } = this.message.render(values);
    if (problem !== null) return problem;
    if (this.#people === this.#textOf.length) {
      const larger = new Int32Array(this.#textOf.length * 2);
      larger.set(this.#textOf);
      this.#textOf = larger;
    }
    this.#textOf[this.#people++] = this.#pool.add(text);
    return null;
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
