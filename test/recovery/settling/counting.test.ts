import { broadcastWhen, numbers, postBroadcast } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { addUpAndStop, LIST_ONLY } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

/** Time to lose them all before the first look; the budget is Plivo's own. */
const ENV = { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '1500', PLIVO_MAX_CONCURRENCY: '2' };
const BATCH = 5;

describe.each(ENGINES)('many batches whose answers were lost, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}, simulator: TestServiceOptions['simulator'] = {}) => {
    const size = { PLIVO_BULK_MESSAGE_LIMIT: String(BATCH) };
    test = await startTestService({ engine, env: { ...ENV, ...size, ...env }, simulator, leastSpacingMs: 500 });
  };
  /** Every other batch is lost; the others are answered in between. */
  const loseEveryOther = (people: readonly string[], kind: (lost: number) => 'reset' | 'accept-then-reset') => {
    const lost = people.filter((_, index) => index % (2 * BATCH) === 0);
    lost.forEach((recipient, index) => test.simulator.addFault({ kind: kind(index), recipient }));
    return lost.length;
  };
  const send = async (people: readonly string[]) => {
    const { body } = await postBroadcast(test, { recipients: people, message: 'Hi' }, { Prefer: 'respond-async' });
    return body.id as string;
  };
  const allSent = (id: string) => broadcastWhen(test, id, ({ batches }) => batches['sent'] === batches['total']);
  afterEach(() => addUpAndStop(test));

  it.each([
    ['none of them was taken', 'reset', 20],
    ['all of them were taken', 'accept-then-reset', 10],
  ] as const)('are settled within the few requests of one minute, where %s', async (_, kind, most) => {
    // Whatever is lost after the first look takes requests of its own, as does a list that was given up waiting for: a busy
    // machine takes its time for either.
    await start({ PLIVO_RECONCILE_AFTER_MS: '10000', PLIVO_TIMEOUT_MS: '20000' });
    // The last is answered just after a lost one: its messages lie in what is counted, and are known.
    const people = numbers(24 * BATCH);
    const lost = loseEveryOther(people, () => kind);
    const id = await send(people);
    await allSent(id);
    expect(lost).toBe(12);
    expect(test.simulator.listRequests()).toBeLessThanOrEqual(most);
    expectTextedOnce(test, people);
  });

  it('are told apart where some were taken and some were not', async () => {
    await start({ PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' }, { listRequestsPerMinute: 0 });
    const people = numbers(16 * BATCH);
    loseEveryOther(people, (index) => (index < 3 || index === 6 ? 'accept-then-reset' : 'reset'));
    const id = await send(people);
    await allSent(id);
    expectTextedOnce(test, people);
  });

  it.each([
    ['the list tells no total', { hideTotal: true }],
    ['records show another sender than was given', { replacedSender: '+14155559999' }],
    ['Plivo refuses some of the numbers', { invalidNumbers: numbers(40).filter((_, at) => at % 3 === 1) }],
  ])('are looked for by number where %s', async (_, simulator) => {
    await start({ PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' }, { listRequestsPerMinute: 0, ...simulator });
    const people = numbers(8 * BATCH);
    const invalid = 'invalidNumbers' in simulator ? simulator.invalidNumbers : [];
    loseEveryOther(people, (index) => (index % 2 === 0 ? 'accept-then-reset' : 'reset'));
    const id = await send(people);
    await allSent(id);
    expectTextedOnce(
      test,
      people.filter((number) => !invalid.includes(number)),
    );
  });

  it('wait for a list that is away, which is said, and are settled when it is back', async () => {
    await start(
      { PLIVO_RECONCILE_AFTER_MS: '200', PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' },
      { listRequestsPerMinute: 0 },
    );
    test.simulator.addFault({ kind: 'status', status: 503, target: 'list', times: 3 });
    const people = numbers(4 * BATCH);
    loseEveryOther(people, () => 'reset');
    const id = await send(people);
    await allSent(id);
    const said = test.log.filter(({ message }) => message.includes('message list')).map(({ level }) => level);
    expect(said).toEqual(['error', 'info']);
    expectTextedOnce(test, people);
  });
});
