import type { CheckedRecipients } from '../../domain/lists/recipientList';
import { TextsByPlace } from '../../domain/lists/textsByPlace';
import { NumberList } from '../../domain/numbers/numberList';
import { NumberSet } from '../../domain/numbers/numberSet';
import { nameOf, type Origin, type OriginAt, type OriginOf } from '../../domain/plan/senders';
import type { NewRetry } from '../../store/accepting/retryTaking';
import type { RetryCandidate, RetrySource } from '../../store/reading/retryStore';

const LEAST_CAPACITY = 1024;

/**
 * Those of a broadcast who are texted anew, kept outside the heap: 20 bytes each, and what each is told where that is
 * something of their own.
 */
export class RetriedPeople {
  readonly #seen = new NumberSet();
  readonly #numbers = new NumberList();
  readonly #texts: TextsByPlace | null;
  readonly #origins = new Origins();
  /** Of everybody, also of a phone that stands there twice: batch and position in turns. */
  #places = new Int32Array(LEAST_CAPACITY);
  #people = 0;

  constructor({ isPersonal }: Pick<RetrySource, 'isPersonal'>) {
    this.#texts = isPersonal ? new TextsByPlace(0) : null;
  }

  add({ number, batch, position, text, origin }: RetryCandidate, { text: common }: Pick<RetrySource, 'text'>): void {
    this.#addPlace(batch, position);
    if (!this.#seen.add(number)) return;
    this.#numbers.push(number);
    this.#texts?.push(text ?? common);
    this.#origins.push(origin);
  }

  /** As a request has them. */
  recipients(): CheckedRecipients {
    return {
      submitted: this.#people,
      valid: this.#numbers,
      duplicates: this.#people - this.#numbers.length,
      invalid: [],
      invalidCount: 0,
      texts: this.#texts,
      spelledOtherwise: { count: 0, entries: [] },
    };
  }

  /** Where they stand in their broadcast. */
  places(): NewRetry['people'] {
    const placeAt = (person: number) => ({
      batch: this.#places[2 * person] ?? 0,
      position: this.#places[2 * person + 1] ?? 0,
    });
    return {
      length: this.#people,
      slice: (from, to) =>
        Array.from({ length: Math.min(to, this.#people) - from }, (_, index) => placeAt(from + index)),
    };
  }

  /** Whom each text came from, where that is not what the broadcast says. */
  originAt(place: number): Origin | null {
    return this.#origins.at(place);
  }

  #addPlace(batch: number, position: number): void {
    if (2 * this.#people === this.#places.length) {
      const larger = new Int32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[2 * this.#people] = batch;
    this.#places[2 * this.#people + 1] = position;
    this.#people++;
  }
}

/** Everybody's text comes from whom it came from before: as its batch says, or else the broadcast. */
export const originsOf =
  (people: RetriedPeople, { origin }: RetrySource, configured: OriginOf): OriginAt =>
  (number, place) =>
    people.originAt(place) ?? origin ?? configured(number);

/** A few origins of many people: which of them each has. */
class Origins {
  readonly #known: Origin[] = [];
  readonly #placeOf = new Map<string, number>();
  /** One more than its place in the list of those that are known; 0 for none. */
  #which = new Uint16Array(LEAST_CAPACITY);
  #people = 0;

  push(origin: Origin | null): void {
    if (this.#people === this.#which.length) {
      const larger = new Uint16Array(this.#which.length * 2);
      larger.set(this.#which);
      this.#which = larger;
    }
    this.#which[this.#people++] = origin === null ? 0 : this.#numberOf(origin);
  }

  /** The same one is always the same object. */
  at(person: number): Origin | null {
    return this.#known[(this.#which[person] ?? 0) - 1] ?? null;
  }

  #numberOf(origin: Origin): number {
    const name = `${'sender' in origin ? 'sender' : 'powerpack'} ${nameOf(origin)}`;
    const known = this.#placeOf.get(name) ?? this.#known.push(origin);
    this.#placeOf.set(name, known);
    return known;
  }
}
