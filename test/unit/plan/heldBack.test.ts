import fc from 'fast-check';
import type { Load } from '../../../src/domain/plan/broadcastPlan';
import { heldBackOf, type Sending, type SharedQueue } from '../../../src/domain/plan/heldBack';
import type { Pace } from '../../../src/domain/time/pacing';
import { nextClosing, nextOpening, parseQuietHours } from '../../../src/domain/time/quietHours';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LONDON = ['Europe/London'];
const NEW_YORK = ['America/New_York'];
const hours = parseQuietHours('21:00-08:00')!;
const at = (time: string) => Date.parse(`2026-01-15T${time}Z`);
const MORNING = at('08:00') + 24 * HOUR;

const OURS = { sender: '+14155550100' };

const loads = (
  zones: readonly string[] | null,
  sizes: readonly number[],
  {
    notBefore = null,
    goesAt = null,
    afterCanary = null,
    segments = 1,
    origin = OURS,
  }: Partial<Pick<Load, 'notBefore' | 'goesAt' | 'afterCanary' | 'origin'>> & { segments?: number } = {},
): Load[] =>
  sizes.map((people) => ({
    origin,
    people,
    calls: 1,
    units: people * segments,
    zones,
    goesAt,
    notBefore,
    afterCanary,
  }));

/** With one queue that all pass. */
type Given = Omit<Sending, 'queuesOf'> &
  Omit<SharedQueue, 'pace' | 'freeAt'> & {
    readonly pace: Pace | null;
    readonly queueFreeAt: number;
  };

function heldOf({ pace, queueFreeAt, othersMs, ...given }: Given) {
  const queues = pace === null ? [] : [{ pace, freeAt: queueFreeAt, othersMs }];
  return heldBackOf({ ...given, queuesOf: () => queues });
}

const ofUs = (until: number, calls: number, units: number) => ({
  until,
  lanes: [{ sender: OURS.sender, calls, units }],
});

/** One text a second, two minutes before it is quiet in London. */
const sending: Given = {
  loads: loads(LONDON, [30, 30, 30, 30, 20]),
  hours,
  pace: { unitsPerSecond: 1, horizonMs: HOUR },
  startsAt: at('20:58'),
  queueFreeAt: 0,
  othersMs: 0,
};

