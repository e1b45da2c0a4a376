import fc from 'fast-check';
import {
  nextClosing,
  nextOpening,
  parseQuietHours,
  zoneWindowKey,
  type QuietHours,
} from '../../../src/domain/time/quietHours';

const NEW_YORK = 'America/New_York';
const LOS_ANGELES = 'America/Los_Angeles';
const LONDON = 'Europe/London';
const LORD_HOWE = 'Australia/Lord_Howe';
const MINUTE = 60_000;
const HORIZON = 48 * 60 * MINUTE;

describe('Quiet hours are read from text', () => {
  test.each([
    ['21:00-08:00', { from: 1260, to: 480 }],
    ['00:00-08:30', { from: 0, to: 510 }],
    ['12:00-14:00', { from: 720, to: 840 }],
    ['22:15-00:00', { from: 1335, to: 0 }],
    ['12:00-12:01', { from: 720, to: 721 }],
    ['09:00-08:00', { from: 540, to: 480 }],
  ])('%s', (text, quiet) => {
    expect(parseQuietHours(text)).toEqual(quiet);
  });

  test.each([
    ['nothing', ''],
    ['one time', '21:00'],
    ['an hour with one digit', '21:00-8:00'],
    ['an hour that does not exist', '24:00-08:00'],
    ['a minute that does not exist', '21:60-08:00'],
    ['the American clock', '9pm-8am'],
    ['spaces', '21:00 - 08:00'],
    ['a line break', '21:00-08:00\n'],
    ['more than one window', '21:00-08:00,12:00-13:00'],
    ['a window without end', '08:00-08:00'],
    ['less than an hour of the day left', '09:00-08:01'],
  ])('but not from %s', (_fault, text) => {
    expect(parseQuietHours(text)).toBeNull();
  });
});

describe('A message waits until it is quiet no more', () => {
  test.each<[what: string, zones: string[], quiet: string, at: string, opening: string]>([
    ['not in the afternoon', [NEW_YORK], '21:00-08:00', '2026-01-15T20:00:00.123Z', '2026-01-15T20:00:00.123Z'],
    ['not in the last moment', [NEW_YORK], '21:00-08:00', '2026-01-16T01:59:59.999Z', '2026-01-16T01:59:59.999Z'],
    ['from the first moment', [NEW_YORK], '21:00-08:00', '2026-01-16T02:00:00Z', '2026-01-16T13:00:00Z'],
    ['past midnight', [NEW_YORK], '21:00-08:00', '2026-01-16T06:30:15.500Z', '2026-01-16T13:00:00Z'],
    ['to the last moment', [NEW_YORK], '21:00-08:00', '2026-01-16T12:59:59.999Z', '2026-01-16T13:00:00Z'],
    ['and is sent in the morning', [NEW_YORK], '21:00-08:00', '2026-01-16T13:00:00Z', '2026-01-16T13:00:00Z'],
    ['over noon', [LONDON], '12:00-14:00', '2026-01-15T13:00:00Z', '2026-01-15T14:00:00Z'],
    ['from midnight', [LONDON], '00:00-07:00', '2026-01-15T00:00:00Z', '2026-01-15T07:00:00Z'],
    ['to midnight', [LONDON], '18:00-00:00', '2026-01-15T18:00:00Z', '2026-01-16T00:00:00Z'],
    ['half an hour off the others', ['Asia/Kolkata'], '21:00-08:00', '2026-01-15T15:30:00Z', '2026-01-16T02:30:00Z'],
    ['a quarter off the others', ['Asia/Kathmandu'], '21:00-08:00', '2026-01-15T15:15:00Z', '2026-01-16T02:15:00Z'],
    ['where no zone is known', [], '21:00-08:00', '2026-01-16T03:00:00Z', '2026-01-16T03:00:00Z'],
  ])('%s', (_what, zones, quiet, at, opening) => {
    expect(openingAfter(quiet, zones, at)).toBe(new Date(opening).toISOString());
  });
});

