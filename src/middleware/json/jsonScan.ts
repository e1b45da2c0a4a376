import { absurd, malformed, repeatedKey, tooManyEntries } from './jsonFaults';
import { KeyStack } from './keyStack';
import { LongList } from './longList';

/** What a body may hold, beside its bytes. */
export type JsonLimits = {
  /** Entries of one list. */
  readonly mostEntries: number;
};

/** Lists and objects that are no entries. */
const MOST_BESIDE_ENTRIES = 10_000;
/** Bytes of a list that are parsed along with the rest. */
const SHORT_LIST = 32_768;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * Looks over the bytes of JSON before any of it is made into values: how many lists, objects and different shapes of
 * objects there are, whether a key stands twice in one object, and where the long lists of the outermost object can be cut.
 * Ten million empty objects, which fit in 32 MB, take the parser 7 s and a gigabyte; to count them takes 50 ms.
 *
 * It is no parser: what it lets pass may be malformed still.
 */
export class JsonScan {
  readonly #bytes: Buffer;
  readonly #limits: JsonLimits;
  readonly #keys: KeyStack;
  /** Of each open list or object, whether it is an object. */
  readonly #isObject: boolean[] = [];
  readonly #lists: LongList[] = [];
  #list: LongList | null = null;
  #expectsKey = false;
  #count = 0;
  #at = 0;

  constructor(bytes: Buffer, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#keys = new KeyStack(bytes);
  }

  /** The lists in the fields of the outermost object that are too long to be parsed at once. */
  get longLists(): readonly LongList[] {
    return this.#lists;
  }

  /**
   * Looks at about so many bytes more; whether any are left.
   *
   * @throws ServiceError `invalid_request` where there is more structure than any honest body has, or a key twice
   */
  step(size: number): boolean {
    const bytes = this.#bytes;
    const until = Math.min(this.#at + size, bytes.length);
    let at = this.#at;
    while (at < until) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = this.#expectsKey ? this.#key(at) : endOfString(bytes, at);
        continue;
      }
      if (byte === COMMA) this.#comma(at);
      else if (byte === OBJECT || byte === LIST) this.#open(byte === OBJECT, at);
      else if (byte === OBJECT_END || byte === LIST_END) this.#close(byte === OBJECT_END, at);
      at++;
    }
    this.#at = at;
    return at < bytes.length;
  }

  /** Where its string ends. */
  #key(at: number): number {
    this.#expectsKey = false;
    const end = endOfString(this.#bytes, at);
    const isNew = this.#keys.add(at, end);
    if (!isNew) throw repeatedKey(this.#keys.last());
    return end;
  }

  #comma(at: number): void {
    const depth = this.#isObject.length;
    if (this.#isObject[depth - 1] === true) this.#expectsKey = true;
    else if (depth === 2 && this.#list !== null) this.#endEntry(this.#list, at);
  }

  #endEntry(list: LongList, at: number): void {
    list.endEntry(at);
    if (list.entries > this.#limits.mostEntries) throw tooManyEntries(list.key, this.#limits.mostEntries);
  }

  #open(isObject: boolean, at: number): void {
    if (++this.#count > this.#limits.mostEntries + MOST_BESIDE_ENTRIES) throw absurd('lists and objects');
    const isField = this.#isObject.length === 1 && this.#isObject[0] === true;
    if (isField && !isObject) this.#list = new LongList(this.#keys.last(), at + 1);
    this.#isObject.push(isObject);
    this.#expectsKey = isObject;
    if (isObject) this.#keys.open();
  }

  #close(isObject: boolean, at: number): void {
    if (this.#isObject.pop() !== isObject) throw malformed(this.#bytes);
    this.#expectsKey = false;
    if (isObject) this.#keys.close();
    if (this.#isObject.length !== 1 || this.#list === null) return;
    this.#endEntry(this.#list, at);
    if (this.#list.size > SHORT_LIST) this.#lists.push(this.#list);
    this.#list = null;
  }
}

/** Behind its closing quote, or behind the last byte where there is none. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return bytes.length;
}
