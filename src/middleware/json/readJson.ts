import { setImmediate as nextTurn } from 'node:timers/promises';
import { absurd, malformed } from './jsonFaults';
import { JsonScan, type JsonLimits } from './jsonScan';
import type { LongList } from './longList';
import { oneAfterTheOther } from './oneAfterTheOther';

/** So many bytes are looked over before others get their turn: 2 ms. */
const SLICE = 262_144;
/** Bytes beside the long lists, which are parsed at once: a message of 1,600 characters in escapes has 10,000. */
const MOST_BESIDE_LISTS = 262_144;

const inTurn = oneAfterTheOther();

/**
 * The value of JSON in UTF-8, whose work and memory are bounded however it is made: it is looked over first, and long lists
 * are parsed in pieces, between which others get their turn. Of several long ones, one at a time is read. A million numbers
 * take half as long again as by `JSON.parse` alone.
 *
 * @throws ServiceError `invalid_request` where it is no JSON, has a key twice, or more structure than any honest body
 */
export async function readJson(bytes: Buffer, limits: JsonLimits): Promise<unknown> {
  const content = withoutMark(bytes);
  if (content.length > SLICE) return await inTurn(() => read(content, limits));
  return await read(content, limits);
}

async function read(bytes: Buffer, limits: JsonLimits): Promise<unknown> {
  const scan = new JsonScan(bytes, limits);
  while (scan.step(SLICE)) await nextTurn();
  const { longLists } = scan;
  const beside = bytes.length - longLists.reduce((sum, list) => sum + list.size, 0);
  if (beside > MOST_BESIDE_LISTS) throw absurd('bytes beside its lists');
  if (longLists.length === 0) return parse(bytes, bytes.toString('utf8'));
  const fields = parse(bytes, withoutLists(bytes, longLists)) as object;
  for (const list of longLists) {
    // Not assigned: a field may be called __proto__.
    const value = await entriesOf(bytes, list);
    Object.defineProperty(fields, list.key, { value, writable: true, enumerable: true, configurable: true });
  }
  return fields;
}

/** Clients on Windows put one first. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** What stands around the long lists, each of which is empty. */
function withoutLists(bytes: Buffer, lists: readonly LongList[]): string {
  let [text, from] = ['', 0];
  for (const list of lists) {
    text += bytes.toString('utf8', from, list.from);
    from = list.to;
  }
  return text + bytes.toString('utf8', from);
}

async function entriesOf(bytes: Buffer, list: LongList): Promise<unknown[]> {
  const entries = new Array<unknown>(list.entries);
  let count = 0;
  for (const { from, to } of list.pieces) {
    await nextTurn();
    const some = parse(bytes, `[${bytes.toString('utf8', from, to)}]`) as unknown[];
    // Nothing before a comma or behind the last one; a list that is long has entries.
    if (some.length === 0) throw malformed(bytes);
    for (const entry of some) entries[count++] = entry;
  }
  return entries;
}

function parse(bytes: Buffer, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(bytes);
  }
}
