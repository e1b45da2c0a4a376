import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import {
  addUpAndStop,
  allBatches,
  broadcast,
  expectTexts,
  LIST_ONLY,
  looksOf,
  lostBroadcast,
  post,
  SETTLES_SOON,
} from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';
import type { Fault } from '../../../src/simulator/behaviour/faults';

const people = numbers(3);
const others = numbers(1, 50);
/** Between two looks. */
const SPACING_MS = 200;

describe.each(ENGINES)('a batch whose answer was lost on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string>, simulator: TestServiceOptions['simulator'] = {}) => {
    test = await startTestService({ engine, env, simulator, leastSpacingMs: SPACING_MS });
  };
  /** A batch that is lost while others are taken has met a fault of its own. They tell nothing of its sender's list. */
  const sendToOthers = async () => {
    const request = { recipients: others, message: 'Hello.', sender: '+14155550199' };
    await postBroadcast(test, request).expect(202);
  };
  afterEach(() => addUpAndStop(test));

  it('is sent as soon as a delivery report proves it, without a question to Plivo', async () => {
    await start({ ...SETTLES_SOON, PLIVO_RECONCILE_AFTER_MS: '60000' });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await broadcast(test, people);
    const done = await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 3);
    expect(done).toMatchObject({ status: 'completed', batches: { sent: 1 }, errors: [] });
    expect(test.simulator.listRequests()).toBe(0);
    expectTextedOnce(test, people);
  });

  it.each<Fault['kind']>(['accept-then-reset', 'accept-then-hang', 'accept-then-500', 'garbage-202', 'truncated'])(
    'after %s is found in the message list where no reports are asked for, and texted once',
    async (kind) => {
      await start(LIST_ONLY);
      test.simulator.addFault({ kind });
      const id = await lostBroadcast(test, people);
      const done = await allBatches(test, id, 'sent');
      expect(done).toMatchObject({ status: 'completed', delivery: { queued: 3, unknown: 0 }, errors: [] });
      expect(looksOf(test)).toEqual(['found']);
      expect(test.simulator.calls()).toHaveLength(1);
      expectTextedOnce(test, people);
    },
  );

  it('is found in the message list where Plivo keeps the number alone', async () => {
    await start({ ...LIST_ONLY, PLIVO_LOG: 'number_only' });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, people);
    await allBatches(test, id, 'sent');
    expect(test.simulator.calls().map(({ body }) => body['log'])).toEqual(['number_only']);
    expectTextedOnce(test, people);
  });

  it('is left to a person, and no list is asked, where Plivo keeps nothing', async () => {
    await start(
      {
        ...SETTLES_SOON,
        PLIVO_LOG: 'false',
        PLIVO_UNCONFIRMED: 'hold',
        DELIVERY_REPORT_ASK_AFTER_MS: '0',
        DELIVERY_REPORT_TIMEOUT_MS: '1500',
      },
      { callbackLossShare: 1 },
    );
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ delivery }) => delivery['unknown'] === 3);
    test.simulator.addFault({ kind: 'accept-then-reset' });
    await allBatches(test, await lostBroadcast(test, others), 'held');
    expect(test.simulator.listRequests()).toBe(0);
    expect(test.simulator.calls().map(({ body }) => body['log'])).toEqual([false, false]);
  });

  it.each<Fault>([{ kind: 'reset' }, { kind: 'hang' }, { kind: 'status', status: 500 }, { kind: 'html' }])(
    'after $kind, never taken, is sent once, later, when two looks have not found it',
    async (fault) => {
      await start(LIST_ONLY);
      test.simulator.addFault(fault);
      const id = await lostBroadcast(test, people);
      const done = await allBatches(test, id, 'sent');
      expect(done).toMatchObject({ status: 'completed', delivery: { queued: 3, unknown: 0 }, errors: [] });
      expect(looksOf(test)).toEqual(['absent', 'absent']);
      const [lost, again] = test.simulator.calls();
      expect(again!.at - lost!.at).toBeGreaterThan(SPACING_MS);
      expectTextedOnce(test, people);
    },
  );

  it('never taken, is sent once also where reports could have come', async () => {
    await start(SETTLES_SOON);
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, people);
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 3);
    expectTextedOnce(test, people);
  });

  it('fails, with nobody texted, when it was tried as often as allowed, while others went, and Plivo has none of them', async () => {
    await start({ ...LIST_ONLY, PLIVO_MAX_ATTEMPTS: '2' });
    await sendToOthers();
    test.simulator.addFault({ kind: 'reset', times: 0 });
    const id = await broadcast(test, people);
    const failed = await allBatches(test, id, 'failed');
    expect(failed).toMatchObject({ status: 'failed', delivery: { failed: 3 }, errors: [{ code: 'tries_used_up' }] });
    expect(test.simulator.calls()).toHaveLength(3);
    expectTexts(test, new Map([[others, 1]]));
  });

  it('is held for a person when there are no reports and Plivo refuses the list, and everybody can see that', async () => {
    await start(LIST_ONLY);
    test.simulator.addFault({ kind: 'status', status: 403, target: 'list', times: 0 });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, people);
    const held = await allBatches(test, id, 'held');
    expect(held).toMatchObject({ status: 'processing', batches: { held: 1 }, delivery: { unknown: 3 } });
    expect(held['errors']).toEqual([
      {
        batch: 1,
        recipients: 3,
        status: 'held',
        code: 'held',
        plivoStatus: null,
        message: expect.stringMatching(/list cannot be read.*\/resolve/),
      },
    ]);
    expect(test.log).toContainEqual(expect.objectContaining({ level: 'error', data: { broadcastId: id, batch: 1 } }));
    const { body } = await get(test, `/broadcast/${id}/batches`).expect(200);
    expect(body.data).toMatchObject([{ status: 'held', lastError: { code: 'held' } }]);
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(test, people);
  });

  it('waits, and is not held, while Plivo asks to slow down with questions to its list', async () => {
    await start(LIST_ONLY);
    test.simulator.addFault({ kind: 'status', status: 429, target: 'list', times: 5 });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, people);
    const done = await allBatches(test, id, 'sent');
    expect(done.status).toBe('completed');
    expect(test.simulator.listRequests()).toBe(6);
    expect(looksOf(test)).toEqual([...Array<string>(5).fill('busy'), 'found']);
    expectTextedOnce(test, people);
  });

  it('is sent when a report comes after it was held', async () => {
    await start({ ...SETTLES_SOON, PLIVO_UNCONFIRMED: 'hold' }, { callbackLossShare: 1 });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await broadcast(test, people);
    await allBatches(test, id, 'held');
    const uuid = test.simulator.textsOf(people[1]!)[0]!.messageUuid;
    await postReport(test, callbackUrlOf(test), reportOf(people[1]!, uuid)).expect(204);
    const done = await readBroadcast(test, id);
    expect(done).toMatchObject({ status: 'completed', batches: { sent: 1, held: 0 } });
    expect(done.delivery).toMatchObject({ delivered: 1, queued: 2, unknown: 0 });
    expect(done['errors']).toEqual([]);
    expectTextedOnce(test, people);
  });

  it('is sent when a report comes after it was given up as failed', async () => {
    await start({ ...SETTLES_SOON, PLIVO_MAX_ATTEMPTS: '1' }, { callbackLossShare: 1, listVisibleAfterMs: 600_000 });
    await sendToOthers();
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await broadcast(test, people);
    await allBatches(test, id, 'failed');
    const uuid = test.simulator.textsOf(people[0]!)[0]!.messageUuid;
    await postReport(test, callbackUrlOf(test, 1), reportOf(people[0]!, uuid)).expect(204);
    const done = await readBroadcast(test, id);
    expect(done).toMatchObject({ status: 'completed', batches: { sent: 1 }, delivery: { delivered: 1, queued: 2 } });
    expectTextedOnce(test, [...people, ...others]);
  });

  it('is sent when its answer comes too late for its caller but a report came before', async () => {
    await start({ ...SETTLES_SOON, PLIVO_RECONCILE_AFTER_MS: '60000' });
    // Delivered and reported in a few milliseconds, while the call is still waiting.
    test.simulator.addFault({ kind: 'accept-then-hang' });
    const id = await broadcast(test, people);
    const early = await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 3);
    expect(early.batches).toMatchObject({ sending: 1 });
    const done = await allBatches(test, id, 'sent');
    expect(done).toMatchObject({ status: 'completed', errors: [] });
    expectTextedOnce(test, people);
  });
});

