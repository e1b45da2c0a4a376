import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import type { Fault } from '../../../src/simulator/behaviour/faults';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const oneCall = { recipients: numbers(3), message: 'Doors open at 9.' };

describe.each(ENGINES)('a single call that Plivo refuses while its caller waits on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { PLIVO_MAX_ATTEMPTS: '2' } });
  });
  beforeEach(() => test.simulator.reset());
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  it.each([
    [400, 400],
    [422, 400],
    [402, 402],
    [401, 502],
    [403, 502],
    [404, 502],
    [405, 502],
    [429, 503],
    [503, 503],
  ])('with %d is answered %d, and nobody was or will be texted', async (plivoStatus, status) => {
    test.simulator.addFault({ kind: 'status', status: plivoStatus, times: 0 });
    const response = await postBroadcast(test, oneCall);
    expectProblem(response, status);
    expect(response.body.detail).toMatch(/^Nobody was texted\. \w/);
    const calls = test.simulator.calls().length;
    expect(calls).toBe(status === 503 ? 2 : 1);
    if (status === 503) expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    else expect(response.headers).not.toHaveProperty('retry-after');

    const { broadcastId } = response.body as { broadcastId: string };
    const broadcast = await readBroadcast(test, broadcastId);
    expect(broadcast).toMatchObject({ status: 'failed', batches: { failed: 1 }, delivery: { failed: 3 } });
    expect(broadcast['errors']).toEqual([expect.objectContaining({ batch: 1, recipients: 3, plivoStatus })]);

    // Plivo is well again and serves the next broadcast; the refused one is not taken up again.
    test.simulator.clearFaults();
    const next = { recipients: numbers(2, 100), message: 'Next.' };
    await postBroadcast(test, next).expect(202);
    expectTextedOnce(test, next.recipients);
    expect(test.simulator.calls()).toHaveLength(calls + 1);
    expect((await get(test, '/health/ready').expect(200)).body.plivo).toBe('ok');
    await expectNobodyMissing(test, broadcastId);
  });

  it('for want of credit is known by the words, whatever the status', async () => {
    test.simulator.addFault({ kind: 'status', status: 400, error: 'insufficient credit in account' });
    const response = await postBroadcast(test, oneCall);
    expectProblem(response, 402);
    await expectNobodyMissing(test, response.body.broadcastId as string);
  });

  it('is an error too when the caller prefers to wait longer', async () => {
    test.simulator.addFault({ kind: 'status', status: 400 });
    expectProblem(await postBroadcast(test, oneCall, { Prefer: 'wait=60' }), 400);
  });

  it('is no error to a caller who prefers not to wait, who reads of it later', async () => {
    test.simulator.addFault({ kind: 'status', status: 400 });
    const { body } = await postBroadcast(test, oneCall, { Prefer: 'respond-async' }).expect(202);
    const failed = await broadcastWhen(test, body.id as string, ({ status }) => status === 'failed');
    expect(failed.delivery['failed']).toBe(3);
    await expectNobodyMissing(test, body.id as string);
  });
});

describe.each(ENGINES)('a call whose outcome nobody knows on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { PLIVO_TIMEOUT_MS: '400' }, simulator: { callbackLossShare: 1 } });
  });
  beforeEach(() => test.simulator.reset());
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  it.each<Fault>([
    { kind: 'accept-then-reset' },
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'accept-then-hang' },
    { kind: 'accept-then-500' },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 504 },
    { kind: 'null-body' },
    { kind: 'html' },
    { kind: 'garbage-202' },
    { kind: 'truncated' },
    { kind: 'redirect-loop' },
  ])('after $kind is told as it is, 202 and unconfirmed, and is not made again', async (fault) => {
    test.simulator.addFault(fault);
    const { body } = await postBroadcast(test, oneCall).expect(202);
    expect(body).toMatchObject({
      status: 'processing',
      batches: { total: 1, unconfirmed: 1, sent: 0, failed: 0, pending: 0 },
      delivery: { unknown: 3, queued: 0, failed: 0 },
      plivoResponses: [],
      errors: [{ batch: 1, recipients: 3, status: 'unconfirmed' }],
    });

    await postBroadcast(test, { recipients: numbers(1, 100), message: 'Next.' }).expect(202);
    expect(test.simulator.calls().map(({ dst }) => dst.length)).toEqual([3, 1]);
    await expectNobodyMissing(test, body.id as string);
  });
});
