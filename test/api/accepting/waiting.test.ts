import { broadcastWhen, numbers, postBroadcast } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const oneCall = { recipients: numbers(3), message: 'Doors open at 9.' };
const threeCalls = { recipients: numbers(25), message: 'Doors open at 9.' };

describe.each(ENGINES)('waiting for a broadcast on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { PLIVO_BULK_MESSAGE_LIMIT: '10' } });
  });
  beforeEach(() => {
    test.simulator.settings.latencyMs = 0;
    test.simulator.reset();
  });
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  it('is the rule when one call to Plivo is enough, and brings what Plivo answered', async () => {
    const response = await postBroadcast(test, oneCall).expect(202);
    expect(response.headers['preference-applied']).toBe('wait=10');
    expect(response.body).toMatchObject({ status: 'completed', batches: { total: 1, sent: 1 } });
    expect(response.body.processedAt).toMatch(/^\d{4}-/);
    const [call] = test.simulator.calls();
    expect(response.body.plivoResponses).toEqual([
      {
        batch: 1,
        apiId: expect.stringMatching(/\w/),
        message: 'message(s) queued',
        messageUuid: call?.messageUuids,
        invalidNumber: [],
      },
    ]);
    await expectNobodyMissing(test, response.body.id as string);
  });

  it('is not the rule when several calls are needed', async () => {
    test.simulator.settings.latencyMs = 300;
    const response = await postBroadcast(test, threeCalls).expect(202);
    expect(response.headers['preference-applied']).toBe('respond-async');
    expect(response.body).not.toHaveProperty('plivoResponses');
    expect(response.body.batches.sent).toBe(0);
    await broadcastWhen(test, response.body.id as string, ({ status }) => status === 'completed');
    await expectNobodyMissing(test, response.body.id as string);
  });

  it('lasts until every batch is settled when the caller asks to wait for several calls', async () => {
    test.simulator.settings.latencyMs = 100;
    const response = await postBroadcast(test, threeCalls, { Prefer: 'wait=20' }).expect(202);
    expect(response.headers['preference-applied']).toBe('wait=20');
    expect(response.body).toMatchObject({ status: 'completed', batches: { total: 3, sent: 3 } });
    expect((response.body.plivoResponses as { batch: number }[]).map(({ batch }) => batch)).toEqual([1, 2, 3]);
    expectTextedOnce(test, threeCalls.recipients);
    await expectNobodyMissing(test, response.body.id as string);
  });

  it.each(['respond-async', 'wait=0'])('is left out when the caller prefers %s', async (prefer) => {
    test.simulator.settings.latencyMs = 1000;
    const response = await postBroadcast(test, oneCall, { Prefer: prefer }).expect(202);
    expect(response.body.batches.sent).toBe(0);
    expect(response.headers['preference-applied']).toBe('respond-async');
    expect(response.body).not.toHaveProperty('plivoResponses');
    await broadcastWhen(test, response.body.id as string, ({ status }) => status === 'completed');
    await expectNobodyMissing(test, response.body.id as string);
  });

  it('ends after the time that the caller gave, with the broadcast under way', async () => {
    test.simulator.settings.latencyMs = 2000;
    const started = performance.now();
    const response = await postBroadcast(test, oneCall, { Prefer: 'wait=1' }).expect(202);
    expect(performance.now() - started).toBeGreaterThanOrEqual(950);
    expect(response.headers['preference-applied']).toBe('wait=1');
    expect(response.body).toMatchObject({ status: 'processing', batches: { sending: 1 }, plivoResponses: [] });
    await broadcastWhen(test, response.body.id as string, ({ status }) => status === 'completed');
    expectTextedOnce(test, oneCall.recipients);
    await expectNobodyMissing(test, response.body.id as string);
  });

  it('lasts through refusals that pass, and the caller never hears of them', async () => {
    test.simulator.addFault({ kind: 'status', status: 503, times: 2 });
    const { body } = await postBroadcast(test, oneCall).expect(202);
    expect(body).toMatchObject({ status: 'completed', batches: { sent: 1 } });
    expectTextedOnce(test, oneCall.recipients);
    await expectNobodyMissing(test, body.id as string);
  });
});

describe.each(ENGINES)('a caller who no longer waits on %s', (engine) => {
  let test: TestService;
  afterEach(() => test.stop());

  it('was told 202, so a refusal of the account afterwards does not fail the broadcast', async () => {
    test = await startTestService({ engine, env: { BROADCAST_WAIT_MS: '100' }, simulator: { latencyMs: 500 } });
    test.simulator.addFault({ kind: 'status', status: 402 });
    const { body } = await postBroadcast(test, oneCall).expect(202);
    expect(body.batches).toMatchObject({ pending: 0, sending: 1, failed: 0 });
    await broadcastWhen(test, body.id as string, ({ errors }) =>
      (errors as { code: string }[]).some(({ code }) => code === 'insufficient_credit'),
    );
    const done = await broadcastWhen(test, body.id as string, ({ batches }) => batches['sent'] === 1);
    expect(done.batches['failed']).toBe(0);
    expectTextedOnce(test, oneCall.recipients);
    await expectNobodyMissing(test, body.id as string);
  });
});
