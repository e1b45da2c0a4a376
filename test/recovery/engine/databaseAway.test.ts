import pg from 'pg';
import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { startCuttableProxy, type CuttableProxy } from '../../support/cuttableProxy';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { addUpAndStop, allBatches, broadcast, expectTexts, SETTLES_SOON } from '../../support/settling';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const oneCall = { recipients: numbers(3, 500), message: 'Just you three.' };
const gone = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** The status of the answer, or that the connection ended without one. */
async function answerOf(sent: ReturnType<typeof postBroadcast>): Promise<number | 'no answer'> {
  return await sent.then(
    ({ status }) => status,
    () => 'no answer' as const,
  );
}

describe.each(ENGINES)('a broadcast that was accepted just before the database went away, on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await addUpAndStop(test);
  });

  it.each([
    ['reading it back fails', {}],
    ['reading it back fails for a caller who waits', { Prefer: 'wait=5' }],
    ['reading it back fails for a caller who does not wait', { Prefer: 'respond-async' }],
  ])('is never answered with an error status, for it will be texted: %s', async (_, headers) => {
    jest.spyOn(test.service.store.broadcasts, 'find').mockRejectedValueOnce(gone());
    expect(await answerOf(postBroadcast(test, oneCall, headers))).toBe('no answer');
    await eventually(() => test.simulator.texts().size === 3);
    expectTextedOnce(test, oneCall.recipients);
  });

  it('is never answered with an error status when its answer cannot be kept; the key then finds it', async () => {
    jest.spyOn(test.service.store.accepting, 'keepFirstAnswer').mockRejectedValueOnce(gone());
    const headers = { 'Idempotency-Key': 'kept', Prefer: 'respond-async' };
    expect(await answerOf(postBroadcast(test, oneCall, headers))).toBe('no answer');
    const again = await postBroadcast(test, oneCall, headers).expect(202);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    await allBatches(test, again.body.id as string, 'sent');
    expectTextedOnce(test, oneCall.recipients);
  });

  it('is answered with an error status as long as nothing was written, and then nobody is texted', async () => {
    jest.spyOn(test.service.store.accepting, 'accept').mockRejectedValueOnce(gone());
    const refused = await postBroadcast(test, oneCall);
    expectProblem(refused, 503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const { body } = await get(test, '/broadcast').expect(200);
    expect(body.data).toEqual([]);
    expectTexts(test, new Map());
  });
});

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres('while PostgreSQL is away', () => {
  let test: TestService;
  let database: TestDatabase;
  let proxy: CuttableProxy;
  beforeEach(async () => {
    database = await createTestDatabase('postgres');
    const url = new URL(database.url);
    proxy = await startCuttableProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const env = { ...SETTLES_SOON, DATABASE_URL: url.href, PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '20' };
    test = await startTestService({ env });
  });
  afterEach(async () => {
    await proxy.restore();
    await addUpAndStop(test);
    await proxy.close();
    await database.drop();
  });

  it('requests are answered 503 with Retry-After, and dispatch goes on by itself when it is back', async () => {
    const id = await broadcast(test, numbers(100));
    await eventually(() => test.simulator.calls().length >= 3);
    proxy.cut();
    await eventually(async () => (await get(test, '/health/ready')).status === 503);
    for (const refused of [
      await get(test, `/broadcast/${id}`),
      await get(test, '/broadcast'),
      await postBroadcast(test, oneCall),
    ]) {
      expectProblem(refused, 503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    await get(test, '/health/live').expect(200);
    expect((await get(test, '/health/ready').expect(503)).body).toMatchObject({ database: 'unreachable' });

    await proxy.restore();
    const done = await eventually(async () => {
      const now = await readBroadcast(test, id);
      return now.batches['sent'] === 20 ? now : null;
    });
    expect(done.status).toBe('completed');
    await get(test, '/health/ready').expect(200);
    expectTextedOnce(test, numbers(100));
  });

  it('an outcome that came meanwhile is written when it is back', async () => {
    test.simulator.settings.latencyMs = 400;
    test.simulator.settings.callbackLossShare = 1;
    const id = await broadcast(test, numbers(5));
    await eventually(() => test.simulator.calls().length === 1);
    proxy.cut();
    await eventually(() => test.log.some(({ message }) => message.includes('outcome of a call could not be written')));
    await proxy.restore();
    await allBatches(test, id, 'sent');
    const { body } = await get(test, `/broadcast/${id}/batches`).expect(200);
    expect(body.data).toMatchObject([{ attempts: 1, lastError: null, plivoResponse: { batch: 1 } }]);
    expectTextedOnce(test, numbers(5));
  });

  it('connections that break under load, again and again, leave nobody out and nobody texted twice', async () => {
    const accepted: string[][] = [];
    const unknown: string[][] = [];
    let isOver = false;
    const breaking = (async () => {
      const admin = new pg.Client({ connectionString: database.url });
      await admin.connect();
      for (let turn = 0; turn < 6; turn++) {
        await eventually(() => test.simulator.calls().length > turn * 4 || isOver);
        if (turn % 2 === 0) proxy.reset();
        else
          await admin.query(
            'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
          );
      }
      await admin.end();
    })();
    await Promise.all(
      Array.from({ length: 6 }, async (_, lane) => {
        for (let turn = 0; turn < 4; turn++) {
          const recipients = numbers(7, 1000 + (lane * 4 + turn) * 10);
          const headers = { Prefer: 'respond-async' };
          const answer = await answerOf(postBroadcast(test, { recipients, message: 'Hi' }, headers));
          if (answer === 202) accepted.push(recipients);
          else if (answer === 'no answer') unknown.push(recipients);
          else expect(answer).toBe(503);
        }
      }),
    );
    isOver = true;
    await breaking;

    // A claim whose commit was lost waits for the end of its lease, ten seconds and the call's time-out.
    await eventually(async () => {
      const page = await test.service.store.broadcasts
        .list({ status: null, limit: 100, after: null })
        .catch(() => null);
      return page?.items.every(({ status }) => status === 'completed');
    });
    expect(accepted.length).toBeGreaterThan(0);
    const texts = test.simulator.texts();
    expect(Math.max(...texts.values())).toBe(1);
    for (const number of accepted.flat()) expect(texts.get(number.slice(1))).toBe(1);
    const mayBeTexted = new Set([...accepted, ...unknown].flat().map((number) => number.slice(1)));
    for (const number of texts.keys()) expect(mayBeTexted.has(number)).toBe(true);
  }, 120_000);
});

describe('a SQLite file that cannot be written for a while', () => {
  it('gives 503, loses nothing that was accepted before, and all goes on when it can be written again', async () => {
    const test = await startTestService({ env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '30' } });
    const id = await broadcast(test, numbers(60));
    await eventually(() => test.simulator.calls().length >= 3);
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    const { claims, accepting, settling } = test.service.store;
    const spies = [
      jest.spyOn(claims, 'claimNextBatch').mockRejectedValue(full),
      jest.spyOn(accepting, 'accept').mockRejectedValue(full),
      jest.spyOn(settling, 'recordAccepted').mockRejectedValue(full),
    ];
    const refused = await postBroadcast(test, oneCall);
    expectProblem(refused, 503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await readBroadcast(test, id)).status).toBe('processing');
    for (const spy of spies) spy.mockRestore();

    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 60);
    expectTextedOnce(test, numbers(60));
    await addUpAndStop(test);
  });
});
