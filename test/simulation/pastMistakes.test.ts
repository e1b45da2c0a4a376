import { openSharedDatabase, type SharedDatabase } from '../../src/simulation/database/sharedDatabase';
import type { Fault } from '../../src/simulation/faults/fault';
import { drawPlan } from '../../src/simulation/faults/drawPlan';
import type { PlannedBroadcast, WorldPlan } from '../../src/simulation/faults/worldPlan';
import { simulateWorld } from '../../src/simulation/simulateWorld';
import { planWith } from '../support/worlds';

let shared: SharedDatabase;

beforeAll(async () => {
  shared = await openSharedDatabase();
});

const lost = (call: number): Fault => ({ kind: 'lost answer', call, loss: 'reset' });
const hangs = (call: number): Fault => ({ kind: 'lost answer', call, loss: 'silence' });
const clockStep = (atMs: number, byMinutes: number): Fault => ({
  kind: 'clock step',
  when: { atMs },
  byMs: byMinutes * 60_000,
});
const notTaken = (call: number): Fault => ({ kind: 'lost request', call, loss: 'reset' });
const alsoTexted = (call: number, people: readonly number[], sameSender = true): Fault[] =>
  people.map((to) => ({ kind: 'other software', call, afterMs: 1000, to, sameSender, texts: 1 }));
const notServed = (people: readonly number[]): Fault => ({ kind: 'invalid people', people, as: 'text' });

/** Batches of six, each broadcast to those who are named. */
function worldOf(broadcasts: readonly Partial<PlannedBroadcast>[], faults: readonly Fault[]): WorldPlan {
  const plan = planWith(faults);
  return {
    ...plan,
    people: Array.from({ length: 18 }, (_, place) => `+1415555${2000 + place}`),
    settings: { ...plan.settings, batchSize: 6 },
    broadcasts: broadcasts.map((change, place) => ({
      ...plan.broadcasts[0]!,
      text: `text ${place + 1}`,
      key: `key ${place + 1}`,
      ...change,
    })),
  };
}

const inBatchesOf = (batchSize: number, plan: WorldPlan): WorldPlan => ({
  ...plan,
  settings: { ...plan.settings, batchSize },
});

/** Batches of five, whose calls wait for none of the others; by this seed's chances the second answer comes first. */
const atOnce = (plan: WorldPlan): WorldPlan => ({
  ...plan,
  seed: 1270,
  settings: { ...plan.settings, batchSize: 5, batchDelayMs: 0, maxConcurrency: 3 },
});

const FIRST_NINE = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const FIRST_SIX = [0, 1, 2, 3, 4, 5];
const NEXT_SIX = [6, 7, 8, 9, 10, 11];
const answeredThenLost = [{ people: FIRST_SIX }, { people: NEXT_SIX, submitAtMs: 20_000 }];

describe('nobody is texted twice', () => {
  it.each<[string, WorldPlan]>([
    [
      'who is the only one of a lost batch that Plivo serves',
      worldOf([{ people: [...FIRST_SIX, ...NEXT_SIX] }], [lost(2), notServed([6, 8, 9, 10, 11])]),
    ],
    [
      'who is the only one that Plivo serves of two lost batches',
      worldOf(
        [{ people: FIRST_SIX }, { people: [3], submitAtMs: 4000 }],
        [lost(1), lost(2), notServed([0, 1, 2, 4, 5])],
      ),
    ],
    [
      'who are the only ones that Plivo serves of lost batches, which it shows with another sender',
      worldOf(
        [{ people: FIRST_SIX }, { people: [...NEXT_SIX, 12, 13, 14, 15, 16, 17], submitAtMs: 20_000 }],
        [lost(2), lost(3), notServed([6, 7, 8, 9, 11, 12, 13, 14, 15, 17]), { kind: 'sender replaced', share: 1 }],
      ),
    ],
    [
      'who is the only one that Plivo serves, in a list whose first page others fill',
      worldOf(
        [{ people: NEXT_SIX }, { people: [...FIRST_SIX, 12, 13, 14, 15, 16, 17], submitAtMs: 20_000 }],
        [
          lost(2),
          notServed([0, 1, 2, 3, 5]),
          { kind: 'other software', call: 2, afterMs: 1000, to: 'a stranger', sameSender: true, texts: 25 },
        ],
      ),
    ],
    [
      'where the clock is set forward between the call that tells of the list and the lost one',
      worldOf(answeredThenLost, [clockStep(10_000, 5), lost(2)]),
    ],
    [
      'where the clock is set during the lost call, whose time is reckoned from its end',
      worldOf(answeredThenLost, [clockStep(25_000, 5), hangs(2)]),
    ],
    [
      'where the clock is set before a new process comes, which has not seen it',
      worldOf(answeredThenLost, [
        clockStep(10_000, 5),
        { kind: 'restart', owner: 0, when: { atMs: 40_000 }, downMs: 1000 },
        lost(2),
      ]),
    ],
    [
      'where the clock is set back before a new process comes, whose calls tell of the list by the new time',
      atOnce(
        worldOf(
          [
            { people: FIRST_SIX, submitAtMs: 20_000 },
            { people: FIRST_SIX, submitAtMs: 270_000 },
          ],
          [
            { kind: 'clock step', when: { call: 2, afterMs: 1 }, byMs: -170_000 },
            { kind: 'crash', owner: 0, when: { call: 2, afterMs: 100 }, isHeard: false, downMs: 400 },
          ],
        ),
      ),
    ],
  ])('%s', async (_, plan) => {
    const { wrongs, textsPerPerson } = await simulateWorld(plan, { shared });
    expect(wrongs).toEqual([]);
    expect(textsPerPerson.most).toBe(1);
  });
});

describe('nobody is dropped', () => {
  it.each<[string, WorldPlan]>([
    [
      'whose lost batch was not taken, where other software texted as many of it as are asked for',
      inBatchesOf(
        9,
        worldOf(
          [{ people: [12, 13] }, { people: FIRST_NINE, submitAtMs: 20_000 }],
          [notTaken(2), ...alsoTexted(2, [0, 1, 2])],
        ),
      ),
    ],
    [
      'the same, from another sender and beside messages that fill the first page',
      inBatchesOf(
        9,
        worldOf(
          [{ people: [12, 13] }, { people: FIRST_NINE, submitAtMs: 20_000 }],
          [
            notTaken(2),
            { kind: 'other software', call: 2, afterMs: 900, to: 'a stranger', sameSender: true, texts: 25 },
            ...alsoTexted(2, [0, 1, 2], false),
          ],
        ),
      ),
    ],
  ])('%s', async (_, plan) => {
    const { wrongs } = await simulateWorld(plan, { shared });
    expect(wrongs).toEqual([]);
  });
});

it('a world that looks less often still waits until what it planned for is over (seed 9141)', async () => {
  const { wrongs } = await simulateWorld(drawPlan(9141), { shared });
  expect(wrongs).toEqual([]);
});
