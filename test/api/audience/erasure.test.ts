import { eventually } from '../../support/eventually';
import { importOptOuts, optOut, send, write } from '../../support/compliance';
import { broadcastWhen, get, numbers, postBroadcast, readBroadcast, reportedAndOver } from '../../support/client';
import { expectProblem } from '../../support/problem';
import { addUpAndStop } from '../../support/settling';
import { storedRows } from '../../support/storedRows';
import { ENGINES } from '../../support/testDatabase';
import { SECRET, startWebhookReceiver } from '../../support/webhookReceiver';
import { startTestService, type TestService } from '../../support/testService';

const ANN = '+14155550101';
const BOB = '+14155550102';
const DAY_MS = 86_400_000;

describe.each(ENGINES)('A person who wants to be forgotten, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({ engine, env });
  };
  afterEach(() => addUpAndStop(test));

  const erase = (number = ANN) => send(test, 'delete', `/recipients/${number}`, undefined);
  const exported = async (number = ANN) =>
    (await get(test, `/recipients/${number}/export`).expect(200)).body as Record<string, unknown>;
  const broadcast = async (body: object) => {
    const answer = await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202);
    return answer.body.id as string;
  };
  const personal = () =>
    broadcast({
      message: 'Hi {{name}}!',
      recipients: [
        { to: ANN, name: 'Ann' },
        { to: BOB, name: 'Bob' },
      ],
    });
  const recipients = async (id: string) =>
    (await get(test, `/broadcast/${id}/recipients`).expect(200)).body.data as { recipient: string }[];

  it('is given all that is known of them in one piece', async () => {
    await start();
    await send(test, 'put', '/lists/guests', { recipients: [{ to: ANN, city: 'Rome' }, BOB] }).expect(201);
    const id = await personal();
    await reportedAndOver(test, id, 2);
    await write(test, ANN, 'See you there');
    await write(test, ANN, 'STOP');
    expect(await exported()).toMatchObject({
      recipient: ANN,
      optedOut: true,
      history: [{ event: 'opted_out', source: 'keyword' }],
      lists: [{ list: 'guests', recipient: ANN, fields: { city: 'Rome' } }],
      inbound: [{ text: 'STOP' }, { text: 'See you there' }],
      broadcasts: [{ broadcastId: id, status: 'delivered', text: 'Hi Ann!' }],
    });
    expect(await exported('+14155550199')).toMatchObject({ optedOut: false, lists: [], inbound: [], broadcasts: [] });
  });

  it('is in no broadcast, list or reply any more, and their STOP still holds', async () => {
    await start();
    await send(test, 'put', '/lists/guests', { recipients: [{ to: ANN, city: 'Rome' }, BOB] }).expect(201);
    const id = await personal();
    const { delivery } = await reportedAndOver(test, id, 2);
    await write(test, ANN, 'STOP');
    await erase().expect(204);

    expect(await exported()).toMatchObject({ optedOut: true, lists: [], inbound: [], broadcasts: [] });
    expect((await get(test, '/lists/guests').expect(200)).body).toMatchObject({ recipients: 1 });
    const shown = await recipients(id);
    expect(shown.map(({ recipient }) => recipient)).toEqual([expect.stringMatching(/^erased:\d+:0$/), BOB]);
    expect(JSON.stringify(shown)).not.toContain('Hi Ann');
    expect((await get(test, `/broadcast/${id}`)).body.delivery).toEqual(delivery);
    expect((await get(test, '/inbound')).body.data).toMatchObject([{ from: 'erased', text: '' }]);
    const next = await postBroadcast(test, { message: 'More', recipients: [ANN, BOB] }).expect(202);
    expect(next.body.recipients).toMatchObject({ accepted: 1, optedOut: 1 });
  });

  describe('of whose STOP a keyed hash is to stay', () => {
    const eraseHashed = (number = ANN) => send(test, 'delete', `/recipients/${number}?optOut=hash`, undefined);
    const optOuts = async () => (await get(test, '/opt-outs').expect(200)).body.data as { number: string }[];

    it('is in no list any more, and left out wherever the number is named', async () => {
      await start();
      await write(test, ANN, 'STOP');
      await optOut(test, BOB, { note: 'Rang up' }).expect(201);
      await eraseHashed().expect(204);
      expect(await optOuts()).toMatchObject([{ number: BOB }]);
      const stored = await storedRows(test);
      expect(stored).toContain(BOB);
      expect(stored).not.toContain(ANN.slice(1));

      const body = { message: 'More', recipients: [ANN, BOB, '+14155550103'] };
      const preview = await send(test, 'post', '/broadcast/preview', body).expect(200);
      expect(preview.body.recipients).toMatchObject({ accepted: 1, optedOut: 2 });
      const answer = await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202);
      expect(answer.body.recipients).toMatchObject({ accepted: 1, optedOut: 2 });
      await reportedAndOver(test, answer.body.id as string, 1);
      expect([...test.simulator.texts().keys()]).toEqual(['14155550103']);
      expect(await recipients(answer.body.id as string)).toContainEqual(
        expect.objectContaining({ recipient: ANN, status: 'optedOut', optedOutAt: expect.any(String) }),
      );
    });

    it('keeps their place among those who are left out of what still waits', async () => {
      await start();
      const sendAt = new Date(Date.now() + DAY_MS).toISOString();
      await write(test, ANN, 'STOP');
      const id = await broadcast({ message: 'Tomorrow', recipients: [ANN, BOB], sendAt });
      await eraseHashed().expect(204);
      expect(await readBroadcast(test, id)).toMatchObject({ recipients: { accepted: 1, optedOut: 1 } });
    });

    it('is still known to have said so, and when, by whoever asks for the number', async () => {
      await start();
      await optOut(test, ANN, { note: 'Ann of Bern, rang up' }).expect(201);
      const before = (await get(test, `/opt-outs/${ANN}`).expect(200)).body;
      await eraseHashed().expect(204);
      const after = (await get(test, `/opt-outs/${ANN}`).expect(200)).body;
      expect(after).toMatchObject({ number: ANN, source: before.source, optedOutAt: before.optedOutAt });
      expect(JSON.stringify(after)).not.toContain('Bern');
      expect(await exported()).toMatchObject({
        optedOut: true,
        history: [{ event: 'opted_out', source: 'api', note: null }],
      });
      expect(await exported(BOB)).toMatchObject({ optedOut: false, history: [] });
    });

    it('is texted again once they say START, and no longer once they say STOP anew', async () => {
      await start();
      await write(test, ANN, 'STOP');
      await eraseHashed().expect(204);
      await write(test, ANN, 'START');
      expect(await exported()).toMatchObject({
        optedOut: false,
        history: [{ event: 'opted_out' }, { event: 'opted_in', source: 'keyword' }],
      });
      await write(test, ANN, 'STOP');
      expect(await exported()).toMatchObject({ optedOut: true });
      expect(await optOuts()).toMatchObject([{ number: ANN }]);
      await eraseHashed().expect(204);
      expect(await optOuts()).toEqual([]);
    });

    it('is taken off by a caller, too, and their number is not written down again for that', async () => {
      await start();
      await optOut(test, ANN).expect(201);
      await eraseHashed().expect(204);
      await send(test, 'delete', `/opt-outs/${ANN}`, { note: 'a mistake' }).expect(204);
      expect(await exported()).toMatchObject({
        optedOut: false,
        history: [{ event: 'opted_out' }, { event: 'opted_in', note: 'a mistake' }],
      });
      expect(await storedRows(test)).not.toContain(ANN.slice(1));
      await send(test, 'delete', `/opt-outs/${ANN}`, undefined).expect(404);
    });

    it('is no news where they are named once more, and out since they were first', async () => {
      await start();
      await optOut(test, ANN).expect(201);
      const { optedOutAt } = (await get(test, `/opt-outs/${ANN}`)).body;
      await eraseHashed().expect(204);
      const { body } = await optOut(test, ANN, { note: 'rang up again' }).expect(200);
      expect(body).toMatchObject({ number: ANN, optedOutAt });
      expect((await importOptOuts(test, `${ANN}\n${BOB}`).expect(200)).body).toMatchObject({
        imported: 1,
        alreadyOptedOut: 1,
      });
    });

    it('is left out, too, of a list that somebody saves anew with their number in it', async () => {
      await start();
      await write(test, ANN, 'STOP');
      await eraseHashed().expect(204);
      await send(test, 'put', '/lists/shop', { recipients: [ANN, BOB] }).expect(201);
      const answer = await postBroadcast(test, { message: 'Sale', lists: ['shop'] }, { prefer: 'respond-async' });
      expect(answer.body.recipients).toMatchObject({ accepted: 1, optedOut: 1 });
      await reportedAndOver(test, answer.body.id as string, 1);
      expect([...test.simulator.texts().keys()]).toEqual([BOB.slice(1)]);
    });

    it('is not put back on any list by being erased without having said so', async () => {
      await start();
      await eraseHashed().expect(204);
      expect(await exported()).toMatchObject({ optedOut: false });
      const next = await postBroadcast(test, { message: 'More', recipients: [ANN] }).expect(202);
      expect(next.body.recipients).toMatchObject({ accepted: 1, optedOut: 0 });
    });

    it('is kept by the hash when an import names them and is taken back', async () => {
      await start();
      await write(test, ANN, 'STOP');
      await eraseHashed().expect(204);
      const { body } = await importOptOuts(test, ANN).expect(200);
      expect(await optOuts()).toMatchObject([{ number: ANN }]);
      await send(test, 'delete', body.links.undo).expect(200);
      expect(await optOuts()).toEqual([]);
      const { optedOut, history } = await exported();
      expect([optedOut, (history as { event: string }[]).at(-1)!.event]).toEqual([true, 'opted_out']);
    });

    it('stays out by what another import says when one is taken back, whatever was hashed between them', async () => {
      await start();
      const [first] = [(await importOptOuts(test, ANN).expect(200)).body, await importOptOuts(test, ANN).expect(200)];
      await eraseHashed().expect(204);
      const third = (await importOptOuts(test, ANN).expect(200)).body;
      await send(test, 'delete', third.links.undo).expect(200);
      await eraseHashed().expect(204);
      await send(test, 'delete', first.links.undo).expect(200);
      expect(await exported()).toMatchObject({ optedOut: true });
    });

    it('is seen as opted out by everybody who asks while they are being erased, and no more once a START is heard', async () => {
      await start();
      const people = numbers(20);
      await importOptOuts(test, people.join('\n')).expect(200);
      const asked = people.flatMap((number) => [
        eraseHashed(number).expect(204),
        postBroadcast(test, { message: `To ${number}`, recipients: [number] }).then(({ body }) => {
          expect(body).toMatchObject({ recipients: { optedOut: 1 } });
        }),
      ]);
      await Promise.all(asked);
      expect(await optOuts()).toEqual([]);
      await importOptOuts(test, people.join('\n')).expect(200);
      await Promise.all(people.flatMap((number) => [eraseHashed(number).expect(204), write(test, number, 'START')]));
      for (const number of people) expect(await exported(number)).toMatchObject({ optedOut: false });
    });

    it('is told what may be asked for', async () => {
      await start();
      const refused = await send(test, 'delete', `/recipients/${ANN}?optOut=gone`, undefined);
      expectProblem(refused, 400);
      expect(refused.body.detail).toContain('number, hash');
    });
  });

  it('may be erased twice, and without being known', async () => {
    await start();
    await erase().expect(204);
    await reportedAndOver(test, await personal(), 2);
    await erase().expect(204);
    await erase().expect(204);
    expect(await exported()).toMatchObject({ broadcasts: [] });
  });

  it('is not erased while a text for them waits, and is once it was cancelled', async () => {
    await start();
    const sendAt = new Date(Date.now() + DAY_MS).toISOString();
    const id = await broadcast({ message: 'Tomorrow', recipients: [ANN, BOB], sendAt });
    const refused = await erase();
    expectProblem(refused, 409);
    expect(refused.body.detail).toContain(id);
    expect(await exported()).toMatchObject({ broadcasts: [{ status: 'queued' }] });

    await send(test, 'post', `/broadcast/${id}/cancel`, undefined).expect(200);
    await erase().expect(204);
    expect(await exported()).toMatchObject({ broadcasts: [] });
    expect(JSON.stringify(await recipients(id))).not.toContain(ANN);
  });

  it('is not erased while it is unknown whether they have a text', async () => {
    await start({ PLIVO_UNCONFIRMED: 'hold' });
    test.simulator.addFault({ kind: 'reset' });
    const id = await broadcast({ message: 'Hi', recipients: [ANN] });
    await broadcastWhen(test, id, ({ batches }) => batches['held'] === 1);
    expectProblem(await erase(), 409);
    await send(test, 'post', `/broadcast/${id}/batches/1/resolve`, { as: 'sent' }).expect(200);
    await erase().expect(204);
    expect((await recipients(id))[0]).toMatchObject({ recipient: 'erased:1:0', status: 'unknown' });
  });

  it('is not erased while a reply of theirs may be a wish to stop that nobody has read', async () => {
    await start();
    await write(test, ANN, 'STOP this terrible bill');
    const [reply] = (await get(test, '/inbound?needsReview=true')).body.data;
    expectProblem(await erase(), 409);
    await send(test, 'post', `/inbound/${reply.messageUuid}/reviewed`, { as: 'optOut' }).expect(200);
    await erase().expect(204);
    expect(await exported()).toMatchObject({ optedOut: true, inbound: [] });
  });

  it('is texted neither by a retry nor by sending failed batches again', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400, times: 0 });
    const id = await broadcast({ message: 'Hi', recipients: [ANN, BOB] });
    await broadcastWhen(test, id, ({ status }) => status === 'failed');
    await erase().expect(204);
    test.simulator.clearFaults();
    await send(test, 'post', `/broadcast/${id}/resend-failed`, undefined).expect(200);
    const done = await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 1);
    expect(done.delivery).toMatchObject({ cancelled: 1, delivered: 1 });
    expect([...test.simulator.texts().keys()]).toEqual([BOB.slice(1)]);
  });

  it('leaves in peace those whose number begins with theirs, and keeps two places of one batch apart', async () => {
    await start();
    const [short, long] = ['+4930123456', '+49301234567'];
    test.simulator.settings.invalidNumbers = [short.slice(1), long.slice(1)];
    const id = await broadcast({ message: 'Hallo', recipients: [short, long, BOB] });
    await reportedAndOver(test, id, 1);
    await erase(short).expect(204);
    const told = JSON.stringify((await get(test, `/broadcast/${id}/batches`)).body);
    expect(told).toContain(long.slice(1));
    expect(told.replaceAll(long.slice(1), '')).not.toContain(short.slice(1));

    const sendAt = new Date(Date.now() + DAY_MS).toISOString();
    const waiting = await broadcast({ message: 'Morgen', recipients: [ANN, long, BOB], sendAt });
    await send(test, 'post', `/broadcast/${waiting}/cancel`, undefined).expect(200);
    await erase(ANN).expect(204);
    await erase(BOB).expect(204);
    expect((await recipients(waiting)).map(({ recipient }) => recipient)).toEqual(['erased:1:0', long, 'erased:1:2']);
  });

  it('is in nothing that was told to other programs, but a wish to stop that still has to reach them', async () => {
    const receiver = await startWebhookReceiver();
    try {
      await start({ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true' });
      await write(test, ANN, 'See you there');
      await receiver.when('inbound.received');
      receiver.answer = 503;
      await write(test, ANN, 'STOP');
      await eventually(() => receiver.refused.some(({ type }) => type === 'recipient.opted_out'));
      await erase().expect(204);
      const { data } = (await get(test, '/webhook-deliveries')).body as { data: { event: string; id: string }[] };
      const naming = data.filter((one) => JSON.stringify(one).includes(ANN)).map(({ event }) => event);
      expect(naming).toEqual(['recipient.opted_out']);
      expect(JSON.stringify(data)).not.toContain('See you there');

      receiver.answer = 204;
      const [told] = data.filter(({ event }) => event === 'recipient.opted_out');
      await send(test, 'post', `/webhook-deliveries/${told!.id}/replay`).expect(202);
      const { data: news } = await receiver.when('recipient.opted_out');
      expect(JSON.stringify(news)).toContain(ANN);
      await eventually(async () => !JSON.stringify((await get(test, '/webhook-deliveries')).body).includes(ANN));
    } finally {
      await receiver.stop();
    }
  });

  it('keeps their place when the report comes after they were erased', async () => {
    await start();
    test.simulator.settings.deliveryDelayMs = 300;
    const id = await broadcast({ message: 'Hi', recipients: [ANN, BOB] });
    await broadcastWhen(test, id, ({ batches }) => batches['sent'] === 1);
    await erase().expect(204);
    const done = await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 2);
    expect(done.delivery).toMatchObject({ unknown: 0 });
  });
});

