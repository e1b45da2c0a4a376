import { clockChange } from './quietHours';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * Reads a time of a day by nobody's clock yet, such as "2030-01-31T09:00", as the milliseconds since 1970 at which UTC's
 * clock shows it; null where it is written otherwise, or no calendar has the day.
 */
export function parseLocalTime(text: string): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (LOCAL_TIME.exec(text) ?? []).slice(1).map(Number);
  if (day < 1 || day > lengthOfMonth(year, month)) return null;
  return dayNumber(year, month, day) * DAY_MS + (hour * 60 + minute) * MINUTE_MS;
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** 0 where there is no such month. */
const lengthOfMonth = (year: number, month: number): number =>
  [0, 31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] ?? 0;

/** Days since 1970 in the Gregorian calendar; the domain has no `Date`, which would know the present, too. */
function dayNumber(year: number, month: number, day: number): number {
  // Years that begin in March have their leap day at the end.
  const years = year - (month <= 2 ? 1 : 0);
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + days - 719_468;
}

/**
 * When the clock of the zone shows that time, in milliseconds since 1970; `localTime` as `parseLocalTime` reads it. A time
 * that comes twice, as clocks are set back, is the first; one that is left out comes with the change.
 */
export function momentIn(zone: string, localTime: number): number {
  const [before, after] = [localTime - DAY_MS, localTime + DAY_MS];
  const shown = [utcOffsetMs(zone, before), utcOffsetMs(zone, after)]
    .map((offset) => localTime - offset)
    .filter((moment) => moment + utcOffsetMs(zone, moment) === localTime);
  return shown.length > 0 ? Math.min(...shown) : (clockChange(zone, before, after) ?? localTime);
}

/** The latest such moment in any of the zones; with none, nobody's clock is known, and it is that of UTC. */
export const latestMoment = (zones: readonly string[], localTime: number): number =>
  zones.length === 0 ? localTime : Math.max(...zones.map((zone) => momentIn(zone, localTime)));

/** How far its clock is ahead of UTC's, by the day, too: Samoa's by 13 hours, American Samoa's by less than none. */
function utcOffsetMs(zone: string, at: number): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(offsetOf(zone).format(at)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

const offsets = new Map<string, Intl.DateTimeFormat>();

/** There are no more of them than there are zones. */
function offsetOf(zone: string): Intl.DateTimeFormat {
  let offset = offsets.get(zone);
  if (offset === undefined) {
    offset = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    offsets.set(zone, offset);
  }
  return offset;
}