describe('When the clocks change in the night', () => {
  test.each<[what: string, zone: string, quiet: string, at: string, opening: string]>([
    ['forward in New York, the night is shorter', NEW_YORK, '21:00-08:00', '2026-03-08T02:00Z', '2026-03-08T12:00Z'],
    ['back in New York, it is longer', NEW_YORK, '21:00-08:00', '2026-11-01T01:00Z', '2026-11-01T13:00Z'],
    ['forward in London, the night is shorter', LONDON, '21:00-08:00', '2026-03-28T21:00Z', '2026-03-29T07:00Z'],
    ['back in London, it is longer', LONDON, '21:00-08:00', '2026-10-24T20:00Z', '2026-10-25T08:00Z'],
    ['forward on Lord Howe, it loses half an hour', LORD_HOWE, '21:00-08:00', '2026-10-03T10:30Z', '2026-10-03T21:00Z'],
    ['back on Lord Howe, it gains half an hour', LORD_HOWE, '21:00-08:00', '2026-04-04T10:00Z', '2026-04-04T21:30Z'],
    [
      'a morning that is left out starts with the change',
      NEW_YORK,
      '21:00-02:30',
      '2026-03-08T06:00Z',
      '2026-03-08T07:00Z',
    ],
    ['so it does in London', LONDON, '21:00-01:30', '2026-03-29T00:00Z', '2026-03-29T01:00Z'],
    ['so it does on Lord Howe', LORD_HOWE, '21:00-02:15', '2026-10-03T15:00Z', '2026-10-03T15:30Z'],
    [
      'a morning that comes twice starts the first time',
      NEW_YORK,
      '21:00-01:30',
      '2026-11-01T04:00Z',
      '2026-11-01T05:30Z',
    ],
    ['and is over until the second', NEW_YORK, '21:00-01:30', '2026-11-01T06:10Z', '2026-11-01T06:30Z'],
    ['so it is in London', LONDON, '21:00-01:30', '2026-10-24T23:00Z', '2026-10-25T00:30Z'],
    ['so it is on Lord Howe', LORD_HOWE, '21:00-01:45', '2026-04-04T14:00Z', '2026-04-04T14:45Z'],
    ['and, the second time, on Lord Howe', LORD_HOWE, '21:00-01:45', '2026-04-04T15:05Z', '2026-04-04T15:15Z'],
    ['an evening that has begun is taken back', NEW_YORK, '01:30-08:00', '2026-11-01T05:45Z', '2026-11-01T06:00Z'],
    [
      'an only open hour left out is that of the next day',
      NEW_YORK,
      '03:00-02:00',
      '2026-03-07T08:00Z',
      '2026-03-09T06:00Z',
    ],
  ])('%s', (_what, zone, quiet, at, opening) => {
    expect(openingAfter(quiet, [zone], at)).toBe(new Date(opening).toISOString());
  });
});

describe('A number that may be in several zones waits for all of them:', () => {
  const american = [NEW_YORK, LOS_ANGELES];
  const apart = [LONDON, 'Pacific/Fiji'];
  test.each<[what: string, zones: string[], quiet: string, at: string, opening: string]>([
    ['open before the first closes', american, '21:00-08:00', '2026-01-16T01:59Z', '2026-01-16T01:59Z'],
    ['closed when the first closes', american, '21:00-08:00', '2026-01-16T02:00Z', '2026-01-16T16:00Z'],
    ['closed until the last opens', american, '21:00-08:00', '2026-01-16T15:59Z', '2026-01-16T16:00Z'],
    ['clocks in one of them change', [LONDON, NEW_YORK], '21:00-08:00', '2026-03-07T21:00Z', '2026-03-08T12:00Z'],
    [
      'open together for half an hour',
      ['Pacific/Guam', 'America/St_Johns'],
      '21:00-08:00',
      '2026-07-15T00:00Z',
      '2026-07-15T10:30Z',
    ],
    ['never open together, one always is', apart, '20:00-08:00', '2026-01-15T22:00Z', '2026-01-15T22:00Z'],
    [
      'never open together, most win',
      [...apart, 'Europe/Lisbon'],
      '20:00-08:00',
      '2026-01-15T22:00Z',
      '2026-01-16T08:00Z',
    ],
  ])('%s', (_what, zones, quiet, at, opening) => {
    expect(openingAfter(quiet, zones, at)).toBe(new Date(opening).toISOString());
  });
});

