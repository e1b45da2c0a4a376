import type { Numbers } from '../../../domain/numbers/numberList';
import type { PlanTexts } from '../../../domain/plan/broadcastPlan';
import { isGsm7 } from '../../../domain/text/segments';

/** A text that somebody gets, and who. */
export type SomebodysText = { readonly text: string; readonly segments: number; readonly recipient: string };

/** How far the texts of a personal broadcast are apart. */
export type TextsSpread = {
  /** Different ones. */
  readonly distinct: number;
  readonly shortest: SomebodysText;
  readonly longest: SomebodysText;
  /** In the most parts; of those, the longest. */
  readonly dearest: SomebodysText;
  readonly segments: { readonly min: number; readonly max: number };
  /** UCS-2 as soon as one of them needs it. */
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Texts that need UCS-2. */
  readonly ucs2: number;
};

type Found = { readonly length: number; readonly segments: number; readonly text: number; readonly place: number };

/** Looks at each different text once, in the order in which people come. */
export class TextsSpreadTaker {
  readonly #numbers: Numbers;
  readonly #texts: PlanTexts;
  readonly #seen: Uint8Array;
  #distinct = 0;
  #ucs2 = 0;
  #shortest: Found | null = null;
  #longest: Found | null = null;
  #dearest: Found | null = null;
  #leastSegments = Infinity;

  constructor(numbers: Numbers, texts: PlanTexts) {
    this.#numbers = numbers;
    this.#texts = texts;
    this.#seen = new Uint8Array(texts.distinct);
  }

  /** Those in `leftOut` are told nothing. */
  add(numbers: readonly string[], from: number, leftOut: ReadonlySet<string>): void {
    for (let index = 0; index < numbers.length; index++) {
      if (leftOut.size > 0 && leftOut.has(numbers[index] ?? '')) continue;
      const text = this.#texts.textOf(from + index);
      if (this.#seen[text] === 0) this.#look(text, from + index);
    }
  }

  /** Null where nobody is told anything. */
  result(): TextsSpread | null {
    if (this.#shortest === null || this.#longest === null || this.#dearest === null) return null;
    return {
      distinct: this.#distinct,
      shortest: this.#shown(this.#shortest),
      longest: this.#shown(this.#longest),
      dearest: this.#shown(this.#dearest),
      segments: { min: this.#leastSegments, max: this.#dearest.segments },
      encoding: this.#ucs2 > 0 ? 'UCS-2' : 'GSM-7',
      ucs2: this.#ucs2,
    };
  }

  #look(text: number, place: number): void {
    this.#seen[text] = 1;
    this.#distinct++;
    const written = this.#texts.textAt(text);
    if (!isGsm7(written)) this.#ucs2++;
    const found = { length: written.length, segments: this.#texts.segmentsAt(text), text, place };
    this.#leastSegments = Math.min(this.#leastSegments, found.segments);
    if (this.#shortest === null || found.length < this.#shortest.length) this.#shortest = found;
    if (this.#longest === null || found.length > this.#longest.length) this.#longest = found;
    if (this.#dearest === null || isDearer(found, this.#dearest)) this.#dearest = found;
  }

  #shown({ text, segments, place }: Found): SomebodysText {
    return { text: this.#texts.textAt(text), segments, recipient: this.#numbers.at(place) ?? '' };
  }
}

const isDearer = (a: Found, b: Found): boolean =>
  a.segments > b.segments || (a.segments === b.segments && a.length > b.length);
