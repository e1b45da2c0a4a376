import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { write } from '../../support/compliance';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(5);
const NOON = Date.parse('2026-06-15T12:00:00Z');
const DAY_MS = 86_400_000;

describe.each(ENGINES)('a broadcast for later on %s', (engine) => {
  let first: TestService;
  let test: TestService;
  let now: number;
  beforeEach(async () => {
    now = NOON;
    test = first = await startTestService({ engine, clock: () => now });
  });
  afterEach(async () => {
    await test.stop();
    if (test !== first) await first.stop();
  });

  const schedule = async (sendAt: string, more: object = {}) => {
    const body = { recipients: people, message: 'Doors open at 9.', sendAt, ...more };
    return (await postBroadcast(test, body).expect(202)).body as { id: string };
  };
  const completed = (id: string) => broadcastWhen(test, id, ({ status }) => status === 'completed');

  it('is kept as scheduled, and nobody is texted before its time', async () => {
    const { id } = await schedule('2026-06-15T14:00:05+02:00');
    expect(await readBroadcast(test, id)).toMatchObject({
      status: 'scheduled',
      sendAt: '2026-06-15T12:00:05.000Z',
      batches: { pending: 1 },
      delivery: { queued: 5 },
    });
    now = NOON + 4999;
    // Another broadcast goes through meanwhile: the dispatcher has had its chance to go wrong.
    const other = await postBroadcast(test, { recipients: numbers(1, 500), message: 'Hi' }).expect(202);
    await completed(other.body.id);
    expectTextedOnce(test, numbers(1, 500));
    now = NOON + 5000;
    await completed(id);
    expectTextedOnce(test, [...people, ...numbers(1, 500)]);
    await expectNobodyMissing(test, id);
  });

  it('survives a restart, also one that ends after its time', async () => {
    const { id } = await schedule('2026-06-15T13:00:00Z');
    test = await test.restart();
    expect((await readBroadcast(test, id)).status).toBe('scheduled');
    now = NOON + DAY_MS;
    test = await test.restart();
    await completed(id);
    expectTextedOnce(test, people);
  });

  it('can be cancelled, and then never goes', async () => {
    const { id } = await schedule('2026-06-15T13:00:00Z');
    const { body } = await post(test, `/broadcast/${id}/cancel`).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', delivery: { cancelled: 5 } });
    now = NOON + DAY_MS;
    const other = await postBroadcast(test, { recipients: numbers(1, 500), message: 'Hi' }).expect(202);
    await completed(other.body.id);
    expectTextedOnce(test, numbers(1, 500));
  });

  it('can be paused, and resumed before its time goes back to waiting for it', async () => {
    const { id } = await schedule('2026-06-15T13:00:00Z');
    await post(test, `/broadcast/${id}/pause`).expect(200);
    expect((await post(test, `/broadcast/${id}/resume`).expect(200)).body.status).toBe('scheduled');
    await post(test, `/broadcast/${id}/pause`).expect(200);
    now = NOON + DAY_MS;
    expect((await post(test, `/broadcast/${id}/resume`).expect(200)).body.status).toBe('queued');
    await completed(id);
    expectTextedOnce(test, people);
  });

  it('leaves out who says STOP before its time', async () => {
    const { id } = await schedule('2026-06-15T13:00:00Z');
    await write(test, people[0]!, 'STOP');
    now = NOON + DAY_MS;
    expect((await completed(id)).delivery).toMatchObject({ optedOut: 1 });
    expectTextedOnce(test, people.slice(1));
  });

  it('goes at its own time where quiet hours allow it, else when they end', async () => {
    const { id } = await schedule('2026-06-15T22:00:00Z', { recipients: ['+447700900101'], quietHours: '21:00-08:00' });
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    expect(body.data[0].notBefore).toBe('2026-06-16T07:00:00.000Z');
  });

  it('is not waited for', async () => {
    const body = { recipients: people, message: 'Hi', sendAt: '2026-06-15T13:00:00Z' };
    const response = await postBroadcast(test, body).expect(202);
    expect(response.headers['preference-applied']).toBe('respond-async');
  });

  it.each([
    ['the past', '2026-06-15T11:59:59Z'],
    ['this very moment', '2026-06-15T12:00:00Z'],
    ['more than 30 days ahead', '2026-07-15T12:00:01Z'],
    ['a time without a zone', '2026-06-15T13:00:00'],
    ['a day that does not exist', '2026-06-31T13:00:00Z'],
    ['a day of a month that does not exist', '2026-13-01T13:00:00Z'],
    ['an hour that does not exist', '2026-06-15T25:00:00Z'],
    ['words', 'tomorrow'],
    ['a number', 1_800_000_000],
  ])('is refused for %s', async (_what, sendAt) => {
    const response = await postBroadcast(test, { recipients: people, message: 'Hi', sendAt });
    expectProblem(response, 400);
    expect(response.body.errors[0].path).toBe('sendAt');
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });
});
