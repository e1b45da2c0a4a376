import { NumberList, type Numbers } from '../numbers/numberList';
import { digitsAsNumber, NumberSet } from '../numbers/numberSet';
import type { NumberReader } from '../numbers/phoneNumber';
import type { PersonalMessage } from '../text/personalText';
import { PersonalTexts } from './personalTexts';
import { TextSet } from './textSet';
import type { TextsByPlace } from './textsByPlace';

/** An entry that is no phone number, with what to change. */
export type InvalidRecipient = {
  /** Its place in the submitted list, from 0. */
  index: number;
  /** Its line in the submitted file, from 1; null where there is no file. */
  line: number | null;
  /** What was there, fit to be shown and stored: text is cut to 64 characters and rid of control characters. */
  value: string;
  reason: string;
  /** The saved list that has it; absent where it was submitted. */
  list?: string;
};

/** An entry whose number is written in another way here. */
export type SpelledOtherwise = {
  /** As in `InvalidRecipient`. */
  index: number;
  line: number | null;
  value: string;
  /** The number as it is stored and texted. */
  number: string;
};

/** A submitted list taken apart. Always: submitted - duplicates = valid.length + invalidCount. */
export type CheckedRecipients = {
  submitted: number;
  /** Without repeats, in order of first appearance. */
  valid: Numbers;
  /** Repeats of a valid number or of the same invalid text. */
  duplicates: number;
  /** At most `maxErrors`, the first ones. */
  invalid: InvalidRecipient[];
  invalidCount: number;
  /** People who were to be left out, and are in no other count; absent for none. */
  excepted?: number;
  /** The number of the entry that was watched; absent where it has none, makes no text, or is to be left out. */
  watched?: string;
  /** What each of `valid` is told; null where all are told the same. */
  texts: TextsByPlace | null;
  /** Of valid entries, repeats among them, those that were not in canonical form: the first ones, and how many there are. */
  spelledOtherwise: { count: number; entries: readonly SpelledOtherwise[] };
};

const SHOWN_LENGTH = 64;
const NO_NUMBER = 'has no number';
const MOST_SPELLINGS = 100;

export type IntakeOptions = {
  readonly reader: NumberReader;
  readonly maxErrors: number;
  /** See `NumberSet`. */
  readonly seed?: number;
  /** How long the list may be: spares growing, which for a million takes 200 ms at once. */
  readonly expected: number;
  /** The list is in memory anyway: its own strings are kept. */
  readonly keepsStrings?: boolean;
  /** The message, where it says something of its own to each. */
  readonly personal?: PersonalMessage | null;
  /** Who is left out as if they did not stand there. */
  readonly except?: NumberSet | null;
  /** The place of an entry whose number is wanted, from 0. */
  readonly watch?: number;
};

/** By the fields of the message, in their order; null where a person has no such value. */
export type FieldValues = readonly (string | null)[];

/**
 * Takes a submitted list apart, entry by entry, as it comes in. A million numbers take 110 ms where `JSON.parse` of the
 * same list takes 60 to 150. From a file they take 25 MB, none of it on the heap (Node 20, two cores).
 */
export class RecipientIntake {
  readonly #options: IntakeOptions;
  readonly #seenValid: NumberSet;
  readonly #seenInvalid = new TextSet();
  readonly #valid: NumberList | null;
  readonly #validStrings: string[];
  #validCount = 0;
  readonly #invalid: InvalidRecipient[] = [];
  readonly #spelledOtherwise: SpelledOtherwise[] = [];
  #submitted = 0;
  #invalidCount = 0;
  /** The saved list whose people are being added. */
  #list: string | null = null;
  readonly #watch: number;
  #watched: string | null = null;
  readonly #leftOut: NumberSet | null;
  #leftOutEntries = 0;
  readonly #texts: PersonalTexts | null;
  /** Numbers that stand there with a text that cannot be sent, and so far with none that can. */
  readonly #withoutText = new Map<string, InvalidRecipient | null>();
  #spelledOtherwiseCount = 0;

  constructor(options: IntakeOptions) {
    const { expected, seed = 0, keepsStrings = false, personal = null, watch = -1 } = options;
    this.#watch = watch;
    this.#texts = personal === null ? null : new PersonalTexts(personal, seed);
    this.#leftOut = (options.except ?? null) === null ? null : new NumberSet({ seed });
    this.#options = options;
    this.#seenValid = new NumberSet({ expected, seed });
    this.#valid = keepsStrings ? null : new NumberList();
    this.#validStrings = new Array<string>(keepsStrings ? expected : 0);
  }

  /** How many entries there were, those left out included. */
  get submitted(): number {
    return this.#submitted;
  }

  /** The message, where it says something of its own to each. */
  get personal(): PersonalMessage | null {
    return this.#options.personal ?? null;
  }

  /** As `add`, of somebody who is on a saved list. */
  addListed(list: string, number: string, values?: FieldValues): void {
    this.#list = list;
    this.add(number, null, values);
    this.#list = null;
  }

