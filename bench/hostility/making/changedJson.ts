import fc from 'fast-check';
import { ODD_TEXTS, oddValue } from './oddValues';

type Node = null | boolean | number | string | Node[] | { [name: string]: Node };

/** One place in a value has something else in it, or nothing, or a neighbour that nobody expects. */
export const changedValue = (value: unknown): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add', 'repeat'), oddValue, fc.constantFrom(...ODD_TEXTS))
    .map(([place, way, odd, name]) => {
      const places = placesIn(value as Node);
      const path = places[place % places.length] ?? [];
      return at(value as Node, path, (found) => {
        if (way === 'repeat' && Array.isArray(found)) return [...found, ...found, ...found];
        if (way === 'add' && isObject(found)) return withKey(found, name, odd as Node);
        return way === 'remove' ? undefined : (odd as Node);
      });
    });

const isObject = (value: unknown): value is Record<string, Node> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own key, whatever it is called. */
function withKey(object: Record<string, Node>, name: string, value: Node): Record<string, Node> {
  const copy = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

type Path = readonly (string | number)[];

function placesIn(value: Node, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one, index) => placesIn(one, [...path, index]))];
  if (!isObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, one]) => placesIn(one, [...path, name]))];
}

function at(value: Node, [first, ...rest]: Path, change: (found: Node) => Node | undefined): Node | undefined {
  if (first === undefined) return change(value);
  if (Array.isArray(value))
    return value.flatMap((one, index) => {
      if (index !== first) return [one];
      const changed = at(one, rest, change);
      return changed === undefined ? [] : [changed];
    });
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, one]): [string, Node][] => {
    if (name !== first) return [[name, one]];
    const changed = at(one, rest, change);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Object.fromEntries(entries);
}

const DEPTH = 20_000;

/** Ways to write JSON that is none, or more than it seems. */
export const BROKEN_JSON: readonly (readonly [note: string, write: (json: string) => Buffer])[] = [
  ['cut off', (json) => Buffer.from(json.slice(0, json.length >> 1))],
  ['a key said twice', (json) => Buffer.from(json.replace(/^\{("[^"]*":)/, '{$1null,$1'))],
  ['a comma too many', (json) => Buffer.from(json.replace(/\}$/, ',}'))],
  ['something behind it', (json) => Buffer.from(`${json} {}`)],
  ['a byte order mark', (json) => Buffer.from(`\ufeff${json}`)],
  ['in UTF-16', (json) => Buffer.from(`\ufeff${json}`, 'utf16le')],
  ['in Latin-1', (json) => Buffer.from(json, 'latin1')],
  [
    'bytes that are no text',
    (json) => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0xff, 0xc0, 0x80])]),
  ],
  ['NUL in a text', (json) => Buffer.from(json.replace('"', '"\u0000'))],
  ['half a character', (json) => Buffer.from(json.replace(/":"/, '":"\\ud800'))],
  ['numbers without end', (json) => Buffer.from(json.replace(/:[^,}]*/, `:${'9'.repeat(2000)}`))],
  ['1e999', (json) => Buffer.from(json.replace(/:[^,}]*/, ':1e999'))],
  ['NaN', (json) => Buffer.from(json.replace(/:[^,}]*/, ':NaN'))],
  ['lists in lists', (json) => Buffer.from(json.replace(/\}$/, `,"x":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`))],
  ['objects without end', () => Buffer.from('{"a":'.repeat(DEPTH))],
  ['many keys', () => Buffer.from(`{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',')}}`)],
  ['a list', (json) => Buffer.from(`[${json}]`)],
  ['a text', (json) => Buffer.from(JSON.stringify(json))],
];
