import { createClockWatch } from '../../../src/services/settling/watching/clockWatch';

/** A clock that may be set, beside one that never steps. */
function watchFrom(start: number, latestCall: number | null = null) {
  let [wall, steady, readingTakes] = [start, 0, 0];
  const pass = (ms: number) => {
    wall += ms;
    steady += ms;
  };
  const watch = createClockWatch({
    clock: {
      readClock() {
        pass(readingTakes);
        return Promise.resolve(wall);
      },
      latestCall: () => Promise.resolve(latestCall),
    },
    timers: { monotonicMs: () => steady },
  });
  return {
    watch,
    pass,
    set: (byMs: number) => (wall += byMs),
    slowDown: (ms: number) => (readingTakes = ms),
  };
}

const START = 1_000_000_000;

it.each<[string, (clock: ReturnType<typeof watchFrom>) => void, since: number]>([
  ['that only goes on is steady from the first look', ({ pass }) => pass(3_600_000), START],
  [
    'that drifts by a second is steady',
    ({ pass, set }) => {
      pass(60_000);
      set(1000);
    },
    START,
  ],
  [
    'that was set forward is steady from then on',
    ({ pass, set }) => {
      pass(60_000);
      set(300_000);
    },
    START + 360_000,
  ],
  [
    'that was set back is steady once it shows what it has not shown before',
    ({ pass, set }) => {
      pass(60_000);
      set(-300_000);
    },
    START + 60_000,
  ],
])('a clock %s', async (_, happen, since) => {
  const clock = watchFrom(START);
  expect(await clock.watch.steadySince()).toBe(START);
  happen(clock);
  expect(await clock.watch.steadySince()).toBe(since);
  clock.pass(30_000);
  expect(await clock.watch.steadySince()).toBe(since);
});

it.each([
  ['back, is steady once it shows what calls were made at', START + 300_000, START + 300_001],
  ['not at all, is steady from now on', START - 300_000, START],
  ['not at all, with a call a second ago, is steady from now on', START - 1000, START],
  ['back by less than is seen, is steady once it shows what calls were made at', START + 1000, START + 1001],
])('a clock that, since an earlier process called, was set %s', async (_, latestCall, since) => {
  const clock = watchFrom(START, latestCall);
  expect(await clock.watch.steadySince()).toBe(since);
  clock.pass(60_000);
  expect(await clock.watch.steadySince()).toBe(since);
});

it('a clock that answers slowly is not trusted further back', async () => {
  const clock = watchFrom(START);
  await clock.watch.glance();
  clock.slowDown(1500);
  expect(await clock.watch.steadySince()).toBe(START + 4500);
});

it('is glanced at once a minute', async () => {
  const clock = watchFrom(START);
  await clock.watch.glance();
  clock.set(300_000);
  clock.pass(59_000);
  await clock.watch.glance();
  clock.set(-300_000);
  clock.pass(1000);
  expect(await clock.watch.steadySince()).toBe(START);
});
