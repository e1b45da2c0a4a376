import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { broadcastWhen, get, numbers, postBroadcast, type BroadcastBody } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { expectAllAddUp, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

/** What the simulator charges. Ten people a call: 0.077 USD. */
const PRICES = { currency: 'USD', prices: { US: '0.0077' } };
const people = numbers(200);
/** In the time of a test: how old a balance may be while texts go. */
const FRESH_MS = 2000;

describe.each(ENGINES)('with PLIVO_MIN_BALANCE on %s', (engine) => {
  let test: TestService;
  let running: TestService[];
  let folder: string;
  let startedAt: number;

  const start = async (
    env: Record<string, string>,
    simulator: NonNullable<TestServiceOptions['simulator']>,
    prices: object | null = PRICES,
  ): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
    const file = join(folder, 'prices.json');
    writeFileSync(file, JSON.stringify(prices));
    startedAt = performance.now();
    test = await startTestService({
      engine,
      env: {
        PLIVO_BULK_MESSAGE_LIMIT: '10',
        PLIVO_MIN_BALANCE: '0.5',
        ...(prices === null ? {} : { PRICES_FILE: file }),
        ...env,
      },
      simulator,
    });
    running = [test];
  };
  const send = async (recipients = people): Promise<string> => {
    const body = { recipients, message: 'Doors open at 9.', ignoreBalance: true };
    return ((await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202)).body as { id: string }).id;
  };
  const codesOf = ({ errors }: BroadcastBody): unknown[] => (errors as { code: string }[]).map(({ code }) => code);
  const whenPaused = (id: string) =>
    broadcastWhen(
      test,
      id,
      (broadcast) => broadcast.batches['sending'] === 0 && codesOf(broadcast).includes('low_balance'),
    );
  const whenDelivered = (id: string, count: number) =>
    broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === count);
  const plivoHealth = async () => (await get(test, '/health/ready').expect(200)).body.plivo as unknown;
  const payIn = (dollars: number): void => void (test.simulator.settings.credit = dollars);
  const failedForCredit = (): number =>
    people.filter((person) => test.simulator.textsOf(person).some(({ state }) => state === 'failed')).length;

  afterEach(async () => {
    await expectAllAddUp(running.at(-1)!);
    for (const instance of running.reverse()) await instance.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['at once', 0],
    ['slowly, with most of it waiting there', 40],
  ])(
    'dispatch pauses before Plivo, which sends %s, fails what it has, and goes on when there is more',
    async (_, rate) => {
      await start({}, { credit: 1, messagesPerSecond: rate });
      const id = await send();
      const paused = await whenPaused(id);
      // 0.50 may go: six calls. The seventh would leave less than is to stay.
      expect(paused).toMatchObject({ status: 'processing', batches: { sent: 6, pending: 14, failed: 0 } });
      expect(paused['errors']).toEqual([
        {
          code: 'low_balance',
          plivoStatus: null,
          message: expect.stringMatching(/paused.*What is next costs about 0\.077 USD.*0\.50 USD are to stay/),
          since: expect.stringMatching(/^\d{4}-/),
        },
      ]);
      expect(await plivoHealth()).toMatchObject({ code: 'low_balance' });
      expect((await get(test, '/account').expect(200)).body).toMatchObject({
        reserve: { minimum: '0.50', handedOver: expect.stringMatching(/^0\.\d+$/), currency: 'USD' },
        faults: [{ concerns: 'dispatch', code: 'low_balance' }],
      });
      expect(test.log).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringContaining('too little') }),
      );
      await whenDelivered(id, 60);
      expect(test.simulator.settings.credit).toBeGreaterThanOrEqual(0.5);
      expect(test.simulator.calls()).toHaveLength(6);

      payIn(10);
      await whenDelivered(id, 200);
      expect(failedForCredit()).toBe(0);
      expectTextedOnce(test, people);
      expect(await plivoHealth()).toBe('ok');
    },
  );

  it('Plivo is asked now and then, not for every call, and not while there is nothing to send', async () => {
    await start({}, { credit: 100 });
    await get(test, '/health/ready').expect(200);
    expect(test.simulator.accountRequests()).toBe(0);
    await whenDelivered(await send(), 200);
    expect(test.simulator.accountRequests()).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / FRESH_MS);
    expect(test.simulator.calls()).toHaveLength(20);
  });

  it('a caller who waits for a single call is told that dispatch rests, and nobody is texted', async () => {
    await start({ BROADCAST_WAIT_MS: '300' }, { credit: 0.55 });
    const { body } = await postBroadcast(test, { recipients: numbers(8), message: 'Hi', ignoreBalance: true }).expect(
      202,
    );
    expect(body).toMatchObject({ batches: { sent: 0 }, errors: [{ code: 'low_balance' }] });
    expect(test.simulator.calls()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['pays in by itself', () => void (test.simulator.settings.autoRecharge = true)],
    ['is not told', () => test.simulator.addFault({ kind: 'html', target: 'account', times: 0 })],
  ])('an account that %s stops nothing', async (_, arrange) => {
    await start({ PLIVO_MIN_BALANCE: '50' }, { credit: 10 });
    arrange();
    await whenDelivered(await send(), 200);
    expectTextedOnce(test, people);
  });

  it('without prices the balance alone counts', async () => {
    await start({}, { credit: 0.3 }, null);
    const id = await send();
    expect((await whenPaused(id)).batches).toMatchObject({ sent: 0, pending: 20 });
    payIn(10);
    await whenDelivered(id, 200);
    expectTextedOnce(test, people);
  });

  it('what Plivo does not take costs nothing', async () => {
    await start({}, { credit: 1 });
    test.simulator.addFault({ kind: 'status', status: 503, times: 8 });
    const sixty = people.slice(0, 60);
    await whenDelivered(await send(sixty), 60);
    expectTextedOnce(test, sixty);
  });

  it.each(['cancel', 'pause'])('what is too dear is in nobody else’s way once a person says %s', async (action) => {
    await start({}, { credit: 0.6 });
    // Ten people, two parts each: 0.154 USD, and 0.10 may go.
    const dear = { recipients: numbers(10), message: 'a'.repeat(200), ignoreBalance: true };
    const { body } = await postBroadcast(test, dear, { prefer: 'respond-async' }).expect(202);
    const { id } = body as { id: string };
    await whenPaused(id);
    const other = await send(numbers(5, 100));
    await post(test, `/broadcast/${id}/${action}`).expect(200);
    await whenDelivered(other, 5);
    expect(await plivoHealth()).toBe('ok');
    expect(numbers(10).map((person) => test.simulator.textsOf(person).length)).toEqual(numbers(10).map(() => 0));
  });

  it('what has waited for it goes on where it is no longer asked for', async () => {
    await start({}, { credit: 0.3 });
    const id = await send();
    await whenPaused(id);
    const next = await test.restart({ PLIVO_MIN_BALANCE: '' });
    running.push(next);
    payIn(10);
    await broadcastWhen(next, id, ({ delivery }) => delivery['delivered'] === 200);
    expectTextedOnce(next, people);
  });

  (engine === 'postgres' ? it : it.skip)('three instances share one account, and ask for it as one', async () => {
    await start({}, { credit: 1, messagesPerSecond: 40 });
    for (let more = 0; more < 2; more++) running.unshift(await startTestService({ ...optionsLike(), beside: test }));
    const id = await send();
    expect((await whenPaused(id)).batches).toMatchObject({ sent: 6, pending: 14 });
    await whenDelivered(id, 60);
    payIn(10);
    await whenDelivered(id, 200);
    expect(failedForCredit()).toBe(0);
    expectTextedOnce(test, people);
    expect(test.simulator.accountRequests()).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / FRESH_MS);
  });

  const optionsLike = () => ({
    engine,
    env: { PLIVO_BULK_MESSAGE_LIMIT: '10', PLIVO_MIN_BALANCE: '0.5', PRICES_FILE: join(folder, 'prices.json') },
  });
});
