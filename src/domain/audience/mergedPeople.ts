import { mergedValues, readPerson, written, type Person, type WrittenPerson } from './listPeople';

/** What came of adding people: those who are new, and those who were on the list. */
export type Tally = { added: number; updated: number };

const HANDED_OUT = 1000;

/**
 * The people of a list and those who are added to it, all in the order of their digits. What is said of somebody goes
 * before what was known, field by field. `places`: where each value of those who are added belongs among the list's.
 */
export async function* mergedPeople(
  known: AsyncIterable<readonly Person[]>,
  said: AsyncIterable<readonly WrittenPerson[]>,
  places: readonly number[],
  tally: Tally,
): AsyncGenerator<readonly WrittenPerson[], void, undefined> {
  const isAsSaid = places.every((place, at) => place === at);
  const newPerson = (person: WrittenPerson): WrittenPerson => {
    tally.added++;
    if (isAsSaid) return person;
    const { digits, values } = readPerson(person);
    return written({ digits, values: mergedValues([], values, places) });
  };
  const ahead = new Ahead(said);
  let merged: WrittenPerson[] = [];
  await ahead.fill();
  for await (const some of known) {
    for (const person of some) {
      while (ahead.head !== null && ahead.head.digits < person.digits) {
        merged.push(newPerson(ahead.head));
        if (!ahead.advance()) await ahead.fill();
        if (merged.length >= HANDED_OUT) yield merged.splice(0);
      }
      if (ahead.head?.digits !== person.digits) {
        merged.push(written(person));
        continue;
      }
      tally.updated++;
      const { values } = readPerson(ahead.head);
      merged.push(written({ digits: person.digits, values: mergedValues(person.values, values, places) }));
      if (!ahead.advance()) await ahead.fill();
    }
    yield merged;
    merged = [];
  }
  while (ahead.head !== null) {
    merged.push(newPerson(ahead.head));
    if (!ahead.advance()) await ahead.fill();
    if (merged.length >= HANDED_OUT) yield merged.splice(0);
  }
  yield merged;
}

/** People one by one, without waiting where there are some already. */
class Ahead {
  readonly #source: AsyncIterator<readonly WrittenPerson[]>;
  #some: readonly WrittenPerson[] = [];
  #at = 0;

  constructor(source: AsyncIterable<readonly WrittenPerson[]>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Null at the end. */
  get head(): WrittenPerson | null {
    return this.#some[this.#at] ?? null;
  }

  /** Returns false where `fill` has to look for the next one. */
  advance(): boolean {
    return ++this.#at < this.#some.length;
  }

  async fill(): Promise<void> {
    do {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#some = [];
        return;
      }
      this.#some = next.value;
      this.#at = 0;
    } while (this.#some.length === 0);
  }
}