describe.each(ENGINES)('With ANONYMIZE_AFTER_DAYS, on %s', (engine) => {
  let test: TestService;
  let later = 0;
  afterEach(() => test.stop());

  it('numbers and texts of what ended so long ago are masked, the counts and what waits stay', async () => {
    const env = { ANONYMIZE_AFTER_DAYS: '30', PUBLIC_URL: '' };
    test = await startTestService({ engine, env, clock: () => Date.now() + later });
    const old = (await postBroadcast(test, { message: 'Hi Ann', recipients: [ANN, BOB] })).body.id;
    await broadcastWhen(test, old, ({ status }) => status === 'completed');
    later = 40 * DAY_MS;
    const again = await test.restart();
    try {
      const masked = await eventually(async () => {
        const body = await readBroadcast(again, old);
        return body['text'] === null ? body : null;
      });
      expect(masked).toMatchObject({ recipients: { accepted: 2 }, anonymizedAt: expect.any(String) });
      const { data } = (await get(again, `/broadcast/${old}/recipients`)).body as { data: { recipient: string }[] };
      expect(data.map(({ recipient }) => recipient)).toEqual(['erased:1:0', 'erased:1:1']);
      const young = (await postBroadcast(again, { message: 'Hi', recipients: [ANN] })).body.id;
      expect((await get(again, `/recipients/${ANN}`)).body.broadcasts).toMatchObject([{ broadcastId: young }]);
    } finally {
      await addUpAndStop(again);
    }
  });
});
