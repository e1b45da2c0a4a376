import request from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { addUpAndStop, allBatches, broadcast, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const people = numbers(30);

describe.each(ENGINES)('what failed, on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    const env = { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_RETRY_BASE_MS: '4', PAUSE_AFTER_FAILED_BATCHES: '0' };
    test = await startTestService({ engine, env });
  });
  afterEach(() => addUpAndStop(test));

  const refuse = (...recipients: string[]) =>
    recipients.forEach((recipient) => test.simulator.addFault({ kind: 'status', status: 400, times: 0, recipient }));
  /** Batches 2 and 4 of six fail. */
  const failedInPart = async () => {
    refuse(people[7]!, people[17]!);
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    test.simulator.clearFaults();
    return id;
  };
  const submitWithKey = () =>
    postBroadcast(
      test,
      { recipients: people.slice(0, 3), message: 'Hi.' },
      { 'Idempotency-Key': 'k', prefer: 'respond-async' },
    );
  const failedWithKey = async () => {
    refuse(people[0]!);
    const { id } = (await submitWithKey().expect(202)).body as { id: string };
    await broadcastWhen(test, id, ({ status }) => status === 'failed');
    test.simulator.clearFaults();
    return id;
  };
  const resend = (id: string, batch: number) =>
    post(test, `/broadcast/${id}/batches/${batch}/resolve`, { as: 'resend' });
  const resendAll = (id: string) => post(test, `/broadcast/${id}/resend-failed`);

  it('can be sent again batch by batch, and the broadcast goes on', async () => {
    const id = await failedInPart();
    const { body } = await resend(id, 2).expect(200);
    expect(body).toMatchObject({ id, processedAt: null, batches: { failed: 1 } });
    const inPart = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    expect(inPart.batches).toMatchObject({ sent: 5, failed: 1 });
    await resend(id, 4).expect(200);
    const done = await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expect(done['errors']).toEqual([]);
    expectTextedOnce(test, people);
  });

  it('can be sent again all at once', async () => {
    const id = await failedInPart();
    await resendAll(id).expect(200);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, people);
  });

  it('has all its tries again, and may fail again', async () => {
    const id = await failedInPart();
    refuse(people[7]!);
    await resendAll(id).expect(200);
    const again = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    expect(again).toMatchObject({ batches: { sent: 5, failed: 1 }, delivery: { failed: 5 } });
  });

  it('leaves out who has opted out meanwhile', async () => {
    const id = await failedInPart();
    await request(test.url).put(`/opt-outs/${people[7]}`).set('x-api-key', API_KEY).expect(201);
    await resendAll(id).expect(200);
    const done = await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expect(done.delivery['optedOut']).toBe(1);
    expectTextedOnce(
      test,
      people.filter((number) => number !== people[7]),
    );
  });

  it('is not sent again where its caller was told that nobody will be texted', async () => {
    refuse(people[0]!);
    const refused = await postBroadcast(test, { recipients: people.slice(0, 3), message: 'Hi.' });
    expectProblem(refused, 400);
    test.simulator.clearFaults();
    const { broadcastId } = refused.body as { broadcastId: string };
    for (const answer of [await resend(broadcastId, 1), await resendAll(broadcastId)]) {
      expectProblem(answer, 409);
      expect(answer.body.detail).toMatch(/answered with an error/);
    }
    expect(test.simulator.texts().size).toBe(0);
  });

  it('is not sent again where its Idempotency-Key was used again', async () => {
    const id = await failedWithKey();
    const again = (await submitWithKey().expect(202)).body as { id: string };
    expect(again.id).not.toBe(id);
    await allBatches(test, again.id, 'sent');
    const answer = await resendAll(id);
    expectProblem(answer, 409);
    expect(answer.body.detail).toMatch(/Idempotency-Key/);
    expectTextedOnce(test, people.slice(0, 3));
  });

  it('keeps the Idempotency-Key for itself when it is sent again first', async () => {
    const id = await failedWithKey();
    await resendAll(id).expect(200);
    expect(((await submitWithKey()).body as { id: string }).id).toBe(id);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, people.slice(0, 3));
  });

  it('is only what failed: anything else is refused, and nothing happens', async () => {
    const id = await failedInPart();
    expectProblem(await resend(id, 1), 409);
    expectProblem(await post(test, `/broadcast/${id}/batches/2/resolve`, { as: 'sent' }), 409);
    await resendAll(id).expect(200);
    await allBatches(test, id, 'sent');
    expectProblem(await resendAll(id), 409);
    expectProblem(await resendAll('00000000-0000-4000-8000-000000000000'), 404);
    expectTextedOnce(test, people);
    const { body } = await get(test, `/broadcast/${id}/batches`).expect(200);
    expect((body.data as { attempts: number }[]).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('of a cancelled broadcast stays failed', async () => {
    refuse(people[2]!);
    test.simulator.addFault({ kind: 'slow', delayMs: 2000, recipient: people[7]!, times: 0 });
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ batches }) => batches['failed'] === 1);
    await post(test, `/broadcast/${id}/cancel`).expect(200);
    expectProblem(await resendAll(id), 409);
    expect((await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0)).batches['failed']).toBe(1);
  });
});