describe('Quiet hours hold back', () => {
  test.each<
    [what: string, change: Partial<Given>, held: [people: number, until: number, calls: number, units: number] | null]
  >([
    ['those whose turn comes too late', {}, [50, MORNING, 2, 50]],
    ['more of them where others take turns', { othersMs: 30 * SECOND }, [80, MORNING, 3, 80]],
    ['more of them where Plivo is busy', { queueFreeAt: at('20:59') }, [110, MORNING, 4, 110]],
    ['all where Plivo is busy until then', { queueFreeAt: at('22:00') }, [140, MORNING, 5, 140]],
    [
      'more of them where texts have parts',
      { loads: loads(LONDON, [30, 30, 30, 30, 20], { segments: 3 }) },
      [110, MORNING, 4, 330],
    ],
    ['nobody where there is time', { startsAt: at('20:00') }, null],
    ['nobody where none are set', { hours: null, loads: loads(null, [30, 30]) }, null],
    ['nobody whose zone nobody knows', { loads: loads([], [1000]) }, null],
    ['nobody of nobody', { loads: [] }, null],
    ['only those for whom it is night, where no rate is known', { pace: null }, null],
    [
      'those for whom it is night, in any case',
      { pace: null, loads: loads(LONDON, [30, 20], { notBefore: MORNING }) },
      [50, MORNING, 2, 50],
    ],
    [
      'each by the clock of their own',
      { loads: [...loads(NEW_YORK, [100]), ...loads(LONDON, [30, 30])] },
      [60, MORNING, 2, 60],
    ],
    [
      'for another day, whose turn does not come on the next one',
      {
        loads: loads(
          LONDON,
          Array.from({ length: 20 }, () => 3600),
        ),
      },
      [20 * 3600, MORNING + 24 * HOUR, 8, 8 * 3600],
    ],
    [
      'for a day, but not for ever, what takes longer than any',
      { loads: loads(LONDON, [20 * 3600]) },
      [20 * 3600, MORNING, 1, 20 * 3600],
    ],
  ])('%s', (_what, change, expected) => {
    const held = heldOf({ ...sending, ...change });
    if (expected === null) {
      expect(held).toBeNull();
      return;
    }
    const [recipients, until, calls, units] = expected;
    expect(held).toEqual({ quiet: { recipients, until }, last: ofUs(until, calls, units) });
  });

  test('nobody who only waits for a time of their own clock, which is when the last go', () => {
    const goesAt = at('09:00') + 24 * HOUR;
    const waiting = loads(LONDON, [30, 20], { goesAt, notBefore: goesAt });
    for (const pace of [null, sending.pace]) {
      const held = heldOf({ ...sending, pace, loads: waiting, startsAt: at('12:00') });
      expect(held).toEqual({ quiet: null, last: ofUs(goesAt, 2, 50) });
    }
  });

  test('nobody who only waits for a canary, and those for whom it is night when it is over', () => {
    const startsAt = at('12:00');
    const after = (afterCanary: number) => [...loads(LONDON, [5]), ...loads(LONDON, [30, 20], { afterCanary })];
    const last = (until: number) => ofUs(until, 2, 50);
    for (const pace of [null, sending.pace])
      expect(heldOf({ ...sending, pace, startsAt, loads: after(at('12:10')) })).toEqual({
        quiet: null,
        last: last(at('12:10')),
      });
    for (const pace of [null, sending.pace])
      expect(heldOf({ ...sending, pace, startsAt, loads: after(at('21:30')) })).toEqual({
        quiet: { recipients: 50, until: MORNING },
        last: last(MORNING),
      });
  });

  test('those whose own time is one of the night, until it is over', () => {
    const goesAt = at('06:00') + 24 * HOUR;
    const waiting = loads(LONDON, [30, 20], { goesAt, notBefore: MORNING });
    expect(heldOf({ ...sending, loads: waiting, startsAt: at('12:00') })).toEqual({
      quiet: { recipients: 50, until: MORNING },
      last: ofUs(MORNING, 2, 50),
    });
  });

  test('nobody less when there is more to send, or it starts later on the day', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 30 });
    const minutes = fc.integer({ min: 0, max: 12 * 60 });
    fc.assert(
      fc.property(sizes, minutes, fc.nat({ max: HOUR }), (given, minute, othersMs) => {
        const startsAt = at('08:00') + minute * MINUTE;
        const heldWith = (change: Partial<Given>) =>
          heldOf({ ...sending, loads: loads(LONDON, given), startsAt, othersMs, ...change })?.quiet?.recipients ?? 0;
        const held = heldWith({});
        expect(heldWith({ loads: loads(LONDON, [...given, 10]) })).toBeGreaterThanOrEqual(held);
        expect(heldWith({ startsAt: startsAt + MINUTE })).toBeGreaterThanOrEqual(held);
        expect(heldWith({ othersMs: othersMs + MINUTE })).toBeGreaterThanOrEqual(held);
        // Who is not held back has left before it is quiet, one after another.
        const total = given.reduce((all, size) => all + size, 0);
        expect(startsAt + (total - held) * SECOND).toBeLessThan(nextClosing(hours, LONDON, startsAt));
        expect(nextOpening(hours, LONDON, startsAt)).toBe(startsAt);
      }),
    );
  });
});

describe('Quiet hours hold back, of two senders,', () => {
  const SLOW = { sender: '+447700900123' };
  const account = { pace: { unitsPerSecond: 10, horizonMs: HOUR }, freeAt: 0, othersMs: 0 };
  const slow = { pace: { unitsPerSecond: 1, horizonMs: HOUR }, freeAt: 0, othersMs: 0 };
  const queuesOf = (sender: string) => (sender === SLOW.sender ? [account, slow] : [account]);
  const both = [...loads(LONDON, [30, 30, 30, 30, 30], { origin: SLOW }), ...loads(LONDON, [300, 300, 300])];

  test('those of the slow one whose turn comes too late, and nobody who waits behind them', () => {
    expect(heldBackOf({ loads: both, hours, queuesOf, startsAt: at('20:58') })).toEqual({
      quiet: { recipients: 60, until: MORNING },
      last: { until: MORNING, lanes: [{ sender: SLOW.sender, calls: 2, units: 60 }] },
    });
  });

  test('more of them where Plivo has something of theirs', () => {
    const busy = { ...slow, freeAt: at('20:59') };
    const held = heldBackOf({
      loads: both,
      hours,
      queuesOf: (of) => (of === SLOW.sender ? [account, busy] : [account]),
      startsAt: at('20:58'),
    });
    expect(held?.quiet).toEqual({ recipients: 120, until: MORNING });
  });

  test('nobody of one whose rate is not known, where the other has one', () => {
    const held = heldBackOf({
      loads: both,
      hours,
      queuesOf: (of) => (of === SLOW.sender ? [slow] : []),
      startsAt: at('20:58'),
    });
    expect(held?.quiet).toEqual({ recipients: 60, until: MORNING });
  });
});
