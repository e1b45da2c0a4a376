import fc from 'fast-check';
import { latestMoment, momentIn, parseLocalTime } from '../../../src/domain/time/localTime';

const localTime = (text: string) => {
  const time = parseLocalTime(text);
  if (time === null) throw new Error(`Not a time: ${text}`);
  return time;
};
const utc = (at: number) => new Date(at).toISOString().replace(':00.000Z', 'Z');

/** What people see who look at their clocks then. */
function shownIn(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

describe('A time of a day', () => {
  test.each(['2030-01-31T09:00', '2028-02-29T00:00', '2030-12-31T23:59'])('may be %s', (text) => {
    expect(utc(localTime(text))).toBe(`${text}Z`);
  });

  test('is that of the calendar, on every day of it', () => {
    const days = Array.from({ length: 38_700 }, (_, index) => Date.UTC(1999, 0) + index * 86_400_000);
    const said = (at: number) => new Date(at).toISOString().slice(0, 16);
    expect(days.filter((at) => parseLocalTime(said(at)) !== at).map(said)).toEqual([]);
  });

  test.each([
    '2100-02-29T09:00',
    '2030-02-29T09:00',
    '2030-13-01T09:00',
    '2030-00-10T09:00',
    '2030-01-00T09:00',
    '2030-01-31T24:00',
    '2030-01-31T09:60',
    '2030-01-31T9:00',
    '2030-01-31 09:00',
    '2030-01-31T09:00:00',
    '2030-01-31T09:00Z',
    '2030-01-31T09:00+01:00',
    '2030-01-31',
    '09:00',
    'tomorrow',
    '',
  ])('is not "%s"', (text) => {
    expect(parseLocalTime(text)).toBeNull();
  });
});

describe('The clock of a zone shows it', () => {
  test.each<[what: string, zone: string, time: string, at: string]>([
    ['in winter', 'Europe/Berlin', '2026-01-15T09:00', '2026-01-15T08:00Z'],
    ['in summer', 'Europe/Berlin', '2026-07-15T09:00', '2026-07-15T07:00Z'],
    ['on the morning after it went forward', 'Europe/Berlin', '2026-03-29T09:00', '2026-03-29T07:00Z'],
    ['on the morning after it was set back', 'America/New_York', '2026-11-01T09:00', '2026-11-01T14:00Z'],
    ['a minute before it goes forward', 'Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59Z'],
    ['with the change, where it never does', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00Z'],
    ['with the change, as the first minute after it', 'Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00Z'],
    ['the first time, where it does twice', 'America/New_York', '2026-11-01T01:30', '2026-11-01T05:30Z'],
    ['the first time, at the minute of the change', 'America/New_York', '2026-11-01T01:00', '2026-11-01T05:00Z'],
    ['once again, after that hour', 'America/New_York', '2026-11-01T02:00', '2026-11-01T07:00Z'],
    ['where half an hour is changed', 'Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30Z'],
    ['at a quarter past', 'Asia/Kathmandu', '2026-06-15T09:00', '2026-06-15T03:15Z'],
    ['first of all', 'Pacific/Kiritimati', '2026-06-15T09:00', '2026-06-14T19:00Z'],
    ['a day later than there', 'Pacific/Pago_Pago', '2026-06-15T09:00', '2026-06-15T20:00Z'],
    ['by itself', 'UTC', '2026-06-15T09:00', '2026-06-15T09:00Z'],
  ])('%s: %s, %s', (_what, zone, time, at) => {
    expect(utc(momentIn(zone, localTime(time)))).toBe(at);
  });

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const times = fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2032, 0) / 60_000 });

  test('at that very moment and at none before, or it was left out just then', () => {
    fc.assert(
      fc.property(zones, times, (zone, minutes) => {
        const time = minutes * 60_000;
        const at = momentIn(zone, time);
        const text = utc(time).slice(0, -1);
        if (shownIn(zone, at) === text) {
          for (const earlier of [30, 60, 120]) expect(shownIn(zone, at - earlier * 60_000)).not.toBe(text);
        } else {
          expect(shownIn(zone, at - 60_000) < text).toBe(true);
          expect(shownIn(zone, at) > text).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('in the last of several zones last, and of no zone when that of UTC does', () => {
    fc.assert(
      fc.property(fc.array(zones, { maxLength: 5 }), times, (some, minutes) => {
        const time = minutes * 60_000;
        const latest = latestMoment(some, time);
        if (some.length === 0) expect(latest).toBe(time);
        else expect(some.map((zone) => momentIn(zone, time)).sort((a, b) => b - a)[0]).toBe(latest);
      }),
    );
  });
});
