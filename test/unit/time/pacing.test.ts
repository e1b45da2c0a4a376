import fc from 'fast-check';
import {
  backlogMs,
  expectedFinish,
  largestBatch,
  loadMs,
  timeAmong,
  untilRoom,
  type Forecast,
  type OthersLoad,
  type Pace,
  type Paces,
} from '../../../src/domain/time/pacing';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Rates such as 0.35 have no exact binary form: what fills the horizon may come out a millisecond longer. */
const ROUNDING_MS = 1;
const ofAccount = (account: Pace | null): Paces => ({ account, sender: null });
/** A new account: 5 parts a second; 18,000 of them in an hour. */
const NEW_ACCOUNT: Pace = { unitsPerSecond: 5, horizonMs: HOUR };

/** Any rate that Plivo has, from one text in four seconds on. */
const rate = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.integer({ min: 1, max: 400 }).map((quarters) => quarters / 4),
  fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100),
);
const pace = fc.record({ unitsPerSecond: rate, horizonMs: fc.integer({ min: 1, max: 10_800 }).map((s) => s * SECOND) });
const segments = fc.integer({ min: 1, max: 11 });

describe('How long Plivo needs', () => {
  test.each([
    ['for nothing', 0, 5, 0],
    ['for five texts at five a second', 5, 5, SECOND],
    ['for a thousand texts at five a second', 1000, 5, 200 * SECOND],
    ['for one text at one in four seconds', 1, 0.25, 4 * SECOND],
    ['where it does not come out even: rounded up', 1, 3, 334],
  ])('%s', (_what, units, unitsPerSecond, ms) => {
    expect(loadMs({ unitsPerSecond, horizonMs: HOUR }, units)).toBe(ms);
  });
});

describe('A call to Plivo waits for room', () => {
  test.each<[what: string, units: number, backlogMs: number, waitMs: number]>([
    ['not when nothing is there', 1000, 0, 0],
    ['not when Plivo has been idle for a while', 1000, -HOUR, 0],
    ['not when it fills the hour', 1000, HOUR - 200 * SECOND, 0],
    ['for as long as it is too much', 1000, HOUR - 100 * SECOND, 100 * SECOND],
    ['for its own length when the hour is full', 1000, HOUR, 200 * SECOND],
    ['until nothing else is there, when it is more than an hour on its own', 20_000, 60 * SECOND, 60 * SECOND],
    ['not at all, when it is more than an hour and nothing else is there', 20_000, 0, 0],
  ])('%s', (_what, units, backlogMs, waitMs) => {
    expect(untilRoom(NEW_ACCOUNT, units, backlogMs)).toBe(waitMs);
  });

  test('and is then taken; a moment earlier it would not have been', () => {
    const backlog = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(pace, fc.integer({ min: 1, max: 11_000 }), backlog, (given, units, share) => {
        const backlogMs = Math.round(given.horizonMs * share);
        const waitMs = untilRoom(given, units, backlogMs);
        expect(untilRoom(given, units, backlogMs - waitMs)).toBe(0);
        expect(waitMs === 0 || untilRoom(given, units, backlogMs - waitMs + 1) === 1).toBe(true);
      }),
    );
  });
});

