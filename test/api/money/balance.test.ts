import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

/** 0.01 USD for each of the numbers of `numbers()`. */
const PRICES = { currency: 'USD', prices: { US: '0.01', GB: '0.04' } };
const people = numbers(20);
const body = { recipients: people, message: 'Doors open at 9.' };
const KEY = { 'idempotency-key': 'spring' };

describe.each(ENGINES)('a broadcast and what the account has, on %s', (engine) => {
  let test: TestService;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
  });
  afterEach(async () => {
    await test.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (credit: number, prices: object | null = PRICES): Promise<void> => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, JSON.stringify(prices));
    const env: Record<string, string> = prices === null ? {} : { PRICES_FILE: file };
    test = await startTestService({ engine, env, simulator: { credit } });
  };
  const preview = async (fields: object = {}) =>
    (
      await request(test.url)
        .post('/broadcast/preview')
        .set('x-api-key', API_KEY)
        .send({ ...body, ...fields })
        .expect(200)
    ).body as Record<string, unknown>;
  const expectNothingDone = async (): Promise<void> => {
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
    expect(test.simulator.calls()).toEqual([]);
  };

  it('is refused where it costs more, with both amounts, and nothing was done', async () => {
    await start(0.15);
    const refused = await postBroadcast(test, body);
    expectProblem(refused, 409);
    expect(refused.body).toMatchObject({
      type: '/docs/problems/insufficient_balance',
      detail: expect.stringMatching(/0\.20 USD.*has 0\.15 USD.*"ignoreBalance": true/),
    });
    expect(refused.body).not.toHaveProperty('broadcastId');
    await expectNothingDone();
  });

  it('is taken where it costs as much as there is, to the last digit', async () => {
    await start(0.2);
    expect((await postBroadcast(test, body)).status).toBe(202);
  });

  it('goes all the same where its caller says so', async () => {
    await start(0.19999);
    await postBroadcast(test, { ...body, ignoreBalance: false }).expect(409);
    await postBroadcast(test, { ...body, ignoreBalance: true }).expect(202);
    await eventually(() => test.simulator.texts().size === people.length);
    expectTextedOnce(test, people);
  });

  it('goes all the same where the file says so that it comes as', async () => {
    await start(0.01);
    const post = (query: string) =>
      request(test.url)
        .post(`/broadcast?message=Hi${query}`)
        .set('x-api-key', API_KEY)
        .type('text/csv')
        .send(people.join('\n'));
    expectProblem(await post(''), 409);
    expect((await post('&ignoreBalance=true')).status).toBe(202);
  });

  it.each([
    ['"yes"', 'yes'],
    ['1', 1],
  ])('is not asked to go by %s', async (_, ignoreBalance) => {
    await start(100);
    const refused = await postBroadcast(test, { ...body, ignoreBalance });
    expectProblem(refused, 400);
    expect(refused.body.errors).toMatchObject([{ path: 'ignoreBalance', msg: 'must be true or false' }]);
  });

  it.each<[string, object | null, () => Promise<void> | void]>([
    ['the account pays in by itself', PRICES, () => void (test.simulator.settings.autoRecharge = true)],
    ['there are no prices', null, () => undefined],
    ['somebody has no price', { ...PRICES, prices: { GB: '0.04' } }, () => undefined],
    ['the prices are in other money', { ...PRICES, currency: 'EUR' }, () => undefined],
    ['Plivo is away', PRICES, () => test.simulator.refuseConnections()],
    [
      'the balance cannot be read',
      PRICES,
      () => test.simulator.addFault({ kind: 'html', target: 'account', times: 0 }),
    ],
  ])('is never refused where %s', async (_, prices, arrange) => {
    await start(0.01, prices);
    await arrange();
    await postBroadcast(test, body, { Prefer: 'respond-async' }).expect(202);
    expect(await preview()).toMatchObject({ balance: { isEnough: null }, refusals: [] });
  });

  it('is answered as before when it is repeated, whatever has been spent since', async () => {
    await start(0.2);
    const first = await postBroadcast(test, body, KEY).expect(202);
    test.simulator.settings.credit = 0;
    const again = await postBroadcast(test, body, KEY).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    await postBroadcast(test, { ...body, ignoreBalance: true }, KEY).expect(422);
  });

  it('leaves its key free when it is refused: it goes once somebody has paid in', async () => {
    await start(0.1);
    await postBroadcast(test, body, KEY).expect(409);
    test.simulator.settings.credit = 10;
    await eventually(async () => (await postBroadcast(test, body, KEY)).status === 202);
    await eventually(() => test.simulator.texts().size === people.length);
    expectTextedOnce(test, people);
  });

  it('is previewed with the balance beside its cost, and with what it would be told', async () => {
    await start(0.15);
    expect(await preview()).toMatchObject({
      cost: { amount: '0.20', currency: 'USD' },
      balance: { amount: '0.15', currency: 'USD', autoRecharge: false, error: null, isEnough: false },
      refusals: [expect.stringMatching(/0\.20 USD.*has 0\.15 USD/)],
    });
    expect(await preview({ ignoreBalance: true })).toMatchObject({ balance: { isEnough: false }, refusals: [] });
    expect(await preview({ recipients: numbers(15) })).toMatchObject({ balance: { isEnough: true }, refusals: [] });
    await expectNothingDone();
  });

  it('is what was previewed, whether or not the balance counts', async () => {
    await start(0.15);
    const { digest } = await preview();
    const sent = await postBroadcast(test, { ...body, ignoreBalance: true }, { 'if-match': `"${String(digest)}"` });
    expect(sent.status).toBe(202);
  });

  it('asks Plivo once for many of them', async () => {
    await start(100);
    for (let round = 0; round < 5; round++) {
      await postBroadcast(test, { ...body, message: `Round ${round}` }).expect(202);
      await preview();
    }
    expect(test.simulator.accountRequests()).toBe(1);
  });

  it('does not ask Plivo where there is nothing to hold against it', async () => {
    await start(100, null);
    await postBroadcast(test, body).expect(202);
    expect(test.simulator.accountRequests()).toBe(0);
  });
});
