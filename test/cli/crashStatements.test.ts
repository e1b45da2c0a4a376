import { FREEZES } from '../../src/cli/crash/points/freezes';
import { GAPS } from '../../src/cli/crash/points/gaps';
import { STATEMENTS, type StatementTest } from '../../src/cli/crash/points/statements';
import { broadcastWhen, numbers, reportedAndOver } from '../support/client';
import { allBatches, broadcast, LIST_ONLY, post } from '../support/settling';
import { startTestService, type TestService } from '../support/testService';
import { ENGINES } from '../support/testDatabase';

type Name = keyof typeof STATEMENTS;

const PEOPLE = numbers(20);
const DISPATCH: Name[] = ['accept', 'claim', 'takeSlot'];

/** What happens to a broadcast, and with which of the statements. */
const STORIES: {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly play: (test: TestService) => Promise<unknown>;
  readonly statements: readonly Name[];
  /** As the timing has it. */
  readonly perhaps?: Name;
}[] = [
  {
    name: 'a broadcast that is sent and reported',
    play: async (test) => await reportedAndOver(test, await broadcast(test, PEOPLE), PEOPLE.length),
    statements: [...DISPATCH, 'keepAnswer', 'writeReport'],
    // A report that overtakes the answer proves the batch.
    perhaps: 'prove',
  },
  {
    name: 'an answer that is lost, and a batch found sent',
    env: LIST_ONLY,
    play: async (test) => {
      test.simulator.addFault({ kind: 'accept-then-reset' });
      await allBatches(test, await broadcast(test, PEOPLE), 'sent');
    },
    statements: [...DISPATCH, 'lose', 'prove'],
  },
  {
    name: 'an answer that is lost, and a batch found not sent',
    env: LIST_ONLY,
    play: async (test) => {
      test.simulator.addFault({ kind: 'reset' });
      await allBatches(test, await broadcast(test, PEOPLE), 'sent');
    },
    statements: [...DISPATCH, 'lose', 'disprove', 'keepAnswer'],
  },
  {
    name: 'a cancelled broadcast',
    env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '60000', PUBLIC_URL: '' },
    play: async (test) => {
      const id = await broadcast(test, PEOPLE);
      await broadcastWhen(test, id, ({ batches }) => batches['sent'] === 1);
      await post(test, `/broadcast/${id}/cancel`).expect(200);
      await broadcastWhen(test, id, ({ batches }) => batches['pending'] === 0);
    },
    statements: [...DISPATCH, 'keepAnswer', 'cancel', 'cancelBatches', 'prove'],
  },
];

const entries = Object.entries(STATEMENTS) as [Name, StatementTest][];

describe.each(ENGINES)('the statements at which the crash test kills (%s)', (engine) => {
  it.each(STORIES)('are those of $name', async ({ env, play, statements, perhaps }) => {
    const seen = new Set<Name>();
    const test = await startTestService({
      engine,
      // Without a delay no slot is taken.
      env: { PLIVO_BATCH_DELAY_MS: '5', ...env },
      onStatement: (statement) => {
        for (const [name, fits] of entries) if (fits(statement)) seen.add(name);
      },
    });
    try {
      await play(test);
    } finally {
      await test.stop();
    }
    if (perhaps !== undefined) seen.delete(perhaps);
    expect([...seen].sort()).toEqual([...statements].sort());
  });
});

describe('every statement', () => {
  it.each(entries)('%s is that of a gap, and of a story above', (name, fits) => {
    expect(GAPS.some(({ dies }) => typeof dies !== 'string' && dies.statement === fits)).toBe(true);
    expect(STORIES.some(({ statements }) => statements.includes(name))).toBe(true);
  });
});

it('every place has a name of its own, by which its process is told what to do', () => {
  const names = [...GAPS, ...FREEZES].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
