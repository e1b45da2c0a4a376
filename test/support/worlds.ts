import { drawPlan } from '../../src/simulation/faults/drawPlan';
import type { Fault } from '../../src/simulation/faults/fault';
import type { WorldPlan } from '../../src/simulation/faults/worldPlan';

/** Six people in batches of two, at once, and nothing goes wrong but what the test says. */
export function planWith(faults: readonly Fault[], change: Partial<WorldPlan> = {}): WorldPlan {
  const drawn = drawPlan(1);
  const people = Array.from({ length: 6 }, (_, place) => `+1415555${2000 + place}`);
  return {
    ...drawn,
    owners: 1,
    people,
    faults,
    settings: {
      ...drawn.settings,
      batchSize: 2,
      batchDelayMs: 20,
      maxConcurrency: 1,
      hasPublicUrl: false,
      hasPowerpack: false,
    },
    retries: [],
    broadcasts: [
      {
        text: 'text 1',
        people: people.map((_, person) => person),
        submitAtMs: 2000,
        key: 'key',
        waitMs: 0,
        sendInMs: null,
        localInMs: null,
        canary: null,
        topic: null,
        sender: null,
        wordings: 1,
      },
    ],
    ...change,
  };
}
