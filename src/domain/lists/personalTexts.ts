import type { PersonalMessage } from '../text/personalText';
import { TextsByPlace } from './textsByPlace';

/** What each person of a list is told by a message that has fields. */
export class PersonalTexts extends TextsByPlace {
  readonly message: PersonalMessage;
  #wasAsked = false;
  /** By the fields of the message: somebody has a value for it. */
  readonly #isFilled: boolean[];

  constructor(message: PersonalMessage, seed: number) {
    super(seed);
    this.message = message;
    this.#isFilled = message.fields.map(() => false);
  }

  /** Fields without fallback that nobody has a value for: the message names something that the list does not have. */
  override get unknownFields(): string[] {
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
    this.push(text);
    return null;
  }
}
