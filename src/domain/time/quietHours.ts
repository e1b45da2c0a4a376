/** Minutes of the local day, `from` until just before `to`; past midnight when `from` is the later one. */
export type QuietHours = { readonly from: number; readonly to: number };

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const HORIZON_MS = 48 * 60 * MINUTE_MS;
/** Less could not be used: clock changes skip an hour, and a country that spans zones would never be open. */
const LEAST_OPEN_MINUTES = 60;
const TIME_OF_DAY = '([01][0-9]|2[0-3]):([0-5][0-9])';
const QUIET_HOURS = new RegExp(`^${TIME_OF_DAY}-${TIME_OF_DAY}$`);

/** Reads "21:00-08:00"; null when it is written otherwise or leaves less than an hour of the day open. */
export function parseQuietHours(text: string): QuietHours | null {
  const parts = QUIET_HOURS.exec(text);
  if (parts === null) return null;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts.slice(1).map(Number);
  const quiet = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  return minutesUntil(quiet.to, quiet.from) >= LEAST_OPEN_MINUTES ? quiet : null;
}

/**
 * The earliest moment (epoch ms) from `at` on at which it is quiet in none of the zones, which may be `at` itself. With
 * no zones nobody's evening is known, and it is `at`.
 *
 * Zones that lie too far apart are never all open at once. Then it is the earliest moment within 48 hours at which
 * fewest of them are quiet, so that a message is not held for ever.
 *
 * Clocks that change are followed: an opening minute that does not exist that day comes with the change, and one that
 * comes twice opens the first time. 1 µs a zone when all are open; otherwise 15 µs a zone (Node 20).
 */
export function nextOpening(quiet: QuietHours, zones: readonly string[], at: number): number {
  let fewest = countQuiet(quiet, zones, at);
  if (fewest === 0) return at;
  let opening = at;
  for (const moment of quietCounts(quiet, zones, at)) {
    if (moment.quietZones >= fewest) continue;
    fewest = moment.quietZones;
    opening = moment.at;
  }
  return opening;
}

/**
 * When the hours end that begin at `nextOpening`: the first moment after it (epoch ms) at which it is quiet in more of the
 * zones than then. With zones that are never all open at once, those that are quiet already do not count, and one
 * that closes as another opens ends nothing. Infinity with no zones, and where as many are quiet at any hour.
 *
 * Clocks that change are followed here, too: an evening whose first minute is left out begins with the change. 20 to
 * 30 µs a zone (Node 20).
 */
export function nextClosing(quiet: QuietHours, zones: readonly string[], at: number): number {
  const opening = nextOpening(quiet, zones, at);
  const fewest = countQuiet(quiet, zones, opening);
  for (const moment of quietCounts(quiet, zones, opening)) if (moment.quietZones > fewest) return moment.at;
  return Infinity;
}

/** The hours that begin next after `at`: those that last now do not count. */
export function nextHours(quiet: QuietHours, zones: readonly string[], at: number): { from: number; to: number } {
  const opening = nextOpening(quiet, zones, at);
  const closing = nextClosing(quiet, zones, opening);
  if (opening > at || closing === Infinity) return { from: opening, to: closing };
  return nextHours(quiet, zones, closing);
}

/**
 * Equal for zones whose days begin at the same moments around `at`, and which therefore open and close together: New
 * York, Toronto and Lima in winter. Made of all the offsets from UTC, because the zones between the outermost matter
 * to a quiet hour shorter than the gap; the outermost alone would make 60 keys of the world's 318 sets instead of 62.
 */
export function zoneWindowKey(zones: readonly string[], at: number): string {
  const offsets = new Set(zones.map((zone) => utcOffset(zone, at)));
  return Array.from(offsets)
    .sort((a, b) => a - b)
    .join();
}

function countQuiet(quiet: QuietHours, zones: readonly string[], at: number): number {
  return zones.filter((zone) => isQuiet(quiet, localMinute(zone, at))).length;
}

/** In how many zones it is quiet from each moment on at which that changes, in order, until 48 hours after `at`. */
function* quietCounts(quiet: QuietHours, zones: readonly string[], at: number) {
  let quietZones = countQuiet(quiet, zones, at);
  const changes = zones.flatMap((zone) => listChanges(quiet, zone, at)).sort((a, b) => a.at - b.at);
  for (const [i, change] of changes.entries()) {
    quietZones += change.quiet ? 1 : -1;
    // What changes in the same moment belongs together: one zone may open just as another closes.
    if (changes[i + 1]?.at !== change.at) yield { at: change.at, quietZones };
  }
}

type Change = { at: number; quiet: boolean };

/** When quiet begins and ends in one zone, until 48 hours after `at`. */
function listChanges(quiet: QuietHours, zone: string, at: number): Change[] {
  const changes: Change[] = [];
  let isNowQuiet = isQuiet(quiet, localMinute(zone, at));
  let time = nextChange(quiet, zone, at, isNowQuiet);
  while (time <= at + HORIZON_MS) {
    isNowQuiet = !isNowQuiet;
    changes.push({ at: time, quiet: isNowQuiet });
    time = nextChange(quiet, zone, time, isNowQuiet);
  }
  return changes;
}

function nextChange(quiet: QuietHours, zone: string, at: number, isNowQuiet: boolean): number {
  const end = isNowQuiet ? quiet.to : quiet.from;
  let time = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  // More than once only when the clocks change on the way: from there it is counted again.
  do {
    const expected = time + minutesUntil(localMinute(zone, time), end) * MINUTE_MS;
    time = clockChange(zone, time, expected) ?? expected;
  } while (isQuiet(quiet, localMinute(zone, time)) === isNowQuiet);
  return time;
}

/** The first minute after `start` and up to `end`, both whole, with another offset than `start`; null when none has. */
export function clockChange(zone: string, start: number, end: number): number | null {
  const offset = utcOffset(zone, start);
  if (utcOffset(zone, end) === offset) return null;
  let [same, other] = [start, end];
  while (other - same > MINUTE_MS) {
    const middle = same + Math.floor((other - same) / 2 / MINUTE_MS) * MINUTE_MS;
    if (utcOffset(zone, middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

function isQuiet({ from, to }: QuietHours, minute: number): boolean {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

/** From one minute of the day to the next time it is another, without a change of clocks. */
function minutesUntil(minute: number, later: number): number {
  return (later - minute + DAY_MINUTES) % DAY_MINUTES;
}

/** Minutes ahead of UTC, 0 to 1439: the two Samoas are a day apart, have the same hours and hence the same offset. */
function utcOffset(zone: string, at: number): number {
  return minutesUntil(Math.floor(at / MINUTE_MS) % DAY_MINUTES, localMinute(zone, at));
}

function localMinute(zone: string, at: number): number {
  const time = clockOf(zone).format(at);
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes 30 µs, using it 0.5 µs. There are no more of them than there are zones. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  return clock;
}