describe('Handing over one call after another', () => {
  const calls = fc.array(
    fc.record({ idleMs: fc.nat({ max: HOUR }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );

  test('never has more waiting at Plivo than the horizon, and never lets Plivo run dry', () => {
    fc.assert(
      fc.property(pace, segments, calls, (given, perMessage, handed) => {
        const most = largestBatch(1000, perMessage, ofAccount(given));
        let backlogMs = 0;
        for (const { idleMs, share } of handed) {
          const units = Math.max(1, Math.ceil(most * share)) * perMessage;
          const atLeast = loadMs(given, perMessage);
          backlogMs = Math.max(0, backlogMs - idleMs);
          const waitMs = untilRoom(given, units, backlogMs);
          expect(waitMs).toBeLessThanOrEqual(backlogMs);
          backlogMs += loadMs(given, units) - waitMs;
          // One person's text alone may be more than the horizon where it is that short.
          expect(backlogMs).toBeLessThanOrEqual(Math.max(given.horizonMs + ROUNDING_MS, atLeast));
        }
      }),
    );
  });

  test('waits for the end of a call that alone was more than the horizon, before a smaller one goes', () => {
    const units = fc.integer({ min: 1, max: 60_000 });
    fc.assert(
      fc.property(fc.array(units, { minLength: 2, maxLength: 20 }), (handed) => {
        let backlogMs = 0;
        for (const count of handed) {
          backlogMs += loadMs(NEW_ACCOUNT, count) - untilRoom(NEW_ACCOUNT, count, backlogMs);
          expect(backlogMs).toBeLessThanOrEqual(Math.max(NEW_ACCOUNT.horizonMs, loadMs(NEW_ACCOUNT, count)));
        }
      }),
    );
  });
});

describe('A call holds', () => {
  test.each<[what: string, batchSize: number, segmentsPerMessage: number, pace: Pace | null, people: number]>([
    ['as many as are configured where there is no rate', 1000, 11, null, 1000],
    ['as many as are configured where the horizon has room for them', 1000, 1, NEW_ACCOUNT, 1000],
    ['what can be sent within the horizon', 1000, 1, { unitsPerSecond: 5, horizonMs: 60 * SECOND }, 300],
    ['fewer people where each text has several parts', 1000, 7, { unitsPerSecond: 5, horizonMs: 60 * SECOND }, 42],
    ['never more than are configured', 10, 1, { unitsPerSecond: 5, horizonMs: 60 * SECOND }, 10],
    ['one person at least', 1000, 11, { unitsPerSecond: 0.25, horizonMs: SECOND }, 1],
  ])('%s', (_what, batchSize, perMessage, given, people) => {
    expect(largestBatch(batchSize, perMessage, ofAccount(given))).toBe(people);
  });

  test("what its sender's own rate lets through, where that is less", () => {
    const sender = { queue: 'acme', unitsPerSecond: 0.25, horizonMs: 3600 * SECOND };
    expect(largestBatch(1000, 1, { account: NEW_ACCOUNT, sender })).toBe(900);
    expect(largestBatch(1000, 1, { account: null, sender })).toBe(900);
    expect(largestBatch(1000, 1, { account: NEW_ACCOUNT, sender: { ...sender, unitsPerSecond: 25 } })).toBe(1000);
  });

  test('never more than Plivo can send within the horizon, but for a single person', () => {
    fc.assert(
      fc.property(pace, segments, fc.integer({ min: 1, max: 1000 }), (given, perMessage, batchSize) => {
        const people = largestBatch(batchSize, perMessage, ofAccount(given));
        expect(Number.isInteger(people) && people >= 1 && people <= batchSize).toBe(true);
        expect(people === 1 || loadMs(given, people * perMessage) <= given.horizonMs + ROUNDING_MS).toBe(true);
        // One more would be too many.
        const one = loadMs(given, perMessage);
        expect(people === batchSize || loadMs(given, people * perMessage) + one >= given.horizonMs).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('What Plivo was handed keeps it busy', () => {
  const queue = { freeAt: 50 * HOUR, writtenAt: 49 * HOUR };
  test.each([
    ['until it is done', 49.5 * HOUR, HOUR / 2],
    ['and no longer', 51 * HOUR, 0],
    ['as long as it would have, once the clock is set back', 40 * HOUR, HOUR],
  ])('%s', (_what, now, backlog) => {
    expect(backlogMs(queue, now)).toBe(backlog);
  });
});

describe('The last text is expected to leave Plivo', () => {
  const now = Date.UTC(2026, 0, 15, 12);
  const queue = (freeAt: number, load: number) => ({ queues: [{ freeAt, loadMs: load }] });
  const forecast: Forecast = { now, callsMs: SECOND, ...queue(0, 720 * SECOND), startsAt: null, held: null };

  test.each<[what: string, change: Partial<Forecast>, afterMs: number]>([
    ['when Plivo has worked them off', {}, 720 * SECOND],
    ['once the calls are made, where no rate is known', { queues: [] }, SECOND],
    ['once the calls are made, where they take longer', { callsMs: 2500 * SECOND }, 2500 * SECOND],
    ['after what Plivo was handed before', queue(now + HOUR, 720 * SECOND), HOUR + 720 * SECOND],
    [
      'when the slowest of the queues is through',
      {
        queues: [
          { freeAt: now + HOUR, loadMs: 5 },
          { freeAt: 0, loadMs: 2 * HOUR },
        ],
      },
      2 * HOUR,
    ],
    ['later for a broadcast that starts later', { startsAt: now + HOUR }, HOUR + 720 * SECOND],
    [
      'unless Plivo is busy even then',
      { startsAt: now + HOUR, ...queue(now + 2 * HOUR, 720 * SECOND) },
      2 * HOUR + 720 * SECOND,
    ],
    ['at once for a start that has passed', { startsAt: now - HOUR }, 720 * SECOND],
    [
      'after quiet hours, when those who were held back have gone',
      { held: { until: now + 8 * HOUR, callsMs: 500, ...queue(0, 360 * SECOND) } },
      8 * HOUR + 360 * SECOND,
    ],
    ['as before, where few were held back', { held: { until: now, callsMs: 250, ...queue(0, SECOND) } }, 720 * SECOND],
    ['now, where nothing is left to send', { callsMs: 0, ...queue(0, 0) }, 0],
  ])('%s', (_what, change, afterMs) => {
    expect(expectedFinish({ ...forecast, ...change }) - now).toBe(afterMs);
  });

  test('never earlier for longer calls, more before them, a later start or one more queue', () => {
    const at = fc.integer({ min: now - HOUR, max: now + 48 * HOUR });
    const queues = fc.array(fc.record({ freeAt: at, loadMs: fc.nat({ max: 50_000_000 }) }), { maxLength: 3 });
    const ahead = { callsMs: fc.nat({ max: 50_000_000 }), queues };
    const held = fc.option(fc.record({ until: at, ...ahead }), { nil: null });
    const any = fc.record({ now: at, ...ahead, startsAt: fc.option(at, { nil: null }), held });
    const field = fc.constantFrom('now', 'callsMs', 'startsAt');
    fc.assert(
      fc.property(any, field, fc.nat({ max: 100_000 }), (given, name, more) => {
        const finish = expectedFinish(given);
        expect(expectedFinish({ ...given, [name]: (given[name] ?? 0) + more })).toBeGreaterThanOrEqual(finish);
        const [first, ...others] = given.queues;
        expect(expectedFinish({ ...given, queues: others })).toBeLessThanOrEqual(finish);
        if (first !== undefined) {
          const busier = [{ ...first, freeAt: first.freeAt + more }, ...others];
          expect(expectedFinish({ ...given, queues: busier })).toBeGreaterThanOrEqual(finish);
        }
        expect(finish).toBeGreaterThanOrEqual(Math.max(given.now, given.startsAt ?? 0, given.held?.until ?? 0));
      }),
      { numRuns: 200 },
    );
  });
});

describe('Among others, a queue is busy', () => {
  test.each<[what: string, ownMs: number, others: OthersLoad[], ms: number]>([
    ['with what is ours, where nobody else is there', 1000, [], 1000],
    [
      'with all that has its turn meanwhile',
      1000,
      [
        { ms: 500, share: Infinity },
        { ms: 200, share: 1 },
      ],
      1700,
    ],
    ['with no more of theirs than a slow sender lets through', 900, [{ ms: 100_000, share: 0.1 }], 1000],
    ['with all of theirs, where a slow sender gets through with it', 1000, [{ ms: 50, share: 0.1 }], 1050],
    [
      'with what two slow senders let through',
      800,
      [
        { ms: 99_999, share: 0.1 },
        { ms: 99_999, share: 0.1 },
      ],
      1000,
    ],
    ['with nothing, where there is nothing', 0, [{ ms: 0, share: Infinity }], 0],
    ['with nothing, where nothing is ours', 0, [{ ms: 99_999, share: 0.1 }], 0],
  ])('%s', (_what, ownMs, others, ms) => {
    expect(Math.abs(timeAmong(ownMs, others) - ms)).toBeLessThanOrEqual(2);
  });

  test('never shorter than with ours alone, never longer than with all, and just as long as it takes', () => {
    const other = fc.record({
      ms: fc.nat({ max: 100_000 }),
      share: fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 0.3, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), fc.array(other, { maxLength: 3 }), (ownMs, others) => {
        const total = timeAmong(ownMs, others);
        expect(total).toBeGreaterThanOrEqual(ownMs);
        expect(total).toBeLessThanOrEqual(others.reduce((all, { ms }) => all + ms, ownMs));
        const meanwhile = others.reduce(
          (all, { ms, share }) => all + (ms === 0 ? 0 : Math.min(ms, share * total)),
          ownMs,
        );
        expect(Math.abs(total - meanwhile)).toBeLessThanOrEqual(2);
      }),
    );
  });
});
