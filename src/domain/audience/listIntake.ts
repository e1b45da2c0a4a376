import { FieldNames, fieldKey, fieldNameProblem, fieldValueOf, fieldValueProblem, MOST_FIELDS } from './listFields';
import { writtenValues, type FieldValues } from './listPeople';
import { NO_NUMBER, numberKeyOf, SEVERAL, SEVERAL_NUMBERS } from '../lists/recipientEntry';
import { RecipientIntake, type CheckedRecipients, type IntakeOptions } from '../lists/recipientList';
import { SubmittedPeople } from './submittedPeople';

/** A submitted list of people with their fields, checked. */
export type CheckedPeople = {
  readonly checked: CheckedRecipients;
  readonly fields: readonly string[];
  readonly people: SubmittedPeople;
};

/** Reads an object's own keys only: JSON may have any, `__proto__` included. */
type Entry = Readonly<Record<string, unknown>>;

/**
 * Takes people in, entry by entry: numbers as everywhere, and what is said of each. Of two entries of one person the first
 * counts, as in a broadcast.
 */
export class ListIntake {
  readonly #numbers: RecipientIntake;
  readonly #fields = new FieldNames();
  readonly #people = new SubmittedPeople();

  constructor(options: IntakeOptions) {
    this.#numbers = new RecipientIntake(options);
  }

  get submitted(): number {
    return this.#numbers.submitted;
  }

  /** Of all values together, in UTF-16 code units. */
  get characters(): number {
    return this.#people.characters;
  }

  /** A number, or an object with one and fields. `column`: the key of the number, where it is said. */
  add(entry: unknown, line: number | null = null, column: string | null = null): void {
    const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
    if (isObject) this.#addObject(entry as Entry, line, column);
    else this.#addPerson(entry, line, []);
  }

  /** As `add`, of a table whose columns were found to be well named. */
  addRow(number: string, line: number | null, names: readonly string[], values: FieldValues): void {
    const said = names.flatMap((name, at): [string, string][] => {
      const value = values[at] ?? null;
      return value === null ? [] : [[name, value]];
    });
    this.#addPerson(number, line, said);
  }

  result(): CheckedPeople {
    return { checked: this.#numbers.result(), fields: this.#fields.names, people: this.#people };
  }

  #addObject(entry: Entry, line: number | null, column: string | null): void {
    const key = numberKeyOf(entry, column);
    if (typeof key !== 'string') this.#numbers.addFaulty(entry, line, key === SEVERAL ? SEVERAL_NUMBERS : NO_NUMBER);
    else
      this.#addPerson(
        entry[key],
        line,
        Object.entries(entry).filter(([name]) => name !== key),
      );
  }

  #addPerson(number: unknown, line: number | null, said: Said): void {
    const problem = said.length === 0 ? null : (problemOf(said) ?? this.#crowding(said));
    if (problem !== null) {
      this.#numbers.addFaulty(number, line, problem);
      return;
    }
    const digits = this.#numbers.add(number, line);
    if (digits !== null) this.#people.add(digits, writtenValues(this.#valuesOf(said)));
  }

  #crowding(said: Said): string | null {
    const name = this.#fields.beyond(said.map(([each]) => each));
    return name === null ? null : `has a field ${shown(name)} beyond the ${MOST_FIELDS} that a list may have`;
  }

  #valuesOf(said: Said): FieldValues {
    const values: (string | null)[] = [];
    for (const [name, value] of said) {
      const place = this.#fields.placeOf(name);
      while (values.length < place) values.push(null);
      values[place] = fieldValueOf(value);
    }
    return values;
  }
}

type Said = readonly (readonly [name: string, value: unknown])[];

/** The first thing that is wrong with what is said of somebody. */
function problemOf(said: Said): string | null {
  if (said.length > MOST_FIELDS) return `has more than ${MOST_FIELDS} fields`;
  const seen = new Set<string>();
  for (const [name, value] of said) {
    const nameProblem = fieldNameProblem(name);
    if (nameProblem !== null) return `has a field that ${nameProblem}`;
    if (seen.has(fieldKey(name))) return `has the field ${shown(name)} twice`;
    seen.add(fieldKey(name));
    const text = fieldValueOf(value);
    const problem = text === null ? 'must be a string' : fieldValueProblem(text);
    if (problem !== null) return `has a field ${shown(name)} that ${problem}`;
  }
  return null;
}

const shown = (name: string): string => JSON.stringify(name.trim().slice(0, 64));
