import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { retry } from '../../support/retries';
import { addUpAndStop, allBatches, broadcast, expectAllAddUp, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(30);
const crowd = numbers(1200);
const FAST = { prefer: 'wait=30' };

describe.each(ENGINES)('people whom a retry takes, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PAUSE_AFTER_FAILED_BATCHES: '0', PLIVO_MAX_ATTEMPTS: '1', ...env },
    });
  };
  afterEach(() => addUpAndStop(test));

  const refuse = (...recipients: string[]) =>
    recipients.forEach((recipient) => test.simulator.addFault({ kind: 'status', status: 400, times: 0, recipient }));
  const refuseAll = () => test.simulator.addFault({ kind: 'status', status: 400, times: 0 });
  const over = (id: string) =>
    broadcastWhen(test, id, ({ status }) => ['completed', 'partially_failed', 'failed'].includes(status));
  /** Batches 2 and 4 of six fail. */
  const failedInPart = async () => {
    await start();
    refuse(people[7]!, people[17]!);
    const id = await broadcast(test, people);
    expect((await over(id)).status).toBe('partially_failed');
    test.simulator.clearFaults();
    return id;
  };
  const submitWithKey = () =>
    postBroadcast(
      test,
      { recipients: people, message: 'Hi.' },
      { 'idempotency-key': 'spring', prefer: 'respond-async' },
    );
  const failedEntirely = async () => {
    await start();
    refuseAll();
    const { id } = (await submitWithKey().expect(202)).body as { id: string };
    expect((await over(id)).status).toBe('failed');
    test.simulator.clearFaults();
    return id;
  };
  const resend = (id: string, batch: number) =>
    post(test, `/broadcast/${id}/batches/${batch}/resolve`, { as: 'resend' });
  const resendAll = (id: string) => post(test, `/broadcast/${id}/resend-failed`);
  const retried = async (id: string, body: object = {}, headers: Record<string, string> = {}) =>
    await over((await retry(test, id, body, headers).expect(202)).body.id as string);

  it('are texted by one of two retries at the same moment, on two instances', async () => {
    const id = await failedInPart();
    const other = engine === 'postgres' ? await startTestService({ beside: test }) : test;
    try {
      const answers = await Promise.all([test, other, test, other].map((one) => retry(one, id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
      await over(answers.find(({ status }) => status === 202)!.body.id as string);
      expectTextedOnce(test, people);
    } finally {
      if (other !== test) await other.stop();
    }
  });

  it('are texted by one of two retries at the same moment where they are many, taken in steps', async () => {
    await start({ PLIVO_BULK_MESSAGE_LIMIT: '1000' });
    refuseAll();
    const id = await broadcast(test, crowd);
    await over(id);
    test.simulator.clearFaults();
    const other = engine === 'postgres' ? await startTestService({ beside: test }) : test;
    try {
      const answers = await Promise.all([test, other].map((one) => retry(one, id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      await over(answers.find(({ status }) => status === 202)!.body.id as string);
      expectTextedOnce(test, crowd);
    } finally {
      if (other !== test) await other.stop();
    }
  });

  it('are all free again where the process dies in the middle of it, and its key too', async () => {
    const env = { PLIVO_BULK_MESSAGE_LIMIT: '1000', PAUSE_AFTER_FAILED_BATCHES: '0' };
    let steps = 0;
    const dying = await startTestService({
      engine,
      env,
      onStatement: (statement) => {
        if (statement.includes('insert into retried_texts') && ++steps === 2) void dying.crash();
      },
    });
    test = dying;
    refuseAll();
    const id = await broadcast(test, crowd);
    await over(id);
    test.simulator.clearFaults();
    const key = { 'idempotency-key': 'again' };
    const lost = await retry(test, id, {}, key).then(
      ({ status }) => status,
      () => 'no answer',
    );
    expect(lost).toBe('no answer');
    expect(steps).toBeGreaterThanOrEqual(2);
    test = await dying.restart();
    try {
      expect((await get(test, '/broadcast')).body.data).toHaveLength(1);
      // PostgreSQL's lease has to run out first.
      const taken = await eventually(async () => {
        const answer = await retry(test, id, {}, key);
        if (answer.status !== 409) return answer;
        return null;
      });
      expect(taken.body).toMatchObject({ retryOf: id, recipients: { accepted: crowd.length } });
      await over(taken.body.id as string);
      expectTextedOnce(test, crowd);
      await expectAllAddUp(test);
    } finally {
      await test.stop();
      test = await startTestService({ engine });
      await dying.stop();
    }
  });

  it('are not texted by a resend of their batch, which is answered with 409', async () => {
    const id = await failedInPart();
    await retried(id);
    for (const answer of [await resend(id, 2), await resendAll(id)]) {
      expectProblem(answer, 409);
      expect(answer.body.detail).toMatch(/A retry of this broadcast has taken their people/);
    }
    expectTextedOnce(test, people);
  });

  it('are not those whom a resend has taken', async () => {
    const id = await failedInPart();
    await resend(id, 2).expect(200);
    await over(id);
    const answer = await retry(test, id).expect(202);
    expect(answer.body.recipients.accepted).toBe(5);
    await over(answer.body.id as string);
    expectProblem(await resend(id, 4), 409);
    expectTextedOnce(test, people);
  });

  it('keep the Idempotency-Key of a broadcast that failed entirely from being used again', async () => {
    const id = await failedEntirely();
    await retried(id);
    const again = await submitWithKey().expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.id).toBe(id);
    expectTextedOnce(test, people);
  });

  it('are nobody where the key of the broadcast was used again, or is the key of the retry', async () => {
    const id = await failedEntirely();
    expectProblem(await retry(test, id, {}, { 'idempotency-key': 'spring' }), 422);
    const again = (await submitWithKey().expect(202)).body as { id: string };
    expect(again.id).not.toBe(id);
    await over(again.id);
    const answer = await retry(test, id);
    expectProblem(answer, 409);
    expect(answer.body.detail).toMatch(/Idempotency-Key/);
    expectTextedOnce(test, people);
  });

  it('are nobody where the caller was told that nobody will be texted', async () => {
    await start();
    refuseAll();
    const refused = await postBroadcast(test, { recipients: people.slice(0, 3), message: 'Hi.' }, FAST);
    expectProblem(refused, 400);
    test.simulator.clearFaults();
    const answer = await retry(test, (refused.body as { broadcastId: string }).broadcastId);
    expectProblem(answer, 409);
    expect(answer.body.detail).toMatch(/answered with an error/);
    expect(test.simulator.texts().size).toBe(0);
  });

  it('are free again where the retry itself is refused while its caller waits', async () => {
    await start();
    refuse(people[0]!);
    const id = await broadcast(test, people);
    await over(id);
    const key = { 'idempotency-key': 'again' };
    const refused = await retry(test, id, {}, { ...FAST, ...key });
    expectProblem(refused, 400);
    expect(refused.body.detail).toMatch(/Nobody was texted/);
    test.simulator.clearFaults();
    const answer = await retry(test, id, {}, { ...FAST, ...key }).expect(202);
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    expectTextedOnce(test, people);
    expectProblem(await retry(test, (refused.body as { broadcastId: string }).broadcastId), 409);
  });

  it('are free for the request that comes again with the key of a retry which failed entirely, and for no other', async () => {
    const id = await failedInPart();
    refuseAll();
    const key = { 'idempotency-key': 'again' };
    const failed = await retried(id, {}, key);
    expect(failed.status).toBe('failed');
    test.simulator.clearFaults();
    expectProblem(await retry(test, id), 409);
    const answer = await retry(test, id, {}, key).expect(202);
    expect(answer.body.id).not.toBe(failed.id);
    await over(answer.body.id as string);
    for (const late of [await retry(test, failed.id), await resendAll(failed.id)]) expectProblem(late, 409);
    expectTextedOnce(test, people);
  });

  it('stay with a retry that failed, whose people can be retried from there', async () => {
    const id = await failedInPart();
    refuseAll();
    const key = { 'idempotency-key': 'again' };
    const failed = await retried(id, {}, key);
    test.simulator.clearFaults();
    await retried(failed.id);
    const replayed = await retry(test, id, {}, key).expect(202);
    expect(replayed.body.id).toBe(failed.id);
    expectProblem(await resendAll(failed.id), 409);
    expectTextedOnce(test, people);
  });

  it('are free again where it is cancelled before anything of it went', async () => {
    const id = await failedInPart();
    test.simulator.addFault({ kind: 'status', status: 503, times: 0 });
    const cancelled = (await retry(test, id).expect(202)).body as { id: string };
    await post(test, `/broadcast/${cancelled.id}/cancel`).expect(200);
    await allBatches(test, cancelled.id, 'cancelled');
    test.simulator.clearFaults();
    await eventually(async () => (await retry(test, id)).status === 202);
    await eventually(() => test.simulator.texts().size === people.length);
    expectTextedOnce(test, people);
  });
});
