import request from 'supertest';
import { get, numbers, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { textAsOtherSoftware } from '../../support/otherSoftware';
import { expectTextedOnce } from '../../support/invariants';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import { addUpAndStop, allBatches, broadcast, LIST_ONLY, lostBroadcast, textsTo } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const METRICS_TOKEN = 'metrics-token-of-a-test';
const OPEN_LIST = { env: { PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' }, simulator: { listRequestsPerMinute: 0 } };

describe.each(ENGINES)('other software on the same Plivo account, on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  const sendAsAnotherProgram = (recipients: readonly string[], src?: string) =>
    textAsOtherSoftware(test, recipients, src);

  it.each([
    ['one', 1],
    ['none', 0],
  ])('that texts %s of the people of a lost batch at that moment proves nothing for the others', async (_, count) => {
    test = await startTestService({
      engine,
      env: { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '1500', ...OPEN_LIST.env },
      simulator: OPEN_LIST.simulator,
    });
    const people = numbers(100);
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, people);
    if (count > 0) await sendAsAnotherProgram(people.slice(40, 40 + count));
    await allBatches(test, id, 'sent');
    for (const person of people) {
      const texts = textsTo(test, person).filter((text) => text !== 'Your code is 1234.');
      expect(texts).toEqual(['Doors open at 9.']);
    }
  });

  it('that texts some of the people of a small lost batch proves nothing for the others: a person decides', async () => {
    test = await startTestService({
      engine,
      env: { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '1500', ...OPEN_LIST.env },
      simulator: OPEN_LIST.simulator,
    });
    const people = numbers(8);
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, people);
    await sendAsAnotherProgram(people.slice(0, 3));
    await allBatches(test, id, 'held');
    for (const person of people) expect(textsTo(test, person)).not.toContain('Doors open at 9.');
  });

  it.each([
    ['an address that none of ours came from is told once', '203.0.113.9', 1],
    ['an address that ours come from, too, is nothing to tell of', '127.0.0.1', 0],
  ])('that texts from %s', async (_, address, told) => {
    let later = 0;
    test = await startTestService({
      engine,
      env: { ...LIST_ONLY, ...OPEN_LIST.env, METRICS_TOKEN },
      simulator: OPEN_LIST.simulator,
      clock: () => Date.now() + later,
    });
    const people = numbers(3);
    await allBatches(test, await broadcast(test, people), 'sent');
    await textAsOtherSoftware(test, people, undefined, address);
    // Near a lost call nobody could tell whose messages these are.
    later = 10 * 60_000;
    for (let round = 0; round < 2; round++) {
      test.simulator.addFault({ kind: 'reset' });
      await allBatches(test, await lostBroadcast(test, people, `Round ${round}.`), 'sent');
    }
    const lines = test.log.filter(({ message }) => message.includes('asked for from an address'));
    expect(lines.map(({ data }) => data['address'])).toEqual(told === 0 ? [] : [address]);
    const { text } = await request(test.url)
      .get('/metrics')
      .set('authorization', `Bearer ${METRICS_TOKEN}`)
      .expect(200);
    expect(text).toContain(`broadcaster_stranger_addresses_total ${told}\n`);
  });

  it('is not credited with the missing report of somebody whom Plivo has no record of', async () => {
    test = await startTestService({
      engine,
      env: { DELIVERY_REPORT_ASK_AFTER_MS: '300', DELIVERY_REPORT_TIMEOUT_MS: '2500', ...OPEN_LIST.env },
      // Plivo keeps back one message's reports, and its record shows later than anybody waits.
      simulator: { callbackLossShare: 1, listVisibleAfterMs: 600_000, ...OPEN_LIST.simulator },
    });
    const people = numbers(3);
    const id = await broadcast(test, people);
    await allBatches(test, id, 'sent');
    test.simulator.settings.listVisibleAfterMs = 0;
    // What Plivo had of the batch is gone from its list; another program's message to one of them is not.
    const answered = (await get(test, `/broadcast/${id}/batches`)).body.data[0].plivoResponse.messageUuid as string[];
    await sendAsAnotherProgram(people.slice(0, 1));
    await eventually(async () => (await readBroadcast(test, id)).delivery['queued'] === 0);
    const { body } = await get(test, `/broadcast/${id}/recipients`);
    const uuids = (body.data as { messageUuid: string | null }[]).map(({ messageUuid }) => messageUuid);
    expect(uuids.filter((uuid) => uuid !== null && !answered.includes(uuid))).toEqual([]);
  });

  it('or a call that was thought lost shows by a report of another message: a second text, and said so', async () => {
    test = await startTestService({ engine, simulator: { callbackLossShare: 1 } });
    const people = numbers(3);
    const id = await broadcast(test, people);
    await allBatches(test, id, 'sent');
    await postReport(test, callbackUrlOf(test), reportOf(people[0]!, 'another-message')).expect(204);
    const { body } = await get(test, `/broadcast/${id}/recipients`);
    expect(body.data[0]).toMatchObject({ status: 'queued', messageUuid: null, secondMessageUuid: 'another-message' });
    const shown = await readBroadcast(test, id);
    expect(shown['errors']).toMatchObject([{ code: 'texted_twice', recipients: 1 }]);
    expect(shown.delivery).toMatchObject({ queued: 3 });
    // Its own report counts as always.
    const own = test.simulator.textsOf(people[0]!)[0]!.messageUuid;
    await postReport(test, callbackUrlOf(test), reportOf(people[0]!, own)).expect(204);
    await postReport(test, callbackUrlOf(test), reportOf(people[0]!, 'another-message')).expect(204);
    const after = await readBroadcast(test, id);
    expect(after.delivery).toMatchObject({ queued: 2, delivered: 1 });
    expect(after['errors']).toMatchObject([{ code: 'texted_twice', recipients: 1 }]);
    expectTextedOnce(test, people);
  });
});
