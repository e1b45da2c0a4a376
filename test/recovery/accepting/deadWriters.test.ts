import { setTimeout as sleepFor } from 'node:timers/promises';
import { numbers, postBroadcast, get } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const KEY = { 'Idempotency-Key': 'spring' };
const small = { recipients: numbers(5), message: 'Doors open at 9.' };
/** Far more steps than are taken before the test has seen the first one. */
const large = () => ({
  recipients: numbers(20_000),
  message: 'Doors open at 9.',
  sendAt: new Date(Date.now() + 3_600_000).toISOString(),
});

/** PostgreSQL's leases have to run out first; with SQLite, the others are known to be dead. */
const longestBlockMs = (engine: string) => (engine === 'sqlite' ? 0 : 8000);

describe.each(ENGINES)('an idempotency key of a process that died on %s', (engine) => {
  let test: TestService;
  const startWith = async (options: Parameters<typeof startTestService>[0]) => {
    test = await startTestService({ engine, ...options });
    return test;
  };
  /** Repeats the request until it is taken, no longer than a key may be blocked; the first time at once. */
  const repeat = async (next: TestService, body: object) => {
    const began = performance.now();
    return await eventually(async () => {
      const answer = await postBroadcast(next, body, KEY);
      if (answer.status === 202) return answer;
      expectProblem(answer, 409);
      expect(performance.now() - began).toBeLessThan(longestBlockMs(engine));
      return null;
    });
  };
  afterEach(() => test.stop());

  it('in the middle of a large acceptance is free again soon, and nothing of it is left', async () => {
    const body = large();
    const dying = await startWith({ env: { PLIVO_BULK_MESSAGE_LIMIT: '1' } });
    const answer = postBroadcast(dying, body, KEY).then(
      ({ status }) => status,
      () => 'no answer',
    );
    const { accepting } = dying.service.store;
    await eventually(async () => (await accepting.findKnown('spring'))?.isAnswering);
    await dying.crash();
    expect(await answer).toBe('no answer');

    const next = await dying.restart({ PLIVO_BULK_MESSAGE_LIMIT: '1000' });
    const taken = await repeat(next, body);
    expect(taken.headers).not.toHaveProperty('idempotency-replayed');
    expect(taken.body).toMatchObject({ status: 'scheduled', batches: { total: 20, pending: 20 } });
    expect((await get(next, '/broadcast')).body.data).toHaveLength(1);
    await expectNobodyMissing(next, taken.body.id as string);
    await next.stop();
  });

  it('while its caller was being kept waiting is answered soon', async () => {
    const dying = await startWith({ simulator: { latencyMs: 30_000 } });
    const first = postBroadcast(dying, small, { ...KEY, Prefer: 'wait=300' }).catch(() => null);
    await eventually(() => dying.simulator.calls().length === 1);
    await dying.crash();
    await first;
    const next = await dying.restart();
    const again = await repeat(next, small);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    await next.stop();
  });

  it('is busy for as long as its caller is kept waiting, and the caller hears of a refusal at any time', async () => {
    await startWith({ simulator: { latencyMs: 7000 } });
    test.simulator.addFault({ kind: 'status', status: 402 });
    const first = postBroadcast(test, small, { ...KEY, Prefer: 'wait=30' }).then((response) => response);
    await eventually(() => test.simulator.calls().length === 1);
    const until = performance.now() + 6000;
    while (performance.now() < until) {
      expectProblem(await postBroadcast(test, small, KEY), 409);
      await sleepFor(50);
    }
    expectProblem(await first, 402);
    test.simulator.settings.latencyMs = 0;
    await postBroadcast(test, small, KEY).expect(202);
    expectTextedOnce(test, small.recipients);
  });
});
