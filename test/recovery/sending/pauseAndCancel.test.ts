import { broadcastWhen, numbers, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import {
  addUpAndStop,
  allBatches,
  broadcast,
  expectTexts,
  LIST_ONLY,
  looksOf,
  lostBroadcast,
  post,
} from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const people = numbers(100);

describe.each(ENGINES)('a broadcast under way on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}, simulator: TestServiceOptions['simulator'] = {}) => {
    test = await startTestService({ engine, env: { PLIVO_BULK_MESSAGE_LIMIT: '5', ...env }, simulator });
  };
  const change = (id: string, word: string) => post(test, `/broadcast/${id}/${word}`);
  const callsFor = (count: number) => eventually(() => test.simulator.calls().length >= count);
  afterEach(() => addUpAndStop(test));

  it('claims no batch once the pause is answered, and goes on where it was when it is resumed', async () => {
    // Long enough for a busy machine to answer the pause before the last batch.
    await start({ PLIVO_BATCH_DELAY_MS: '250' });
    const id = await broadcast(test, people);
    await callsFor(3);
    const { body: paused } = await change(id, 'pause').expect(200);
    expect(paused).toMatchObject({ id, status: 'paused', batches: { total: 20 } });
    const claimed = 20 - (paused.batches.pending as number);
    expect(claimed).toBeLessThan(20);

    // What had been claimed ends; then all others have had their chance to go wrong: another broadcast goes through.
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    const other = await broadcast(test, numbers(20, 500));
    await allBatches(test, other, 'sent');
    const still = await readBroadcast(test, id);
    expect(still).toMatchObject({ status: 'paused', batches: { sent: claimed, pending: 20 - claimed } });
    expect(test.simulator.texts().size).toBe(claimed * 5 + 20);

    expect((await change(id, 'resume').expect(200)).body).toMatchObject({ status: 'processing' });
    const done = await allBatches(test, id, 'sent');
    expect(done.status).toBe('completed');
    expectTextedOnce(test, [...people, ...numbers(20, 500)]);
  });

  it.each([0, 1, 2, 3])('can be paused and resumed over and over (%d), and everybody is texted once', async (seed) => {
    await start({ PLIVO_BATCH_DELAY_MS: '3' }, { latencyMs: 5 * seed });
    const id = await broadcast(test, people);
    let claimedBefore = 0;
    for (let turn = 1; turn <= 4; turn++) {
      await callsFor(turn * 2);
      const answer = await change(id, 'pause');
      if (answer.status === 409) break;
      const claimed = 20 - (answer.body.batches.pending as number);
      await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
      const now = await readBroadcast(test, id);
      if (now.status === 'completed') break;
      expect(now.batches['pending']).toBe(20 - claimed);
      expect(claimed).toBeGreaterThanOrEqual(claimedBefore);
      claimedBefore = claimed;
      await change(id, 'resume').expect(200);
    }
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, people);
  });

  it('that is paused while its last calls are under way completes', async () => {
    await start({}, { latencyMs: 400 });
    const id = await broadcast(test, numbers(10));
    await callsFor(2);
    expect((await change(id, 'pause').expect(200)).body).toMatchObject({ status: 'paused', batches: { sending: 2 } });
    const done = await allBatches(test, id, 'sent');
    expect(done.status).toBe('completed');
    expectTextedOnce(test, numbers(10));
  });

  it('tells truthfully, when it is cancelled, who was texted and who never will be', async () => {
    await start({ PLIVO_BATCH_DELAY_MS: '60', PUBLIC_URL: '' });
    const id = await broadcast(test, people);
    await callsFor(3);
    const { body: answer } = await change(id, 'cancel').expect(200);
    expect(answer).toMatchObject({ id, status: 'cancelled', batches: { pending: 0 } });
    const { sending, cancelled } = answer.batches as Record<string, number>;
    expect(cancelled).toBeGreaterThan(0);
    expect(answer.delivery).toMatchObject({ cancelled: cancelled! * 5, queued: 100 - cancelled! * 5 });

    // What was under way at that moment ended as it had to; nothing else went.
    const end = await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    expect(end).toMatchObject({ status: 'cancelled', batches: { cancelled, sent: 20 - cancelled! } });
    expect(end.delivery).toMatchObject({ cancelled: cancelled! * 5, queued: 100 - cancelled! * 5 });
    expect(sending).toBeLessThanOrEqual(4);
    expectTextedOnce(test, people.slice(0, 100 - cancelled! * 5));
  });

  it('that was cancelled before anything went texts nobody', async () => {
    await start({ PLIVO_MAX_CONCURRENCY: '1' }, { latencyMs: 1000 });
    // Keeps the only call busy.
    const other = await broadcast(test, numbers(5, 500));
    await callsFor(1);
    const id = await broadcast(test, people);
    const { body } = await change(id, 'cancel').expect(200);
    expect(body).toMatchObject({ status: 'cancelled', batches: { cancelled: 20 }, delivery: { cancelled: 100 } });
    await allBatches(test, other, 'sent');
    expectTextedOnce(test, numbers(5, 500));
  });

  it('that is paused can be cancelled', async () => {
    await start({ PLIVO_BATCH_DELAY_MS: '60' });
    const id = await broadcast(test, people);
    await callsFor(2);
    const { body } = await change(id, 'pause').expect(200);
    const pending = body.batches.pending as number;
    const { body: cancelled } = await change(id, 'cancel').expect(200);
    expect(cancelled).toMatchObject({ status: 'cancelled', batches: { cancelled: pending } });
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    expectTextedOnce(test, people.slice(0, 100 - pending * 5));
  });

  it('whose cancelled batch is refused for now while under way is not tried again', async () => {
    await start({}, { latencyMs: 400 });
    test.simulator.addFault({ kind: 'status', status: 429 });
    const id = await broadcast(test, numbers(5));
    await callsFor(1);
    expect((await change(id, 'cancel').expect(200)).body).toMatchObject({
      status: 'cancelled',
      batches: { sending: 1 },
    });
    const end = await allBatches(test, id, 'cancelled');
    expect(end).toMatchObject({ status: 'cancelled', delivery: { cancelled: 5, queued: 0 } });
    expectTexts(test, new Map());
  });

  it.each([
    ['cancelled', ['pause', 'resume', 'cancel']],
    ['completed', ['pause', 'resume', 'cancel']],
    ['processing', ['resume']],
    ['paused', ['pause']],
  ])('that is %s refuses what makes no sense: %j', async (status, words) => {
    await start({}, { latencyMs: status === 'completed' ? 0 : 500 });
    const id = await broadcast(test, people);
    if (status === 'completed') await broadcastWhen(test, id, (now) => now.status === status);
    else await callsFor(1);
    if (status === 'cancelled') await change(id, 'cancel').expect(200);
    if (status === 'paused') await change(id, 'pause').expect(200);
    for (const word of words) {
      const refused = await change(id, word);
      expectProblem(refused, 409);
      expect(refused.body.detail).toContain(status);
    }
    expect((await readBroadcast(test, id)).status).toBe(status);
    for (const word of ['pause', 'resume', 'cancel']) {
      expectProblem(await change(NOBODY, word), 404);
      expectProblem(await change('no-id-at-all', word), 404);
    }
    if (status !== 'completed') await post(test, `/broadcast/${id}/cancel`);
  });
});

