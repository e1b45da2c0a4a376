import { broadcastWhen, get, numbers } from '../../support/client';
import { importOptOuts, optOut, write } from '../../support/compliance';
import { copyDatabase, type DatabaseCopy } from '../../support/databaseCopy';
import { eventually } from '../../support/eventually';
import { addUpAndStop, broadcast, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { databaseUrlOf, startTestService, type TestService } from '../../support/testService';
import { postText, textFields } from '../../support/texts';

const MINUTE_MS = 60_000;
const [ANN, BEN, CEM] = numbers(3) as [string, string, string];

describe.each(ENGINES)('who wrote while nobody could hear it, on %s', (engine) => {
  let test: TestService;
  let now: TestService;
  let copy: DatabaseCopy;
  let later = 0;

  const begin = async ({ isOut = [] as readonly string[] } = {}) => {
    later = 0;
    test = await startTestService({
      engine,
      env: { PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' },
      simulator: { listRequestsPerMinute: 0 },
      clock: () => Date.now() + later,
    });
    await broadcastWhen(test, await broadcast(test, [ANN, BEN, CEM], 'Before'), ({ status }) => status === 'completed');
    if (isOut.length > 0) await importOptOuts(test, isOut.join('\n')).expect(200);
    await test.crash();
    copy = await copyDatabase(databaseUrlOf(test));
  };
  afterEach(async () => {
    try {
      await addUpAndStop(now);
    } finally {
      await test.stop();
      await copy.drop();
    }
  });

  /** The back-up is put back ten minutes after it was made. */
  const putBack = async () => {
    later = 10 * MINUTE_MS;
    now = await test.restart({ DATABASE_URL: copy.url });
  };
  const waiting = async () => (await get(now, '/inbound?needsReview=true').expect(200)).body.data as { from: string }[];
  const wordOf = async (number: string) =>
    (await waiting()).find(({ from }) => from === number) as never as {
      messageUuid: string;
      text: string;
    };
  const send = async (message: string) => {
    const id = await broadcast(now, [ANN, BEN, CEM], message);
    return await broadcastWhen(now, id, ({ status }) => status === 'completed');
  };

  it('gets nothing until somebody has decided, for it may have been STOP', async () => {
    await begin();
    const original = await test.restart();
    await write(original, ANN, 'Arrêtez ces messages');
    await write(original, BEN, 'Thanks, see you there');
    await original.crash();
    await putBack();
    await eventually(async () => (await waiting()).length === 2);

    expect((await send('After')).delivery).toMatchObject({ optedOut: 2 });
    expect(test.simulator.textsOf(CEM)).toHaveLength(2);
    expect((await get(now, `/opt-outs/${ANN}`).expect(200)).body).toMatchObject({ source: 'import' });

    await post(now, `/inbound/${(await wordOf(ANN)).messageUuid}/reviewed`, { as: 'optOut' }).expect(200);
    await post(now, `/inbound/${(await wordOf(BEN)).messageUuid}/reviewed`, { as: 'nothing' }).expect(200);
    expect(await waiting()).toEqual([]);
    await get(now, `/opt-outs/${ANN}`).expect(200);
    await get(now, `/opt-outs/${BEN}`).expect(404);
    await send('Later');
    expect(test.simulator.textsOf(ANN)).toHaveLength(1);
    expect(test.simulator.textsOf(BEN)).toHaveLength(2);
  });

  it.each<[string, () => PromiseLike<unknown>]>([
    ['has said STOP since', () => write(now, BEN, 'STOP')],
    ['was put on the list since', () => optOut(now, BEN).expect(200)],
  ])('stays out who %s, whatever is decided of the lost text', async (_why, stop) => {
    await begin();
    const original = await test.restart();
    await write(original, BEN, 'Thanks');
    await original.crash();
    await putBack();
    await eventually(async () => (await waiting()).length === 1);
    await stop();
    await post(now, `/inbound/${(await wordOf(BEN)).messageUuid}/reviewed`, { as: 'nothing' }).expect(200);
    expect((await get(now, `/opt-outs/${BEN}`)).status).toBe(200);
  });

  it('stays out who was out before', async () => {
    await begin({ isOut: [ANN] });
    const original = await test.restart();
    await write(original, ANN, 'Thanks');
    await original.crash();
    await putBack();
    await eventually(async () => (await waiting()).length === 1);
    await post(now, `/inbound/${(await wordOf(ANN)).messageUuid}/reviewed`, { as: 'nothing' }).expect(200);
    expect((await get(now, `/opt-outs/${ANN}`)).status).toBe(200);
  });

  it('has their words shown when Plivo posts them after all', async () => {
    await begin();
    const original = await test.restart();
    await write(original, BEN, 'Thanks');
    await original.crash();
    await putBack();
    await eventually(async () => (await waiting()).length === 1);
    const { messageUuid, text } = await wordOf(BEN);
    expect(text).toBe('');
    await postText(now, textFields(BEN, 'Thanks', { MessageUUID: messageUuid })).expect(200);
    expect(await wordOf(BEN)).toMatchObject({ text: 'Thanks', needsReview: true });
    await post(now, `/inbound/${messageUuid}/reviewed`, { as: 'nothing' }).expect(200);
    await get(now, `/opt-outs/${BEN}`).expect(404);
  });

  it('is looked up before anything goes; until the list can be asked all waits, and says why', async () => {
    await begin();
    const original = await test.restart();
    await write(original, ANN, 'Arrêtez');
    await original.crash();
    test.simulator.addFault({ kind: 'status', status: 503, target: 'list', times: 0 });
    await putBack();
    const id = await broadcast(now, [ANN, BEN, CEM], 'After');
    await broadcastWhen(now, id, ({ errors }) =>
      (errors as { code: string }[]).some(({ code }) => code === 'restore_check'),
    );
    test.simulator.clearFaults();
    const { delivery } = await broadcastWhen(now, id, ({ status }) => status === 'completed');
    expect(delivery).toMatchObject({ optedOut: 1 });
  });

  it('is not looked for page by page where the list does not tell what was written from what was sent', async () => {
    await begin();
    const original = await test.restart();
    const sent = await broadcast(original, numbers(60, 10), 'Meanwhile');
    await broadcastWhen(original, sent, ({ status }) => status === 'completed');
    await original.crash();
    test.simulator.settings.ignoreDirection = true;
    await putBack();
    await eventually(() => now.log.some(({ message }) => message.startsWith('Who wrote while nothing ran')));
    expect(test.simulator.listRequests()).toBe(1);
    expect((await send('After')).delivery).toMatchObject({ optedOut: 0 });
    expect(await waiting()).toEqual([]);
  });

  it('is asked of nobody where only a restart lay between', async () => {
    await begin();
    now = await test.restart();
    await write(now, BEN, 'Thanks');
    await send('After');
    expect(test.simulator.listRequests()).toBe(0);
    expect(await waiting()).toEqual([]);
  });
});
