import { setImmediate as turn } from 'node:timers/promises';
import { createHearingWatch } from '../../../src/services/hearing/hearingWatch';
import type { RecentDeafTime } from '../../../src/store/hearing/deafTimeStore';

const silent = { error: jest.fn(), warn: jest.fn(), info: jest.fn(), debug: jest.fn() };

/** A watch whose clock and database are the test's; `beats` are what it has said, each with when. */
function watchOn(isOnlyProcess: boolean, heardMsAgo: number | null) {
  let now = 0;
  let isAway = false;
  let heardAt = heardMsAgo === null ? null : -heardMsAgo;
  const beats: { at: number; missed: [from: number, until: number][] }[] = [];
  const sleepers: { at: number; wake: () => void }[] = [];
  const intervals = (times: readonly RecentDeafTime[]): [number, number][] =>
    times.map(({ fromMsAgo, untilMsAgo }) => [now - fromMsAgo, now - untilMsAgo]);
  const fail = () => Promise.reject(new Error('The database is away.'));
  const watch = createHearingWatch({
    isOnlyProcess,
    logger: silent,
    deafTime: {
      lastHeard: () =>
        isAway ? fail() : Promise.resolve(heardAt === null ? null : { at: heardAt, msAgo: now - heardAt }),
      beat(missed) {
        if (isAway) return fail();
        beats.push({ at: now, missed: intervals(missed()) });
        heardAt = now;
        return Promise.resolve();
      },
    },
    timers: {
      monotonicMs: () => now,
      sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + ms, wake })),
      nextTurn: () => turn(),
    },
  });
  watch.start();
  return {
    beats,
    watch,
    deafTimes: () => intervals(watch.deafTimes()),
    at: async (ms: number, act: () => void = () => undefined): Promise<void> => {
      for (;;) {
        await turn();
        const due = sleepers.filter((sleeper) => sleeper.at <= ms).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        sleepers.splice(sleepers.indexOf(due), 1);
        now = Math.max(now, due.at);
        due.wake();
      }
      now = ms;
      act();
      await turn();
    },
    /** The process is stopped, and goes on then. */
    hangUntil: (ms: number) => {
      now = ms;
    },
    setAway: (away: boolean) => {
      isAway = away;
    },
    otherBeats: () => {
      heardAt = now;
    },
  };
}

describe('Who hears what people write', () => {
  test('says so from the first moment on, and has missed nothing where nobody was there before', async () => {
    const { beats, deafTimes, at } = watchOn(true, null);
    await at(12_000);
    expect(beats).toEqual([0, 5000, 10_000].map((ms) => ({ at: ms, missed: [] })));
    expect(deafTimes()).toEqual([]);
  });

  test('counts all the time since the process before as missed, where it is the only one', async () => {
    const { beats, deafTimes, at } = watchOn(true, 3000);
    await at(1);
    expect(beats).toEqual([{ at: 0, missed: [[-3000, 0]] }]);
    expect(deafTimes()).toEqual([]);
  });

  test('waits whether another one is there, and until then counts that time as missed', async () => {
    const { beats, deafTimes, at, otherBeats } = watchOn(false, 3000);
    await at(1);
    expect(deafTimes()).toEqual([[-3000, 0]]);
    await at(2000, otherBeats);
    await at(8000);
    expect(beats).toEqual([{ at: 7000, missed: [] }]);
    expect(deafTimes()).toEqual([]);
  });

  test('has missed that time where nobody else was there', async () => {
    const { beats, at } = watchOn(false, 3000);
    await at(8000);
    expect(beats).toEqual([{ at: 7000, missed: [[-3000, 0]] }]);
  });

  test('takes all of the past for missed while it cannot ask, or where the clock was set back', async () => {
    const away = watchOn(true, 3000);
    expect(away.deafTimes()).toEqual([[-480_000, 0]]);
    const setBack = watchOn(true, -3_600_000);
    await setBack.at(1);
    expect(setBack.beats).toEqual([{ at: 0, missed: [[-480_000, 0]] }]);
  });

  test('has missed the time in which it hung', async () => {
    const { beats, deafTimes, at, hangUntil } = watchOn(true, null);
    await at(5001);
    hangUntil(60_000);
    expect(deafTimes()).toEqual([[5000, 60_000]]);
    await at(60_001);
    expect(beats.at(-1)).toEqual({ at: 60_000, missed: [[5000, 60_000]] });
    expect(deafTimes()).toEqual([]);
  });

  test('tells others what it could not keep, as soon as it can', async () => {
    const { watch, beats, deafTimes, at, setAway } = watchOn(true, null);
    await at(6000, () => setAway(true));
    await at(7000, () => watch.missed(6900));
    await at(9000, () => watch.missed(8900));
    expect(deafTimes()).toEqual([[6900, 9000]]);
    setAway(false);
    await at(10_001);
    expect(beats).toEqual([expect.anything(), expect.anything(), { at: 10_000, missed: [[6900, 9000]] }]);
    expect(deafTimes()).toEqual([]);
  });

  test('takes for missed by all, since the last that was stored, while it can store nothing', async () => {
    const { beats, deafTimes, at, setAway } = watchOn(true, null);
    await at(6000, () => setAway(true));
    await at(20_000);
    expect(deafTimes()).toEqual([[5000, 20_000]]);
    setAway(false);
    await at(22_000);
    expect(beats[2]?.missed).toEqual([[5000, 20_000]]);
    expect(deafTimes()).toEqual([]);
  });
});