  /**
   * `line`: where it stands in a file. `values`: only where the message is personal. Returns the digits of a number that is
   * new; null for any other entry.
   */
  add(entry: unknown, line: number | null = null, values: FieldValues = NO_VALUES): number | null {
    const index = this.#submitted++;
    const { reader } = this.#options;
    const number = reader.read(entry);
    if (number === null) {
      this.#addInvalid(entry, index, line, entry === '' && line !== null ? NO_NUMBER : reader.explain(entry));
      return null;
    }
    if (this.#isLeftOut(number)) return null;
    if (index === this.#watch) this.#watched = number;
    if (number !== entry) this.#noteSpelling(entry, index, line, number);
    return this.#texts === null
      ? this.#addValid(number)
      : this.#addPersonal(this.#texts, { number, index, line, values });
  }

  result(): CheckedRecipients {
    this.#validStrings.length = this.#valid === null ? this.#validCount : 0;
    const submitted = this.#submitted - this.#leftOutEntries;
    return {
      submitted,
      valid: this.#valid ?? this.#validStrings,
      duplicates: submitted - this.#validCount - this.#invalidCount,
      invalid: this.#invalid,
      invalidCount: this.#invalidCount,
      texts: this.#texts,
      spelledOtherwise: { count: this.#spelledOtherwiseCount, entries: this.#spelledOtherwise },
      ...(this.#leftOut === null ? {} : { excepted: this.#leftOut.size }),
      // Who has no text to be sent is nobody's example.
      ...(this.#watched !== null && this.#seenValid.has(this.#watched) ? { watched: this.#watched } : {}),
    };
  }

  #isLeftOut(number: string): boolean {
    const { except = null } = this.#options;
    if (except === null || this.#leftOut === null || !except.has(number)) return false;
    this.#leftOut.add(number);
    this.#leftOutEntries++;
    return true;
  }

  /** An entry that cannot be read, with what to change; unlike a number that is none, it may be anything. */
  addFaulty(entry: unknown, line: number | null, reason: string): void {
    this.#addInvalid(entry, this.#submitted++, line, reason);
  }

  /** Of several entries for one person, the first that makes a text counts. */
  #addPersonal(texts: PersonalTexts, person: Person): number | null {
    const { number, index, line } = person;
    if (this.#seenValid.has(number)) return null;
    const problem = texts.add(person.values);
    const isKnown = this.#withoutText.has(number);
    if (problem === null) {
      if (isKnown) this.#forget(number);
      return this.#addValid(number);
    }
    if (!isKnown) {
      const fault = { index, line, value: number, reason: problem, ...this.#listOf() };
      const isKept = this.#invalid.length < this.#options.maxErrors;
      if (isKept) this.#invalid.push(fault);
      this.#withoutText.set(number, isKept ? fault : null);
      this.#invalidCount++;
    }
    return null;
  }

  #forget(number: string): void {
    const fault = this.#withoutText.get(number) ?? null;
    this.#withoutText.delete(number);
    this.#invalidCount--;
    if (fault !== null) this.#invalid.splice(this.#invalid.indexOf(fault), 1);
  }

  #noteSpelling(entry: unknown, index: number, line: number | null, number: string): void {
    this.#spelledOtherwiseCount++;
    if (this.#spelledOtherwise.length < MOST_SPELLINGS)
      this.#spelledOtherwise.push({ index, line, value: shown(entry), number });
  }

  #addValid(number: string): number | null {
    const digits = digitsAsNumber(number);
    if (!this.#seenValid.addDigits(digits)) return null;
    if (this.#valid === null) this.#validStrings[this.#validCount] = number;
    else this.#valid.pushDigits(digits);
    this.#validCount++;
    return digits;
  }

  #listOf(): { list?: string } {
    return this.#list === null ? {} : { list: this.#list };
  }

  #addInvalid(entry: unknown, index: number, line: number | null, reason: string): void {
    const value = shown(entry);
    // Long texts are not remembered, so each of them counts; and so does each row of a file that says "none" or nothing.
    const isSomebody = line === null || /\p{Nd}/u.test(value);
    if (typeof entry === 'string' && entry.length <= SHOWN_LENGTH && isSomebody && !this.#seenInvalid.add(value))
      return;
    if (this.#invalid.length < this.#options.maxErrors)
      this.#invalid.push({ index, line, value, reason, ...this.#listOf() });
    this.#invalidCount++;
  }
}

type Person = {
  readonly number: string;
  readonly index: number;
  readonly line: number | null;
  readonly values: FieldValues;
};

const NO_VALUES: FieldValues = [];

/** Never JSON: an entry may be nested deeper than the stack. */
function shown(entry: unknown): string {
  if (typeof entry === 'string') return shownText(entry);
  if (Array.isArray(entry)) return 'array';
  return typeof entry === 'object' && entry !== null ? 'object' : String(entry);
}

/**
 * PostgreSQL stores no null character and JSON readers stumble over half a surrogate pair, so neither is passed on. Put
 * together anew: a piece of a string keeps all of it in memory.
 */
function shownText(text: string): string {
  const cutsPair = (text.codePointAt(SHOWN_LENGTH - 1) ?? 0) > 0xffff;
  const piece = text.slice(0, cutsPair ? SHOWN_LENGTH - 1 : SHOWN_LENGTH).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
  return Array.from(piece).join('');
}