describe.each(ENGINES)('a person who settles a held batch on %s', (engine) => {
  let test: TestService;
  let id: string;
  const hold = async (fault: Fault['kind']) => {
    test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_UNCONFIRMED: 'hold' } });
    test.simulator.addFault({ kind: fault });
    id = await broadcast(test, people);
    await allBatches(test, id, 'held');
  };
  const resolve = (body: object, batch = '1', broadcastId = id) =>
    post(test, `/broadcast/${broadcastId}/batches/${batch}/resolve`, body);
  afterEach(() => addUpAndStop(test));

  it('can say that it was sent', async () => {
    await hold('accept-then-reset');
    const { body } = await resolve({ as: 'sent' }).expect(200);
    expect(body).toMatchObject({ id, status: 'completed', batches: { sent: 1 }, delivery: { queued: 3, unknown: 0 } });
    expectProblem(await resolve({ as: 'resend' }), 409);
    expectTextedOnce(test, people);
  });

  it('can have it sent again', async () => {
    await hold('reset');
    const { body } = await resolve({ as: 'resend' }).expect(200);
    expect(body).toMatchObject({ id, delivery: { unknown: 0, queued: 3 } });
    await allBatches(test, id, 'sent');
    expectProblem(await resolve({ as: 'sent' }), 409);
    expectTextedOnce(test, people);
  });

  it('cannot say anything else, nor of a batch or broadcast that does not exist', async () => {
    await hold('accept-then-reset');
    for (const body of [{}, { as: 'lost' }, { as: null }, []]) {
      const refused = await resolve(body);
      expectProblem(refused, 400);
      expect(refused.body.errors).toEqual([expect.objectContaining({ path: 'as' })]);
    }
    for (const batch of ['0', '2', '-1', 'x', '1.0', '99999999999999999999'])
      expectProblem(await resolve({ as: 'sent' }, batch), 404);
    expectProblem(await resolve({ as: 'sent' }, '1', '00000000-0000-4000-8000-000000000000'), 404);
    expect((await readBroadcast(test, id)).batches).toMatchObject({ held: 1 });
    expect(test.simulator.calls()).toHaveLength(1);
  });
});

