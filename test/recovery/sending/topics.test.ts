import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { expectAllAddUp } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(120);
/** Overlapping: each list has two thirds of the people, from another place on. */
const lists = Array.from({ length: 10 }, (_, place) =>
  Array.from({ length: 80 }, (_, index) => people[(place * 12 + index) % people.length]!),
);
const ENDS = ['completed', 'partially_failed', 'failed', 'cancelled'];

/** One process on SQLite, three on PostgreSQL. */
async function startInstances(engine: (typeof ENGINES)[number], env: Record<string, string>): Promise<TestService[]> {
  const first = await startTestService({ engine, env });
  if (engine === 'sqlite') return [first];
  return [first, await startTestService({ env, beside: first }), await startTestService({ env, beside: first })];
}

describe.each(ENGINES)('ten broadcasts at once to overlapping lists, on %s', (engine) => {
  let instances: TestService[] = [];
  const start = async (env: Record<string, string>) => {
    instances = await startInstances(engine, { PLIVO_BULK_MESSAGE_LIMIT: '20', ...env });
  };
  afterEach(async () => {
    const [first, ...others] = instances;
    await expectAllAddUp(first!);
    for (const instance of [...others, first!]) await instance.stop();
  });

  const sendAll = async (fields: object): Promise<string[]> =>
    await Promise.all(
      lists.map(async (recipients, place) => {
        const instance = instances[place % instances.length]!;
        const request = { recipients, message: `Text ${place}`, ...fields };
        const { body } = await postBroadcast(instance, request, { prefer: 'respond-async' }).expect(202);
        return (body as { id: string }).id;
      }),
    );
  const leftOutOf = async (ids: readonly string[]): Promise<string[]> => {
    const codes: string[] = [];
    for (const id of ids) {
      await broadcastWhen(instances[0]!, id, ({ status }) => ENDS.includes(status));
      const { body } = await get(instances[0]!, `/broadcast/${id}/recipients?status=cancelled&limit=1000`).expect(200);
      codes.push(...(body as { data: { errorCode: string }[] }).data.map(({ errorCode }) => errorCode));
    }
    return codes;
  };

  it('of one topic text nobody twice', async () => {
    await start({});
    const codes = await leftOutOf(await sendAll({ topic: 'opening' }));
    expectTextedOnce(instances[0]!, people);
    expect(codes).toEqual(Array.from({ length: 10 * 80 - 120 }, () => 'topic'));
  });

  it('text nobody more often than MAX_TEXTS_PER_PERSON allows', async () => {
    await start({ MAX_TEXTS_PER_PERSON: '2/1d' });
    const codes = await leftOutOf(await sendAll({}));
    for (const person of people) expect(instances[0]!.simulator.textsOf(person)).toHaveLength(2);
    expect(new Set(codes)).toEqual(new Set(['cap']));
  });
});