describe.each(ENGINES)(
  'a broadcast that is cancelled while it is unknown whether Plivo took a batch, on %s',
  (engine) => {
    let test: TestService;
    const people = numbers(3);
    const cancelWhenLost = async (fault: 'reset' | 'accept-then-reset') => {
      test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '400' } });
      test.simulator.addFault({ kind: fault });
      const id = await lostBroadcast(test, people);
      const { body } = await post(test, `/broadcast/${id}/cancel`).expect(200);
      expect(body).toMatchObject({ status: 'cancelled', batches: { unconfirmed: 1 }, delivery: { unknown: 3 } });
      return id;
    };
    afterEach(() => addUpAndStop(test));

    it('is not sent again when Plivo does not have it', async () => {
      const id = await cancelWhenLost('reset');
      const end = await allBatches(test, id, 'cancelled');
      expect(end).toMatchObject({ status: 'cancelled', delivery: { cancelled: 3, unknown: 0 } });
      expect(looksOf(test)).toEqual(['absent', 'absent']);
      expect(test.simulator.calls()).toHaveLength(1);
      expectTexts(test, new Map());
    });

    it('says that the people were texted when Plivo has it', async () => {
      const id = await cancelWhenLost('accept-then-reset');
      const end = await allBatches(test, id, 'sent');
      expect(end).toMatchObject({ status: 'cancelled', delivery: { cancelled: 0, queued: 3, unknown: 0 } });
      expectTextedOnce(test, people);
    });

    it('is not sent again either when a person says "resend"', async () => {
      const id = await cancelWhenLost('reset');
      await post(test, `/broadcast/${id}/batches/1/resolve`, { as: 'resend' }).expect(200);
      const end = await allBatches(test, id, 'cancelled');
      expect(end).toMatchObject({ status: 'cancelled', delivery: { cancelled: 3 } });
      expect(test.simulator.calls()).toHaveLength(1);
    });
  },
);