describe('The hours in which a message may go end', () => {
  const american = [NEW_YORK, LOS_ANGELES];
  const apart = [LONDON, 'Pacific/Fiji'];
  test.each<[what: string, zones: string[], quiet: string, at: string, closing: string]>([
    ['in the evening', [NEW_YORK], '21:00-08:00', '2026-01-15T20:00:00.123Z', '2026-01-16T02:00Z'],
    ['soon after the last moment', [NEW_YORK], '21:00-08:00', '2026-01-16T01:59:59.999Z', '2026-01-16T02:00Z'],
    ['on the evening of the next day, at night', [NEW_YORK], '21:00-08:00', '2026-01-16T02:00Z', '2026-01-17T02:00Z'],
    ['on the same evening, in the early morning', [NEW_YORK], '21:00-08:00', '2026-01-16T13:00Z', '2026-01-17T02:00Z'],
    ['at noon', [LONDON], '12:00-14:00', '2026-01-15T11:00Z', '2026-01-15T12:00Z'],
    ['at midnight', [LONDON], '00:00-07:00', '2026-01-15T07:00Z', '2026-01-16T00:00Z'],
    ['a quarter off the others', ['Asia/Kathmandu'], '21:00-08:00', '2026-01-15T12:00Z', '2026-01-15T15:15Z'],
    ['with the first of several zones', american, '21:00-08:00', '2026-01-15T20:00Z', '2026-01-16T02:00Z'],
    ['with the first of them once the last is open', american, '21:00-08:00', '2026-01-16T02:00Z', '2026-01-17T02:00Z'],
    [
      'half an hour after the last opened',
      ['Pacific/Guam', 'America/St_Johns'],
      '21:00-08:00',
      '2026-07-15T00:00Z',
      '2026-07-15T11:00Z',
    ],
    [
      'an hour earlier by the sun after clocks went forward',
      [NEW_YORK],
      '21:00-08:00',
      '2026-03-08T13:00Z',
      '2026-03-09T01:00Z',
    ],
    ['an hour later after they went back', [NEW_YORK], '21:00-08:00', '2026-11-01T14:00Z', '2026-11-02T02:00Z'],
    [
      'with the change, where their minute is left out',
      [NEW_YORK],
      '02:30-08:00',
      '2026-03-07T20:00Z',
      '2026-03-08T07:00Z',
    ],
    ['so on Lord Howe, for half an hour', [LORD_HOWE], '02:15-08:00', '2026-10-03T10:00Z', '2026-10-03T15:30Z'],
    [
      'the first time, where their minute comes twice',
      [NEW_YORK],
      '01:30-08:00',
      '2026-10-31T20:00Z',
      '2026-11-01T05:30Z',
    ],
    ['when the clock is set back into them', [NEW_YORK], '01:00-01:30', '2026-11-01T05:45Z', '2026-11-01T06:00Z'],
    [
      'when most do not win any more',
      [...apart, 'Europe/Lisbon'],
      '20:00-08:00',
      '2026-01-15T22:00Z',
      '2026-01-16T20:00Z',
    ],
  ])('%s', (_what, zones, quiet, at, closing) => {
    expect(closingAfter(quiet, zones, at)).toBe(new Date(closing).toISOString());
  });

  test.each([
    ['no zone is known', []],
    ['one zone closes whenever the other opens', apart],
  ])('never where %s', (_what, zones) => {
    expect(nextClosing({ from: 20 * 60, to: 8 * 60 }, zones, Date.UTC(2026, 0, 15))).toBe(Infinity);
  });
});

