import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { addUpAndStop, allBatches, broadcast, SETTLES_SOON } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';
import type { Fault } from '../../../src/simulator/simulator';

const people = numbers(60);

describe.each(ENGINES)('an outage of Plivo or of the way to it, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({
      engine,
      env: {
        PLIVO_BULK_MESSAGE_LIMIT: '5',
        PLIVO_RETRY_BASE_MS: '10',
        PLIVO_MAX_ATTEMPTS: '1',
        ...SETTLES_SOON,
        PLIVO_LIST_REQUESTS_PER_MINUTE: '1000',
        ...env,
      },
      simulator: { listRequestsPerMinute: 0 },
    });
  };
  const calls = () => test.simulator.calls();
  const refusedCalls = (status: number) => calls().filter((call) => call.status === status);
  const plivoHealth = async () => (await get(test, '/health/ready').expect(200)).body.plivo as unknown;
  const healthShows = (code: string) => eventually(async () => JSON.stringify(await plivoHealth()).includes(code));
  afterEach(() => addUpAndStop(test));

  it.each([
    [503, 'unavailable'],
    [429, 'rate_limited'],
  ])('in which it answers %d drops nobody, however few tries a batch has, and is shown', async (status, code) => {
    await start();
    test.simulator.addFault({ kind: 'status', status, times: 0 });
    const id = await broadcast(test, people);
    await eventually(() => refusedCalls(status).length >= 6);
    await healthShows(code);
    expect(await readBroadcast(test, id)).toMatchObject({
      batches: { failed: 0, sent: 0 },
      errors: [{ code, plivoStatus: status }],
    });

    test.simulator.clearFaults();
    await allBatches(test, id, 'sent');
    expect(await plivoHealth()).toBe('ok');
    expectTextedOnce(test, people);
  });

  it('is felt by one call at a time, at growing distances', async () => {
    await start({ PLIVO_RETRY_BASE_MS: '8', PLIVO_MAX_CONCURRENCY: '4' });
    test.simulator.addFault({ kind: 'status', status: 503, times: 0 });
    await broadcast(test, people);
    await eventually(() => calls().length >= 10);
    // Those that were under way together at first met it once.
    const probes = calls()
      .slice(-5)
      .map(({ at }) => at);
    const gaps = probes.slice(1).map((at, index) => at - (probes[index] ?? 0));
    // Each pause is twice the one before; a busy machine makes a call late, but not by that much.
    expect(gaps[3]).toBeGreaterThan(gaps[0]!);
    test.simulator.clearFaults();
  });

  it('with a closed port drops nobody', async () => {
    await start();
    await test.simulator.refuseConnections();
    const id = await broadcast(test, people);
    await healthShows('connection_refused');
    await test.simulator.acceptConnections();
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, people);
  });

  it('lasts for as long as Plivo says in Retry-After', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 429, retryAfter: 2 });
    const id = await broadcast(test, numbers(5));
    await allBatches(test, id, 'sent');
    const [first, second] = calls();
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(1990);
  });

  it('whose end Plivo names in Retry-After is waited for by callers who wait, too', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 429, retryAfter: 2 });
    // One batch: a second one may be under way when the first is refused.
    const id = await broadcast(test, numbers(5));
    // From when on it is known, and not only when it is on its way.
    await eventually(async () => (await get(test, '/health/ready')).body.plivo !== 'ok');
    await postBroadcast(test, { recipients: numbers(1, 10), message: 'Just you.' }).expect(202);
    await allBatches(test, id, 'sent');
    const [first, second] = calls();
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(1990);
    expectTextedOnce(test, [...numbers(5), ...numbers(1, 10)]);
  });

  it('of a gateway that passes the request on doubles nobody: only Plivo says that it took nothing', async () => {
    await start({ PUBLIC_URL: '' });
    test.simulator.addFault({ kind: 'accept-then-html', status: 503 });
    const id = await broadcast(test, numbers(5));
    await broadcastWhen(test, id, ({ batches }) => batches['unconfirmed'] === 1 || batches['sent'] === 1);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, numbers(5));
  });

  it('does not keep a waiting caller of a single call waiting: it is told, and nobody is texted later', async () => {
    await start({ PLIVO_MAX_ATTEMPTS: '2' });
    test.simulator.addFault({ kind: 'status', status: 503, times: 0 });
    const refused = await postBroadcast(test, { recipients: numbers(2), message: 'Just you two.' });
    expectProblem(refused, 503);
    test.simulator.clearFaults();
    await postBroadcast(test, { recipients: numbers(2, 10), message: 'You two then.' }).expect(202);
    expectTextedOnce(test, numbers(2, 10));
  });

  describe('in which calls are lost one after the other', () => {
    const kinds: [string, Fault][] = [
      ['before Plivo has them', { kind: 'reset', times: 0 }],
      ['after Plivo has taken them', { kind: 'accept-then-reset', times: 0 }],
    ];

    it.each(kinds)('%s: a few are put at stake, not all', async (_, fault) => {
      await start({ PLIVO_RETRY_BASE_MS: '2000', PUBLIC_URL: '', PLIVO_RECONCILE_AFTER_MS: '60000' });
      test.simulator.addFault(fault);
      const id = await broadcast(test, people);
      await healthShows('unanswered');
      const braked = await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
      expect(braked.batches['unconfirmed']).toBeLessThanOrEqual(6);
      expect(braked.batches['pending']).toBeGreaterThanOrEqual(6);
    });

    it.each(kinds)('%s: when one is answered all goes on, and everybody is texted once', async (_, fault) => {
      await start({ PUBLIC_URL: '', PLIVO_MAX_ATTEMPTS: '3' });
      test.simulator.addFault(fault);
      const id = await broadcast(test, people);
      await healthShows('unanswered');
      test.simulator.clearFaults();
      await allBatches(test, id, 'sent');
      expect(await plivoHealth()).toBe('ok');
      expectTextedOnce(test, people);
    });

    it('counts them over all broadcasts', async () => {
      await start({ PLIVO_RETRY_BASE_MS: '2000', PUBLIC_URL: '', PLIVO_RECONCILE_AFTER_MS: '60000' });
      test.simulator.addFault({ kind: 'reset', times: 0 });
      for (const from of [0, 10, 20]) await broadcast(test, numbers(5, from));
      expect(await healthShows('unanswered')).toBe(true);
    });
  });

  it('that is only of the message list is shown, and over when the list answers', async () => {
    await start({ PUBLIC_URL: '' });
    const listHealth = async () => (await get(test, '/health/ready').expect(200)).body.messageList as unknown;
    test.simulator.addFault({ kind: 'status', status: 503, times: 0, target: 'list' });
    test.simulator.addFault({ kind: 'reset' });
    const id = await broadcast(test, numbers(5));
    await eventually(async () => JSON.stringify(await listHealth()).includes('"code"'));
    test.simulator.clearFaults();
    await allBatches(test, id, 'sent');
    expect(await listHealth()).toBe('ok');
    expectTextedOnce(test, numbers(5));
  });
});

