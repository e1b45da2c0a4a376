import { doubtWaiting } from '../../../src/cli/restoring/doubtWaiting';
import { openDatabase, openDatabaseBeside } from '../../../src/store/engine/database';
import { vouchFor } from '../../../src/cli/restoring/vouchFor';
import { createRestoreStore } from '../../../src/store/restoring/restoreStore';
import { broadcastWhen, get, numbers } from '../../support/client';
import { copyDatabase, type DatabaseCopy } from '../../support/databaseCopy';
import { write } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { textAsOtherSoftware } from '../../support/otherSoftware';
import { expectTextedOnce } from '../../support/invariants';
import { addUpAndStop, broadcast, LIST_ONLY, post } from '../../support/settling';
import { createTestDatabase, ENGINES } from '../../support/testDatabase';
import { databaseUrlOf, startTestService, type TestService } from '../../support/testService';

const ENV = {
  ...LIST_ONLY,
  PLIVO_BULK_MESSAGE_LIMIT: '5',
  PLIVO_MAX_CONCURRENCY: '1',
  PLIVO_LIST_REQUESTS_PER_MINUTE: '1000',
};
const DAY_MS = 86_400_000;

describe.each(ENGINES)('a database that was put back from a copy, on %s', (engine) => {
  let test: TestService;
  let now: TestService;
  let copy: DatabaseCopy | null = null;
  let later = 0;

  const start = async (simulator: object = {}) => {
    later = 0;
    const settings = { listRequestsPerMinute: 0, latencyMs: 30, ...simulator };
    test = await startTestService({
      engine,
      env: ENV,
      simulator: settings,
      leastSpacingMs: 100,
      clock: () => Date.now() + later,
    });
  };
  /** Ends the service in the midst of sending; the copy is what there is then. */
  const crashInTheMiddle = async (id: string) => {
    await broadcastWhen(test, id, ({ batches }) => batches['sent']! >= 2);
    await test.crash();
    copy = await copyDatabase(databaseUrlOf(test));
  };
  const goOn = (url = databaseUrlOf(test)) => test.restart({ DATABASE_URL: url });
  /** The copy stays as it is, and the original sends on. */
  const fallBehind = async (people: readonly string[]) => {
    await start();
    const id = await broadcast(test, people);
    await crashInTheMiddle(id);
    const original = await goOn();
    await broadcastWhen(original, id, ({ batches }) => batches['sent']! >= 8);
    return { id, original };
  };
  const allSent = (on: TestService, id: string) =>
    broadcastWhen(on, id, ({ batches }) => batches['sent'] === batches['total']);
  const said = (words: RegExp) => now.log.some(({ message }) => words.test(message));

  afterEach(async () => {
    try {
      await addUpAndStop(now);
    } finally {
      await test.stop();
      await copy?.drop();
      copy = null;
    }
  });

  it('texts nobody again whom the other one has texted since, and all others', async () => {
    const people = numbers(60);
    const { id, original } = await fallBehind(people);
    await original.crash();
    now = await goOn(copy!.url);
    await allSent(now, id);
    expectTextedOnce(test, people);
    expect(said(/is a copy that was put back/)).toBe(true);
  });

  it('nor what was paused when it was made, once somebody lets it go on', async () => {
    await start();
    const people = numbers(30);
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ batches }) => batches['sent']! >= 2);
    await post(test, `/broadcast/${id}/pause`).expect(200);
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 0);
    await test.crash();
    copy = await copyDatabase(databaseUrlOf(test));
    const original = await goOn();
    await post(original, `/broadcast/${id}/resume`).expect(200);
    await allSent(original, id);
    await original.crash();
    now = await goOn(copy.url);
    await eventually(() => said(/is a copy that was put back/));
    await post(now, `/broadcast/${id}/resume`).expect(200);
    await allSent(now, id);
    expectTextedOnce(test, people);
  });

  const isWaitingForList = (id: string) =>
    broadcastWhen(now, id, ({ errors }) => (errors as { code: string }[]).some(({ code }) => code === 'restore_check'));

  const sayItIsNoCopy = async (url: string) => {
    const actor = () => ({ id: null, name: 'npm run verify', address: null, requestId: null });
    const database = await openDatabaseBeside({ url, actor, clock: () => Date.now() + later });
    try {
      return await vouchFor(createRestoreStore(database));
    } finally {
      await database.close();
    }
  };

  /**
   * `goneMs`: since an instance last ran on it. For the command alone: a service whose clock had been set by as much could not
   * tell for a while what Plivo's list shows of which call.
   */
  const sayItWasPutBack = async (url: string, { since = null as number | null, goneMs = 30_000 } = {}) => {
    const database = await openDatabase({ url });
    try {
      const restoring = createRestoreStore(database);
      const stand = async () => {
        const known = await restoring.stand();
        return known === null ? null : { ...known, now: known.now + goneMs };
      };
      return await doubtWaiting({ stand, doubt: (known) => restoring.doubt(known) }, since);
    } finally {
      await database.close();
    }
  };

  it('is looked through before anything goes where somebody says that it was put back, though the list is away', async () => {
    const people = numbers(60);
    const { id, original } = await fallBehind(people);
    await write(original, people[0]!, 'Arrêtez ces messages');
    await original.crash();

    expect(await sayItWasPutBack(copy!.url)).toMatch(/^\d+ people wait\. /);
    test.simulator.addFault({ kind: 'status', status: 503, target: 'list', times: 1 });
    now = await goOn(copy!.url);
    await allSent(now, id);
    expectTextedOnce(test, people);
    expect(said(/put back: that was said/)).toBe(true);
    const { body } = await get(now, '/inbound?needsReview=true').expect(200);
    expect(body.data).toMatchObject([{ from: people[0] }]);
  });

  it('is taken at its word about when the copy was made', async () => {
    await start();
    const id = await broadcast(test, numbers(60));
    await crashInTheMiddle(id);
    const since = Date.now() - DAY_MS;
    expect(await sayItWasPutBack(copy!.url, { since })).toContain(new Date(since).toISOString());
    now = await goOn(copy!.url);
    await allSent(now, id);
    expect(now.log).toContainEqual(expect.objectContaining({ data: { since: new Date(since).toISOString() } }));
  });

  it('is not looked through by hand while a service runs on it, nor where nothing was ever sent', async () => {
    await start();
    const id = await broadcast(test, numbers(60));
    await crashInTheMiddle(id);
    await expect(sayItWasPutBack(copy!.url, { goneMs: 0 })).rejects.toThrow('Stop all its instances');
    const empty = await createTestDatabase(engine);
    expect(await sayItWasPutBack(empty.url)).toMatch(/^Nothing was ever sent/);
    await empty.drop();
    now = await goOn(copy!.url);
  });

  it('is no copy where it only was restarted, and other software texted one of those who wait', async () => {
    await start();
    const people = numbers(60);
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ batches }) => batches['sent']! >= 2);
    await test.crash();
    await textAsOtherSoftware(test, [people.at(-1)!]);
    now = await goOn();
    await allSent(now, id);
    expect(said(/is a copy that was put back/)).toBe(false);
    expect((await broadcastWhen(now, id, () => true))['errors']).toEqual([]);
  });

  /** A day later it goes on, and the list cannot be asked. */
  const comeBackWithoutList = async (people: readonly string[]) => {
    await start();
    const id = await broadcast(test, people);
    await crashInTheMiddle(id);
    test.simulator.addFault({ kind: 'status', status: 503, target: 'list', times: 0 });
    later = DAY_MS;
    now = await goOn();
    return id;
  };

  it('after a long time sends nothing until the list can be asked, and says so', async () => {
    const id = await comeBackWithoutList(numbers(30));
    const waiting = await isWaitingForList(id);
    expect(waiting.batches['sent']).toBeLessThan(6);
    test.simulator.clearFaults();
    later = 0;
  });

  it('goes on without the list where somebody says that it is no copy, while it waits', async () => {
    const people = numbers(30);
    const id = await comeBackWithoutList(people);
    await isWaitingForList(id);
    expect(await sayItIsNoCopy(databaseUrlOf(now))).toMatch(/^\d+ people wait\. /);
    await broadcastWhen(now, id, ({ batches }) => batches['pending'] === 0);
    test.simulator.clearFaults();
    await allSent(now, id);
    expectTextedOnce(test, people);
    const { body } = await get(now, '/audit').expect(200);
    expect(body.data[0]).toMatchObject({ action: 'database.vouchedFor', who: 'npm run verify' });
  });

  it('is looked through though somebody said before that it is no copy', async () => {
    const people = numbers(60);
    const { id, original } = await fallBehind(people);
    await original.crash();
    await sayItIsNoCopy(copy!.url);
    expect(await sayItWasPutBack(copy!.url)).toMatch(/^\d+ people wait\. /);
    now = await goOn(copy!.url);
    await allSent(now, id);
    expectTextedOnce(test, people);
    expect(said(/put back: that was said/)).toBe(true);
  });

  it('is not believed to be no copy where it was found to be one', async () => {
    const { original } = await fallBehind(numbers(60));
    await original.crash();
    await sayItWasPutBack(copy!.url);
    await expect(sayItIsNoCopy(copy!.url)).rejects.toThrow('is a copy that was put back');
    now = await goOn(copy!.url);
  });
});