describe('For any zones and quiet hours,', () => {
  const zone = fc.oneof(
    fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    fc.constantFrom(NEW_YORK, LOS_ANGELES, LONDON, LORD_HOWE, 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Gaza'),
  );
  const zones = fc.array(zone, { maxLength: 4 });
  const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
  const quietHours = fc.record({ from: minute, to: minute }).filter(({ from, to }) => (from - to + 1440) % 1440 >= 60);
  // The nights from Saturday to Sunday, when most clocks change.
  const saturday = fc.integer({ min: 0, max: 52 * 12 }).map((week) => Date.UTC(2024, 0, 6) + week * 7 * 1440 * MINUTE);
  const at = fc.oneof(
    fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2036, 0) }),
    fc.tuple(saturday, fc.integer({ min: 0, max: HORIZON })).map(([day, later]) => day + later),
  );

  test('the opening is the first after which nobody is woken, when there is one', () => {
    fc.assert(
      fc.property(quietHours, zones, at, (quiet, places, now) => {
        const opening = nextOpening(quiet, places, now);
        expect(opening).toBeGreaterThanOrEqual(now);
        if (countQuiet(quiet, places, opening) > 0) return;
        if (opening > now) expect(countQuiet(quiet, places, opening - MINUTE)).toBeGreaterThan(0);
        expect(nextOpening(quiet, places, opening)).toBe(opening);
      }),
      { numRuns: 300 },
    );
  });

  test('no earlier minute of two days is as good as the opening, and no later one is better', () => {
    fc.assert(
      fc.property(quietHours, zones, at, (quiet, places, now) => {
        let [best, fewest] = [now, countQuiet(quiet, places, now)];
        const start = now - (now % MINUTE);
        for (let time = start + MINUTE; time <= now + HORIZON && fewest > 0; time += MINUTE) {
          const woken = countQuiet(quiet, places, time);
          if (woken < fewest) [best, fewest] = [time, woken];
        }
        expect(nextOpening(quiet, places, now)).toBe(best);
      }),
      { numRuns: 200 },
    );
  });

  test('the hours end with the first minute after their opening in which more are woken than in it', () => {
    fc.assert(
      fc.property(quietHours, zones, at, (quiet, places, now) => {
        const opening = nextOpening(quiet, places, now);
        const woken = countQuiet(quiet, places, opening);
        let end = opening - (opening % MINUTE) + MINUTE;
        while (end <= opening + HORIZON && countQuiet(quiet, places, end) <= woken) end += MINUTE;
        expect(nextClosing(quiet, places, now)).toBe(end <= opening + HORIZON ? end : Infinity);
      }),
      { numRuns: 200 },
    );
  });

  test('an end does not move while they last, and they open again within two days of it', () => {
    fc.assert(
      fc.property(
        quietHours,
        fc.array(zone, { minLength: 1, maxLength: 4 }),
        at,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (quiet, places, now, share) => {
          const opening = nextOpening(quiet, places, now);
          const closing = nextClosing(quiet, places, now);
          expect(closing).toBeGreaterThan(opening);
          // Where one zone opens in the very minute in which another closes, day after day, as many are woken at any time.
          if (closing === Infinity) {
            expect(countQuiet(quiet, places, opening)).toBeGreaterThan(0);
            return;
          }
          expect(closing - opening).toBeLessThanOrEqual(HORIZON);
          if (countQuiet(quiet, places, opening) > 0) return;
          const meanwhile = Math.min(closing - 1, Math.floor(opening + share * (closing - opening)));
          expect(nextOpening(quiet, places, meanwhile)).toBe(meanwhile);
          expect(nextClosing(quiet, places, meanwhile)).toBe(closing);
          // The same where it has become so that one zone closes whenever another opens: no later minute is better.
          expect(nextOpening(quiet, places, closing)).toBeGreaterThanOrEqual(closing);
          expect(nextOpening(quiet, places, closing)).toBeLessThanOrEqual(closing + HORIZON);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('Numbers may wait together', () => {
  const winter = Date.UTC(2026, 0, 15);
  const summer = Date.UTC(2026, 6, 15);

  test.each<[what: string, zones: string[], others: string[], at: number, together: boolean]>([
    ['in one zone', [NEW_YORK], [NEW_YORK], winter, true],
    ['in zones with the same hours', [NEW_YORK], ['America/Toronto', 'America/Lima'], winter, true],
    ['unless one has summer time', [NEW_YORK], ['America/Lima'], summer, false],
    ['whatever the order of zones', [NEW_YORK, LOS_ANGELES], ['America/Vancouver', 'America/Toronto'], winter, true],
    ['whatever the day: Samoa is one ahead of American Samoa', ['Pacific/Apia'], ['Pacific/Pago_Pago'], winter, true],
    [
      'with zones between that matter',
      [NEW_YORK, LOS_ANGELES],
      [NEW_YORK, 'America/Denver', LOS_ANGELES],
      winter,
      false,
    ],
    ['with a quarter of an hour between them', ['Asia/Kolkata'], ['Asia/Kathmandu'], winter, false],
    ['without zones', [], [], winter, true],
    ['without zones, with others', [], [LONDON], winter, false],
  ])('%s', (_what, zones, others, at, together) => {
    expect(zoneWindowKey(zones, at) === zoneWindowKey(others, at)).toBe(together);
  });

  test('and those without a zone are told by an empty key', () => {
    expect(zoneWindowKey([], winter)).toBe('');
    expect(zoneWindowKey([LONDON], winter)).not.toBe('');
  });

  test.each([
    ['winter', winter],
    ['summer', summer],
  ])('and then their waiting ends together, in %s', (_season, at) => {
    const quiet = { from: 21 * 60, to: 8 * 60 };
    const openings = new Map<string, number>();
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const key = zoneWindowKey([zone], at);
      const opening = openings.get(key) ?? nextOpening(quiet, [zone], at);
      openings.set(key, opening);
      expect(nextOpening(quiet, [zone], at)).toBe(opening);
    }
    expect(openings.size).toBeGreaterThan(20);
  });
});

function openingAfter(text: string, zones: readonly string[], at: string): string {
  const quiet = parseQuietHours(text);
  if (quiet === null) throw new Error(`Not quiet hours: ${text}`);
  return new Date(nextOpening(quiet, zones, Date.parse(at))).toISOString();
}

function closingAfter(text: string, zones: readonly string[], at: string): string {
  const quiet = parseQuietHours(text);
  if (quiet === null) throw new Error(`Not quiet hours: ${text}`);
  return new Date(nextClosing(quiet, zones, Date.parse(at))).toISOString();
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Written apart from the code it checks: by the text of the time of day. */
function countQuiet({ from, to }: QuietHours, zones: readonly string[], at: number): number {
  const [first, last] = [timeOfDay(from), timeOfDay(to)];
  return zones.filter((timeZone) => {
    const clock =
      clocks.get(timeZone) ?? new Intl.DateTimeFormat('de', { timeZone, timeStyle: 'short', hourCycle: 'h23' });
    clocks.set(timeZone, clock);
    const now = clock.format(at);
    return first < last ? first <= now && now < last : now >= first || now < last;
  }).length;
}

function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