describe.each(ENGINES)('a lost batch of a broadcast that is paused meanwhile on %s', (engine) => {
  it('is sent again after the broadcast is resumed, not before', async () => {
    const test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '400' } });
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, numbers(3));
    await post(test, `/broadcast/${id}/pause`).expect(200);
    await allBatches(test, id, 'pending');
    expect(await readBroadcast(test, id)).toMatchObject({ status: 'paused', delivery: { queued: 3, unknown: 0 } });
    expect(test.simulator.calls()).toHaveLength(1);
    await post(test, `/broadcast/${id}/resume`).expect(200);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, numbers(3));
    await addUpAndStop(test);
  });
});

describe.each(ENGINES)('the circuit breaker on %s', (engine) => {
  let test: TestService;
  const start = async () => {
    const env = { PLIVO_BULK_MESSAGE_LIMIT: '5', PAUSE_AFTER_FAILED_BATCHES: '3', PLIVO_MAX_CONCURRENCY: '1' };
    test = await startTestService({ engine, env });
  };
  afterEach(() => addUpAndStop(test));

  it('pauses a broadcast whose batches fail one after another, says why, and lets a person resume it', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400, times: 3 });
    const id = await broadcast(test, people);
    const paused = await broadcastWhen(test, id, ({ status }) => status === 'paused');
    expect(paused).toMatchObject({ batches: { failed: 3, pending: 17, sending: 0 }, delivery: { failed: 15 } });
    expect(paused['errors']).toContainEqual({
      code: 'paused_by_failures',
      message: expect.stringMatching(/3 batches in a row.*resume or cancel/),
    });
    expect(test.simulator.calls()).toHaveLength(3);

    const { body } = await post(test, `/broadcast/${id}/resume`).expect(200);
    expect(body.errors).not.toContainEqual(expect.objectContaining({ code: 'paused_by_failures' }));
    const done = await broadcastWhen(test, id, ({ batches }) => batches['sent'] === 17);
    expect(done).toMatchObject({ status: 'partially_failed', delivery: { failed: 15 } });
    expectTextedOnce(test, people.slice(15));
  });

  it('does not mind failures with successes in between', async () => {
    await start();
    for (const number of [people[0]!, people[5]!, people[15]!, people[20]!])
      test.simulator.addFault({ kind: 'status', status: 400, recipient: number });
    const id = await broadcast(test, people);
    const done = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    expect(done.batches).toMatchObject({ failed: 4, sent: 16 });
  });

  it('has nothing left to pause when the last batch was among the failures, and does not say that it paused', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400, times: 3 });
    const id = await broadcast(test, numbers(15));
    const failed = await broadcastWhen(test, id, ({ batches }) => batches['failed'] === 3);
    expect(failed.status).toBe('failed');
    expect(failed['errors']).not.toContainEqual(expect.objectContaining({ code: 'paused_by_failures' }));
    expectTexts(test, new Map());
  });
});