describe.each(ENGINES)('a batch that alone is answered 403, on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  it('fails with the reason once another was taken, and holds nobody up', async () => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_RETRY_BASE_MS: '10', PLIVO_MAX_CONCURRENCY: '1' },
    });
    test.simulator.addFault({ kind: 'status', status: 403, times: 0, recipient: people[12]! });
    const id = await broadcast(test, people);
    const done = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    expect(done).toMatchObject({
      batches: { sent: 11, failed: 1 },
      errors: [{ batch: 3, code: 'forbidden', plivoStatus: 403, message: expect.stringMatching(/takes other/) }],
    });
    expect(test.simulator.calls().filter(({ status }) => status === 403)).toHaveLength(2);
    expect((await get(test, '/health/ready').expect(200)).body.plivo).toBe('ok');
    expectTextedOnce(test, [...people.slice(0, 10), ...people.slice(15)]);
  });

  it('does not keep others from their turn together with another such batch', async () => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_RETRY_BASE_MS: '10', PLIVO_MAX_CONCURRENCY: '1' },
    });
    for (const recipient of [people[0]!, people[32]!])
      test.simulator.addFault({ kind: 'status', status: 403, times: 0, recipient });
    const first = await broadcast(test, people.slice(0, 30));
    const second = await broadcast(test, people.slice(30), 'Another text.');
    for (const id of [first, second]) {
      const done = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
      expect(done.batches).toMatchObject({ sent: 5, failed: 1 });
    }
  });
});
