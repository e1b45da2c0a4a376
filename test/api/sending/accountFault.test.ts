import { broadcastWhen, get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('a fault of the Plivo account on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({
      engine,
      // One call at a time, so that the tries of the fault are one after another.
      env: { PLIVO_BULK_MESSAGE_LIMIT: '10', PLIVO_RETRY_BASE_MS: '4', PLIVO_MAX_CONCURRENCY: '1' },
    });
  });
  beforeEach(() => test.simulator.reset());
  afterAll(() => test.stop());

  const body = { recipients: numbers(35), message: 'Doors open at 9.' };

  it.each([
    [402, 'insufficient_credit'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
  ])('such as %d stops dispatch, is shown, and when it is over everybody is texted once', async (status, code) => {
    test.simulator.addFault({ kind: 'status', status, times: 0 });
    const { id } = (await postBroadcast(test, body).expect(202)).body as { id: string };
    const paused = await broadcastWhen(test, id, ({ errors }) => (errors as unknown[]).length > 0);
    expect(paused['errors']).toEqual([
      { code, plivoStatus: status, message: expect.stringMatching(/paused/), since: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(paused.batches).toMatchObject({ total: 4, failed: 0, sent: 0, unconfirmed: 0 });
    const ready = await get(test, '/health/ready').expect(200);
    expect(ready.body).toMatchObject({ status: 'ok', plivo: { code, message: expect.stringMatching(/\w/) } });

    // More tries than a batch has for itself: an account fault uses none of them up.
    await eventually(() => test.simulator.calls().length >= 6);
    test.simulator.clearFaults();
    const done = await reportedAndOver(test, id, 35);
    expect(done).toMatchObject({ errors: [], batches: { sent: 4 } });
    expectTextedOnce(test, body.recipients);
    expect((await get(test, '/health/ready').expect(200)).body.plivo).toBe('ok');
    await expectNobodyMissing(test, id);
  });

  it('does not keep a waiting caller of a single call in the dark: the call is tried and its refusal told', async () => {
    test.simulator.addFault({ kind: 'status', status: 402, times: 0 });
    const { id } = (await postBroadcast(test, body).expect(202)).body as { id: string };
    await broadcastWhen(test, id, ({ errors }) => (errors as unknown[]).length > 0);

    const single = { recipients: numbers(2, 100), message: 'Just you two.' };
    const response = await postBroadcast(test, single);
    expectProblem(response, 402);
    await expectNobodyMissing(test, response.body.broadcastId as string);

    test.simulator.clearFaults();
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 35);
    expectTextedOnce(test, body.recipients);
    await expectNobodyMissing(test, id);
  });

  it('ends as soon as one call succeeds: a waiting single call finds that out for all', async () => {
    test.simulator.addFault({ kind: 'status', status: 402, times: 1 });
    const { id } = (await postBroadcast(test, body).expect(202)).body as { id: string };
    await broadcastWhen(test, id, ({ batches }) => batches['sent'] === 4);
    expectTextedOnce(test, body.recipients);
    await expectNobodyMissing(test, id);
  });
});
