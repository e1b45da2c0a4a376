import { broadcastWhen, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { send } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** What Plivo may have waiting: 100 units. */
const PACE = { PLIVO_MESSAGES_PER_SECOND: '10', PLIVO_HORIZON_SECONDS: '10', PLIVO_BULK_MESSAGE_LIMIT: '40' };

describe.each(ENGINES)('an account that sends ten parts of texts a second, on %s', (engine) => {
  let test: TestService;
  let now: number;
  beforeEach(async () => {
    now = Date.parse('2026-06-15T12:00:00Z');
    test = await startTestService({ engine, env: PACE, clock: () => now });
  });
  afterEach(() => test.stop());

  const people = numbers(200);
  const broadcast = async (recipients: readonly string[], message = 'Doors open at 9.') => {
    const body = { recipients, message };
    return (await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202)).body.id as string;
  };
  const handedOver = () => [...test.simulator.texts().values()].reduce((sum, texts) => sum + texts, 0);
  /** No more is handed over at this hour: the dispatcher has looked again and again. */
  const expectHandedOver = async (count: number) => {
    await eventually(() => handedOver() === count);
    const looks = jest.spyOn(test.service.store.claims, 'claimNextBatch');
    await eventually(() => looks.mock.calls.length >= 2);
    looks.mockRestore();
    expect(handedOver()).toBe(count);
  };

  it('is never handed more than it can send before the horizon', async () => {
    const id = await broadcast(people);
    await expectHandedOver(80); // a third batch of 40 would make it 12 s
    now += 2 * SECOND;
    await expectHandedOver(120);
    now += HOUR;
    await expectHandedOver(200);
    expectTextedOnce(test, people);
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    await expectNobodyMissing(test, id);
  });

  it('is handed parts of texts, not people: a text of three parts fills the queue three times as fast', async () => {
    await broadcast(people, 'x'.repeat(400));
    // Batches are cut so that one of them never holds more than the horizon: 33 people with three parts each.
    await expectHandedOver(33);
  });

  it('is handed no more than it can send while the texts are valid, and others go on meanwhile', async () => {
    const body = { recipients: people.slice(0, 150), message: 'Your code is 1234.', expirySeconds: 5 };
    const { id } = (await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202)).body as { id: string };
    await expectHandedOver(40); // in calls of 40, as two would take eight seconds
    await broadcast(numbers(40, 500));
    await expectHandedOver(80);
    for (let waiting = 110; waiting > 0; waiting -= 40) {
      now += 8 * SECOND;
      await expectHandedOver(190 - Math.max(0, waiting - 40));
    }
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, [...people.slice(0, 150), ...numbers(40, 500)]);
  });

  it('goes on at once with what Plivo did not take', async () => {
    test.simulator.addFault({ kind: 'status', status: 400 });
    await broadcast(people.slice(0, 100));
    await expectHandedOver(60);
  });

  it('lets a pause bite quickly', async () => {
    const id = await broadcast(people);
    await expectHandedOver(80);
    expect((await post(test, `/broadcast/${id}/pause`).expect(200)).body.batches).toMatchObject({
      sent: 2,
      pending: 3,
    });
    now += HOUR;
    expect((await post(test, `/broadcast/${id}/cancel`).expect(200)).body.delivery.cancelled).toBe(120);
  });

  it('is told when it will be through', async () => {
    const id = await broadcast(people);
    await expectHandedOver(80);
    // 80 texts take eight seconds, the other 120 twelve.
    const finish = async () => Date.parse(String((await readBroadcast(test, id))['expectedFinishAt'])) - now;
    expect(await finish()).toBe(20 * SECOND);
    const { body } = await send(test, 'post', '/broadcast/preview', { recipients: numbers(100, 500), message: 'Hi' });
    // The other broadcast's 120 take turns with these.
    expect(body.expectedSeconds).toBe(30);
  });

  it.each([-HOUR, HOUR])('is kept busy whatever the clock does: a step of %d ms', async (step) => {
    const id = await broadcast(people);
    await expectHandedOver(80);
    now += step;
    if (step < 0) await expectHandedOver(80);
    now += 2 * SECOND;
    await eventually(() => handedOver() >= 120);
    now += HOUR;
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, people);
  });
});
