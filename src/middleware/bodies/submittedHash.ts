import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Hashes of requests as they were submitted: nothing is read into them that a setting or another version would read
 * otherwise. They are kept for as long as broadcasts are, so how they are made must not change.
 */

/** More fields than any version takes: sorting them would only keep others waiting. */
const MOST_FIELDS = 100;
/** So many entries of a list are hashed before others get their turn: 1 ms of numbers. */
const SLICE = 500;

/** Of no request that was ever accepted. */
const hashOfNone = (): string => `none ${randomUUID()}`;

/**
 * Of the fields of a JSON object. Their order, and the spacing of the JSON, do not matter; a field that is null counts as
 * absent. In slices: a million numbers take 130 ms.
 */
export async function hashOfFields(fields: object): Promise<string> {
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  if (given.length > MOST_FIELDS) return hashOfNone();
  const hash = createHash('sha256');
  try {
    for (const [name, value] of given.sort(byName)) {
      hash.update(`${JSON.stringify(name)}:`);
      if (Array.isArray(value)) for await (const piece of piecesOf(value)) hash.update(piece);
      else hash.update(JSON.stringify(value));
      hash.update('\n');
    }
  } catch (error) {
    // Nested deeper than the stack.
    if (error instanceof RangeError) return hashOfNone();
    throw error;
  }
  return hash.digest('base64');
}

/** The JSON of a list, in pieces. */
async function* piecesOf(list: readonly unknown[]): AsyncGenerator<string> {
  yield '[';
  for (let from = 0; from < list.length; from += SLICE) {
    if (from > 0) await nextTurn();
    const piece = JSON.stringify(list.slice(from, from + SLICE)).slice(1, -1);
    yield from > 0 ? `,${piece}` : piece;
  }
  yield ']';
}

/** Of a file and the fields that come beside it, in a form or a query string. */
export class FileHash {
  readonly #bytes = createHash('sha256');
  #isSpoilt = false;

  update(bytes: Buffer): void {
    this.#bytes.update(bytes);
  }

  /** The file was not read to its end. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  /** Fields in the order they came in; only that of fields of one name matters. */
  digest(fields: readonly (readonly [name: string, value: unknown])[]): string {
    if (this.#isSpoilt) return hashOfNone();
    const single = fields.flatMap(([name, value]) => [value].flat().map((one): [string, unknown] => [name, one]));
    const parts = [single.sort(byName), this.#bytes.digest('base64')];
    return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
  }
}

/** By code units: no locale has a say. */
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);