describe.each(ENGINES)('PLIVO_UNCONFIRMED on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  it('=hold leaves it to a person at once, without asking Plivo', async () => {
    test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_UNCONFIRMED: 'hold' } });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await broadcast(test, people);
    const held = await allBatches(test, id, 'held');
    expect(held).toMatchObject({ delivery: { unknown: 3 }, errors: [{ code: 'held', batch: 1 }] });
    expect(test.simulator.listRequests()).toBe(0);
    expectTextedOnce(test, people);
  });

  it('=retry sends again at once, which texts twice whom Plivo had taken', async () => {
    test = await startTestService({ engine, env: { ...LIST_ONLY, PLIVO_UNCONFIRMED: 'retry' } });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await broadcast(test, people);
    await allBatches(test, id, 'sent');
    expect(test.simulator.listRequests()).toBe(0);
    expectTexts(test, new Map([[people, 2]]));
  });

  it('=retry ends with a held batch, not with a wrong "failed", when the tries are used up', async () => {
    const env = { ...LIST_ONLY, PLIVO_UNCONFIRMED: 'retry', PLIVO_MAX_ATTEMPTS: '2' };
    test = await startTestService({ engine, env });
    test.simulator.addFault({ kind: 'reset', times: 0 });
    const id = await broadcast(test, people);
    await allBatches(test, id, 'held');
    expect(test.simulator.calls()).toHaveLength(2);
    await eventually(() => test.log.some(({ message }) => message.startsWith('A batch is held')));
    expectTexts(test, new Map());
  });
});
