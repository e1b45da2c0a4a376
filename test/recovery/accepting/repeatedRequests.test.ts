import { request as httpRequest } from 'node:http';
import { get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { allBatches, broadcast, expectAllAddUp, LIST_ONLY } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const body = { recipients: numbers(5), message: 'Doors open at 9.' };

/** Posts the broadcast and hangs up when it was accepted, without reading an answer. */
function postAndHangUp(test: TestService, key: string, prefer: string, when: () => Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${test.url}/broadcast`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'x-api-key': API_KEY, 'idempotency-key': key, prefer },
    });
    request.on('error', () => resolve());
    request.on('response', (response) => response.resume());
    request.end(JSON.stringify(body));
    when().then(() => {
      request.destroy();
      resolve();
    }, reject);
  });
}

describe.each(ENGINES)('a caller that goes away before it is answered, on %s', (engine) => {
  let test: TestService;
  let isRunning: boolean;
  beforeEach(() => {
    isRunning = true;
  });
  afterEach(async () => {
    if (isRunning) await expectAllAddUp(test);
    await test.stop();
  });

  it.each(['respond-async', 'wait=20'])('finds its broadcast by its key when it asks again (%s)', async (prefer) => {
    test = await startTestService({ engine, simulator: { latencyMs: 600 } });
    await postAndHangUp(test, 'gone', prefer, () =>
      eventually(async () => (await get(test, '/broadcast').expect(200)).body.data.length === 1),
    );
    const again = await eventually(async () => {
      const answer = await postBroadcast(test, body, { 'Idempotency-Key': 'gone', Prefer: prefer });
      if (answer.status === 202) return answer;
      expectProblem(answer, 409);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      return null;
    });
    const { body: list } = await get(test, '/broadcast').expect(200);
    expect(list.data).toEqual([expect.objectContaining({ id: again.body.id as string })]);
    await allBatches(test, again.body.id as string, 'sent');
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(test, body.recipients);
  });

  it('whose broadcast failed may use its key again', async () => {
    test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_MAX_ATTEMPTS: '1' } });
    // Others are taken, so that the fault is the broadcast's own.
    await allBatches(test, await broadcast(test, numbers(1, 50)), 'sent');
    test.simulator.addFault({ kind: 'reset' });
    const headers = { 'Idempotency-Key': 'failed', Prefer: 'respond-async' };
    const { body: first } = await postBroadcast(test, body, headers).expect(202);
    await allBatches(test, first.id as string, 'failed');
    const { body: second } = await postBroadcast(test, body, headers).expect(202);
    expect(second.id).not.toBe(first.id);
    await allBatches(test, second.id as string, 'sent');
    expectTextedOnce(test, [...body.recipients, ...numbers(1, 50)]);
  });

  it('finds it after a restart too', async () => {
    test = await startTestService({ engine });
    const headers = { 'Idempotency-Key': 'restart', Prefer: 'respond-async' };
    const first = await postBroadcast(test, body, headers).expect(202);
    const next = await test.restart();
    isRunning = false;
    const again = await postBroadcast(next, body, headers).expect(202);
    expect(again.text).toBe(first.text);
    await allBatches(next, first.body.id as string, 'sent');
    expectTextedOnce(next, body.recipients);
    await expectAllAddUp(next);
    await next.stop();
  });
});

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres('forty requests with one key at the same moment, spread over two instances on PostgreSQL', () => {
  it.each(['respond-async', 'wait=10'])('make one broadcast (%s)', async (prefer) => {
    const one = await startTestService({ engine: 'postgres' });
    const two = await startTestService({ engine: 'postgres', beside: one });
    const headers = { 'Idempotency-Key': 'forty', Prefer: prefer };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => postBroadcast(index % 2 === 0 ? one : two, body, headers)),
    );
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken.filter(({ headers: sent }) => sent['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(taken.map((answer) => answer.body.id as string)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 202)) expectProblem(answer, 409);
    await allBatches(two, taken[0]!.body.id as string, 'sent');
    expect((await get(two, '/broadcast').expect(200)).body.data).toHaveLength(1);
    expectTextedOnce(one, body.recipients);
    await expectAllAddUp(one);
    await two.stop();
    await one.stop();
  });
});
