import { broadcastWhen, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { send } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** The British sender has room for ten parts of texts, the account for a thousand. */
const RATES = {
  PLIVO_SENDERS: '1:+14155550100,44:ACME',
  PLIVO_SENDER_RATES: 'ACME:1',
  PLIVO_MESSAGES_PER_SECOND: '100',
  PLIVO_HORIZON_SECONDS: '10',
};

describe.each(ENGINES)('a sender that is slower than the account, on %s', (engine) => {
  let test: TestService;
  let now: number;
  beforeEach(async () => {
    now = Date.parse('2026-06-15T12:00:00Z');
    test = await startTestService({ engine, env: RATES, clock: () => now });
  });
  afterEach(() => test.stop());

  const americans = numbers(300);
  const britons = Array.from({ length: 40 }, (_, index) => `+4477009001${String(index).padStart(2, '0')}`);
  const broadcast = async (recipients: readonly string[]) => {
    const request = { recipients, message: 'Doors open at 9.' };
    return (await postBroadcast(test, request, { prefer: 'respond-async' }).expect(202)).body.id as string;
  };
  const handedOver = (people: readonly string[]) =>
    people.filter((number) => test.simulator.texts().has(number.slice(1))).length;
  const expectBritons = async (count: number) => {
    await eventually(() => handedOver(britons) === count);
    const looks = jest.spyOn(test.service.store.claims, 'claimNextBatch');
    await eventually(() => looks.mock.calls.length >= 2);
    looks.mockRestore();
    expect(handedOver(britons)).toBe(count);
  };

  it('is handed what it can send within the horizon, and nobody else waits for it', async () => {
    const id = await broadcast([...britons, ...americans]);
    const other = await broadcast(numbers(200, 1000));
    await broadcastWhen(test, other, ({ status }) => status === 'completed');
    await eventually(() => handedOver(americans) === 300);
    await expectBritons(10);
    now += 10 * SECOND;
    await expectBritons(20);
    now += HOUR;
    await expectBritons(30);
    now += HOUR;
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, [...britons, ...americans, ...numbers(200, 1000)]);
    await expectNobodyMissing(test, id);
  });

  it('gets calls of no more people than it can text within the horizon', async () => {
    const { body } = await send(test, 'post', '/broadcast/preview', { recipients: britons, message: 'Hi' });
    expect(body.batches).toBe(4);
  });

  it('is through when it is through, and those who text from another sender sooner', async () => {
    const preview = async (recipients: readonly string[]) =>
      (await send(test, 'post', '/broadcast/preview', { recipients, message: 'Hi' }).expect(200)).body
        .expectedSeconds as number;
    const finish = async (id: string) =>
      (Date.parse(String((await readBroadcast(test, id))['expectedFinishAt'])) - now) / SECOND;
    expect(await preview(britons)).toBe(40);
    expect(await preview([...americans, ...britons])).toBe(40);
    expect(await preview(americans)).toBe(3);
    const id = await broadcast([...britons, ...americans]);
    await eventually(() => handedOver(americans) === 300);
    await expectBritons(10);
    expect(await finish(id)).toBe(40);
    // Their 310 keep the account busy for 3.1 s, and whoever comes now for another three. ACME has a hundredth of that.
    expect(await preview(numbers(300, 1000))).toBeGreaterThanOrEqual(6.1);
    expect(await preview(numbers(300, 1000))).toBeLessThan(6.3);
    // Theirs take turns with the 30 who wait.
    expect(await preview(britons)).toBe(10 + 30 + 40);
  });

  it('goes on at once with what Plivo did not take', async () => {
    test.simulator.addFault({ kind: 'status', status: 400 });
    await broadcast(britons.slice(0, 18));
    await expectBritons(8);
    expect(test.simulator.calls().map(({ status }) => status)).toEqual([400, 202]);
  });
});

describe.each(ENGINES)('a sender that takes five seconds for what Plivo keeps for three, on %s', (engine) => {
  const britons = Array.from({ length: 200 }, (_, index) => `+447700900${String(index + 100)}`);
  const deliver = async (rates: string) => {
    const test = await startTestService({
      engine,
      env: { PLIVO_SENDER_ID: 'ACME', PLIVO_SENDER_RATES: rates, PLIVO_HORIZON_SECONDS: '1' },
      simulator: { senderRates: { ACME: 40 }, expiryMs: 3000 },
    });
    const request = { recipients: britons, message: 'Doors open at 9.' };
    const { body } = await postBroadcast(test, request, { prefer: 'respond-async' }).expect(202);
    const { delivery } = await broadcastWhen(test, body.id as string, ({ delivery: now }) => {
      return (now['queued'] ?? 0) + (now['sent'] ?? 0) === 0;
    });
    await test.stop();
    return delivery;
  };

  it('loses nobody where its rate is set', async () => {
    expect(await deliver('ACME:40')).toMatchObject({ delivered: 200, failed: 0 });
  });

  it('loses those whom it does not come to in time where another rate is', async () => {
    expect((await deliver('ACME:4000'))['failed']).toBeGreaterThan(30);
  });
});

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres('several instances, on postgres', () => {
  it('hand a sender together what it can send within the horizon', async () => {
    const now = Date.parse('2026-06-15T12:00:00Z');
    const env = {
      PLIVO_SENDER_ID: '+16135550100',
      PLIVO_SENDER_RATES: '+16135550100:ca-longcode',
      PLIVO_BULK_MESSAGE_LIMIT: '100',
    };
    const one = await startTestService({ engine: 'postgres', env, clock: () => now });
    const two = await startTestService({ engine: 'postgres', env, clock: () => now, beside: one });
    const people = numbers(2000);
    await postBroadcast(one, { recipients: people, message: 'Hi' }, { prefer: 'respond-async' }).expect(202);
    // Fifteen a minute for an hour.
    await eventually(() => one.simulator.texts().size === 900);
    const looks = [one, two].map((each) => jest.spyOn(each.service.store.claims, 'claimNextBatch'));
    await eventually(() => looks.every((each) => each.mock.calls.length >= 2));
    expect(one.simulator.texts().size).toBe(900);
    await two.stop();
    await one.stop();
  });
});
