import fc from 'fast-check';
import { handOver, mostAtOnceMs, type HandOver } from '../../../src/domain/time/handOver';
import { nextClosing, nextHours, nextOpening, parseQuietHours } from '../../../src/domain/time/quietHours';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONDON = 'Europe/London';
const NEW_YORK = 'America/New_York';
const hours = parseQuietHours('21:00-08:00')!;
const at = (time: string) => Date.parse(`2026-01-15T${time}Z`);

describe('Texts may be handed over', () => {
  const MORNING = at('08:00') + DAY;
  const base: HandOver = { hours, zones: [LONDON], now: at('20:58'), heldUntil: null, queue: null };
  const queue = (backlogMs: number, loadMs: number) => ({ queue: { backlogMs, loadMs } });

  test.each<[what: string, change: Partial<HandOver>, when: number]>([
    ['to the last moment where no rate is known', { now: at('20:59:59') }, at('20:59:59')],
    ['not when it is quiet', { now: at('21:00') }, MORNING],
    ['not when it is quiet, however few they are', { now: at('21:00'), ...queue(0, 1) }, MORNING],
    ['while the last of them leaves in time', queue(0, 110 * SECOND), at('20:58')],
    ['in the morning where the last of them would not', queue(0, 111 * SECOND), MORNING],
    ['while there is time for what waits before them, too', queue(100 * SECOND, 10 * SECOND), at('20:58')],
    ['in the morning where there is not', queue(101 * SECOND, 10 * SECOND), MORNING],
    ['in the morning where what waits before them takes longer than the day', queue(3 * DAY, 1), MORNING],
    ['at noon, though they take six hours', { now: at('12:00'), ...queue(0, 6 * HOUR) }, at('12:00')],
    ['tomorrow, if they take ten', { now: at('12:00'), ...queue(0, 10 * HOUR) }, MORNING],
    [
      'before the evening of the first of several zones',
      { zones: [LONDON, NEW_YORK], now: at('20:00'), ...queue(0, 50 * MINUTE) },
      at('20:00'),
    ],
    [
      'as the last of several zones opens, where that is too late',
      { zones: [LONDON, NEW_YORK], now: at('20:00'), ...queue(0, 60 * MINUTE) },
      at('13:00') + DAY,
    ],
    ['at any time where no zone is known', { zones: [], ...queue(DAY, DAY) }, at('20:58')],
  ])('%s', (_what, change, when) => {
    expect(handOverAt({ ...base, ...change })).toBe(when);
  });

  test.each<[what: string, change: Partial<HandOver>, horizonMs: number]>([
    ['until shortly before it is quiet', queue(SECOND, SECOND), 110 * SECOND],
    ['for ever where no rate is known', {}, Infinity],
    ['for ever where no zone is known', { zones: [], ...queue(DAY, DAY) }, Infinity],
    [
      'for ever where it is too long for any day',
      { now: at('08:00'), heldUntil: at('08:00'), ...queue(0, DAY) },
      Infinity,
    ],
  ])("and Plivo's queue may then last %s", (_what, change, horizonMs) => {
    expect(handOver({ ...base, ...change })).toEqual({ kind: 'now', horizonMs });
  });

  describe('if they take longer than any day,', () => {
    const opening = at('08:00');
    const long: HandOver = { ...base, heldUntil: opening, now: opening + MINUTE, ...queue(0, 20 * HOUR) };
    test.each<[what: string, change: Partial<HandOver>, when: number]>([
      ['as the hours begin for which they were held back', {}, opening + MINUTE],
      ['not before they were held back for once', { heldUntil: null }, MORNING],
      ['not in later hours than those', { heldUntil: opening - DAY }, MORNING],
      ['while the first of them leaves in the first half of the hours', queue(6 * HOUR, 20 * HOUR), opening + MINUTE],
      ['tomorrow, where it does not', queue(7 * HOUR, 20 * HOUR), MORNING],
    ])('%s', (_what, change, when) => {
      expect(handOverAt({ ...long, ...change })).toBe(when);
    });
  });
});

describe('One batch takes', () => {
  test.each<[what: string, quiet: string, zones: string[], now: number, most: number]>([
    ['half a day', '21:00-08:00', [LONDON], at('12:00'), 6.5 * HOUR],
    ['half of the next day, at night', '21:00-08:00', [LONDON], at('23:00'), 6.5 * HOUR],
    ['half of the hour that is left', '20:00-19:00', [LONDON], at('19:59'), HOUR / 2],
    ['half of the hours that several zones share', '21:00-08:00', [LONDON, NEW_YORK], at('12:00'), 4 * HOUR],
    ['any time where no zone is known', '21:00-08:00', [], at('12:00'), Infinity],
  ])('%s, at most', (_what, quiet, zones, now, most) => {
    expect(mostAtOnceMs(parseQuietHours(quiet)!, zones, now)).toBe(most - 10 * SECOND);
  });
});

describe('For any quiet hours, zones and queue,', () => {
  const zone = fc.oneof(
    fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    fc.constantFrom(LONDON, NEW_YORK, 'America/Los_Angeles', 'Pacific/Fiji', 'Australia/Lord_Howe', 'Asia/Gaza'),
  );
  const zones = fc.array(zone, { minLength: 1, maxLength: 4 });
  const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
  const quiet = fc.record({ from: minute, to: minute }).filter(({ from, to }) => (from - to + 1440) % 1440 >= 60);
  const time = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2036, 0) });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('the last text of a batch that was cut to size leaves before it is quiet', () => {
    fc.assert(
      fc.property(quiet, zones, time, share, fc.nat({ max: 3 * HOUR }), (given, places, now, size, backlogMs) => {
        const loadMs = Math.floor(Math.min(DAY, mostAtOnceMs(given, places, now)) * size);
        const heldUntil = nextOpening(given, places, now - HOUR);
        const when = handOverAt({ hours: given, zones: places, now, heldUntil, queue: { backlogMs, loadMs } });
        expect(when).toBeGreaterThanOrEqual(now);
        // Clocks that change may make the hours in hand shorter than those that it was cut for.
        const { from, to } = { from: heldUntil, to: nextClosing(given, places, heldUntil) };
        if (loadMs > (to - from) / 2 - 10 * SECOND) return;
        if (when === now) expect(now + backlogMs + loadMs).toBeLessThan(nextClosing(given, places, now));
        else expect(nextOpening(given, places, when)).toBe(when);
      }),
      { numRuns: 200 },
    );
  });

  test('nothing is held back for ever: with no more before it than half of the hours it goes within days', () => {
    fc.assert(
      fc.property(quiet, zones, time, fc.nat({ max: 3 * DAY }), share, (given, places, now, loadMs, late) => {
        let [asked, heldUntil]: [number, number | null] = [now, null];
        for (let days = 0; ; days++) {
          const when = handOverAt({
            hours: given,
            zones: places,
            now: asked,
            heldUntil,
            queue: { backlogMs: 0, loadMs },
          });
          if (when === asked) break;
          const { to } = nextHours(given, places, when - 1);
          heldUntil = when;
          asked = when + Math.floor((late * (to - when)) / 2);
          expect(days).toBeLessThan(6);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const handOverAt = (asked: HandOver): number => {
  const verdict = handOver(asked);
  return verdict.kind === 'now' ? asked.now : verdict.at;
};
