import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { optOut } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { postReport, reportOf } from '../../support/reports';
import { OWN_REPORTS, previewRetry, reportFailed, retry } from '../../support/retries';
import { expectAllAddUp, post, textsTo } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(9);
const undelivered = people.slice(0, 2);
const failed = people.slice(2, 4);
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe.each(ENGINES)('a retry, on %s', (engine) => {
  let test: TestService;
  /** Those that have the simulator and the database. */
  const first: TestService[] = [];
  let now: number | null = null;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({
      engine,
      simulator: OWN_REPORTS,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '4', ...env },
      ...(now === null ? {} : { clock: () => now ?? 0 }),
    });
    first.push(test);
  };
  beforeEach(() => start());
  afterEach(async () => {
    try {
      await expectAllAddUp(test);
    } finally {
      if (!first.includes(test)) await test.stop();
      for (const one of first.splice(0)) await one.stop();
      now = null;
    }
  });

  const message = 'Doors open at 9.';
  const sent = async (body: object = {}) => {
    const { body: accepted } = await postBroadcast(test, { recipients: people, message, ...body }).expect(202);
    await broadcastWhen(test, accepted.id as string, ({ status }) => status === 'completed');
    return accepted.id as string;
  };
  /** Two were not reached, two failed, nothing is known of the others. */
  const sentInPart = async (body: object = {}) => {
    const id = await sent(body);
    await reportFailed(test, undelivered, { status: 'undelivered', code: '80' });
    await reportFailed(test, failed, { status: 'failed', code: '50' });
    return id;
  };
  const textsOfAll = () => people.map((person) => textsTo(test, person).length);
  const over = async (id: string) => await broadcastWhen(test, id, ({ status }) => status === 'completed');

  it('goes to those of a broadcast who failed, and to nobody else', async () => {
    const id = await sentInPart({ name: 'Opening' });
    const answer = await retry(test, id).expect(202);
    expect(answer.body).toMatchObject({ retryOf: id, name: 'Opening', text: message, recipients: { accepted: 4 } });
    expect(answer.headers['location']).toBe(`/broadcast/${answer.body.id}`);
    await over(answer.body.id as string);
    expect(textsOfAll()).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1]);
    expect((await get(test, `/broadcast/${id}`)).body.retryOf).toBeNull();
    expect((await get(test, '/broadcast')).body.data).toHaveLength(2);
  });

  it('goes to those who ended in one way, or with one code', async () => {
    const id = await sentInPart();
    const first = await retry(test, id, { statuses: ['failed'] }).expect(202);
    await over(first.body.id as string);
    expect(textsOfAll()).toEqual([1, 1, 2, 2, 1, 1, 1, 1, 1]);
    expectProblem(await retry(test, id, { statuses: ['undelivered'], errorCodes: ['50'] }), 409);
    const second = await retry(test, id, { statuses: ['undelivered'], errorCodes: ['50', '80'] }).expect(202);
    await over(second.body.id as string);
    expect(textsOfAll()).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  it('may have no body, and waits like any other broadcast', async () => {
    const id = await sentInPart();
    const answer = await retry(test, id, undefined, { prefer: 'wait=20' }).expect(202);
    expect(answer.body).toMatchObject({ status: 'completed', batches: { sent: 1 } });
    expect(answer.body.plivoResponses).toHaveLength(1);
  });

  it('takes nobody whom another one has taken; who failed in that one is retried from there', async () => {
    const id = await sentInPart();
    const first = await retry(test, id).expect(202);
    await over(first.body.id as string);
    const again = await retry(test, id);
    expectProblem(again, 409);
    expect(again.body.detail).toMatch(/whom no other retry has taken/);
    await reportFailed(test, undelivered);
    expectProblem(await retry(test, id), 409);
    const second = await retry(test, first.body.id as string).expect(202);
    expect(second.body).toMatchObject({ retryOf: first.body.id, recipients: { accepted: 2 } });
    await over(second.body.id as string);
    expect(textsOfAll()).toEqual([3, 3, 2, 2, 1, 1, 1, 1, 1]);
  });

  it('tells each person what they were told, and what is the same to all in one call', async () => {
    await start({ PLIVO_BULK_MESSAGE_LIMIT: '100' });
    const recipients = people.map((to, index) => ({ to, name: index < 3 ? 'Ann' : `Bob ${index}` }));
    const id = await sentInPart({ recipients, message: 'Hi {{name}}!' });
    const calls = test.simulator.calls().length;
    const answer = await retry(test, id).expect(202);
    expect(answer.body).toMatchObject({ text: 'Hi {{name}}!', texts: { distinct: 2 }, batches: { total: 2 } });
    await over(answer.body.id as string);
    expect(people.slice(0, 4).map((person) => textsTo(test, person)[1])).toEqual([
      'Hi Ann!',
      'Hi Ann!',
      'Hi Ann!',
      'Hi Bob 3!',
    ]);
    expect(test.simulator.calls().length - calls).toBe(2);
  });

  it('comes from whom the text came from, with its media, whatever the settings say by now', async () => {
    const media = { mediaUrls: ['https://example.com/a.png'], sender: '+14155550123', expirySeconds: 600 };
    const id = await sentInPart(media);
    test = await test.restart({ PLIVO_SENDER_ID: '+14155550199' });
    const answer = await retry(test, id).expect(202);
    await over(answer.body.id as string);
    expect(test.simulator.calls().at(-1)!.body).toMatchObject({ media_urls: media.mediaUrls, message_expiry: 600 });
    expect(test.simulator.textsOf(failed[0]!).map(({ src }) => src)).toEqual(['14155550123', '14155550123']);
  });

  it('comes from the sender of each calling code where these have their own', async () => {
    await start({ PLIVO_SENDERS: '1:+14155550101,44:ACME' });
    const british = '+447700900123';
    const id = await sent({ recipients: [...undelivered, british] });
    await reportFailed(test, [...undelivered, british]);
    test = await test.restart({ PLIVO_SENDERS: '1:+14155550102,44:OTHER' });
    const answer = await retry(test, id).expect(202);
    await over(answer.body.id as string);
    const sources = [...undelivered, british].map((person) => test.simulator.textsOf(person).map(({ src }) => src));
    expect(sources).toEqual([
      ['14155550101', '14155550101'],
      ['14155550101', '14155550101'],
      ['ACME', 'ACME'],
    ]);
  });

  it('leaves out who has said STOP since', async () => {
    const id = await sentInPart();
    await optOut(test, undelivered[0]!).expect(201);
    const answer = await retry(test, id).expect(202);
    expect(answer.body.recipients).toMatchObject({ submitted: 4, accepted: 3, optedOut: 1 });
    await over(answer.body.id as string);
    expect(textsOfAll()).toEqual([1, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  it('keeps the topic, for which a failed text leaves room', async () => {
    const id = await sentInPart({ topic: 'opening' });
    const answer = await retry(test, id).expect(202);
    expect(answer.body.topic).toBe('opening');
    expect((await over(answer.body.id as string)).delivery).toMatchObject({ queued: 4, cancelled: 0 });
    expect(textsOfAll()).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  it('counts for the caps, and is no repetition of the same text', async () => {
    await start({ MAX_TEXTS_PER_PERSON: '1/1d', DUPLICATE_WINDOW_HOURS: '1' });
    const id = await sentInPart();
    await postBroadcast(test, { recipients: undelivered.slice(0, 1), message: 'Come in.' }).expect(202);
    const answer = await retry(test, id).expect(202);
    expect((await over(answer.body.id as string)).delivery).toMatchObject({ queued: 3, cancelled: 1 });
    expect(textsOfAll()).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  it('waits for the end of the quiet hours of the broadcast', async () => {
    now = Date.UTC(2030, 0, 15, 20);
    await start();
    const id = await sentInPart({ quietHours: '21:00-08:00' });
    // Ten in the evening in California.
    now = Date.UTC(2030, 0, 16, 6);
    const { body } = await retry(test, id).expect(202);
    expect(body).toMatchObject({ quietHours: '21:00-08:00', status: 'queued', batches: { pending: 1 } });
    const batches = await get(test, `/broadcast/${body.id}/batches`).expect(200);
    expect(batches.body.data[0].notBefore).toBe('2030-01-16T16:00:00.000Z');
  });

  it('does not text whom a late report says to have been reached after all', async () => {
    test.simulator.addFault({ kind: 'status', status: 400, times: 1, recipient: people[0]! });
    const { body } = await postBroadcast(test, { recipients: people, message }, { prefer: 'respond-async' });
    await broadcastWhen(test, body.id as string, ({ status }) => status === 'partially_failed');
    const refused = test.simulator.calls().find(({ messageUuids }) => messageUuids.length === 0)!;
    test.simulator.addFault({ kind: 'status', status: 503, times: 0 });
    const answer = await retry(test, body.id as string).expect(202);
    expect(answer.body.recipients.accepted).toBe(4);
    // A call that is under way when the report comes would bring the text.
    await post(test, `/broadcast/${answer.body.id}/pause`).expect(200);
    await broadcastWhen(test, answer.body.id as string, ({ batches }) => batches['pending'] === 1);
    await postReport(test, String(refused.body['url']), reportOf(people[0]!, 'a-late-one')).expect(204);
    test.simulator.clearFaults();
    await post(test, `/broadcast/${answer.body.id}/resume`).expect(200);
    const done = await over(answer.body.id as string);
    expect(done.delivery).toMatchObject({ cancelled: 4, queued: 0 });
    const { data } = (await get(test, `/broadcast/${done.id}/recipients`)).body as { data: { errorCode: string }[] };
    expect(data.map(({ errorCode }) => errorCode)).toEqual(people.slice(0, 4).map(() => 'reached'));
    expect(textsOfAll()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('is previewed, and sent as it was previewed', async () => {
    const id = await sentInPart();
    const preview = await previewRetry(test, id, { statuses: ['failed'] }).expect(200);
    expect(preview.body).toMatchObject({
      retryOf: id,
      recipients: { submitted: 2, accepted: 2, duplicates: 0, invalid: 0, optedOut: 0 },
      countries: [{ country: 'US', recipients: 2 }],
      batches: 1,
    });
    expect(textsOfAll()).toEqual(people.map(() => 1));
    const match = { 'if-match': `"${preview.body.digest}"` };
    expectProblem(await retry(test, id, {}, match), 412);
    await retry(test, id, { statuses: ['failed'] }, match).expect(202);
    const none = await previewRetry(test, id, { statuses: ['failed'] }).expect(200);
    expect(none.body).toMatchObject({ recipients: { submitted: 0, accepted: 0 }, batches: 0 });
  });

  it('is answered as the first time where its Idempotency-Key comes again', async () => {
    const id = await sentInPart();
    const key = { 'idempotency-key': 'k' };
    const first = await retry(test, id, { statuses: ['failed'] }, key).expect(202);
    await over(first.body.id as string);
    const again = await retry(test, id, { statuses: ['failed'] }, key).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expectProblem(await retry(test, id, {}, key), 422);
    expectProblem(await retry(test, first.body.id as string, { statuses: ['failed'] }, key), 422);
    expectProblem(await postBroadcast(test, { recipients: people, message }, key), 422);
    expect(textsOfAll()).toEqual([1, 1, 2, 2, 1, 1, 1, 1, 1]);
  });

  it.each([
    [{ statuses: ['unknown'] }, 'statuses'],
    [{ statuses: ['delivered', 'failed'] }, 'statuses'],
    [{ statuses: [] }, 'statuses'],
    [{ statuses: 'failed' }, 'statuses'],
    [{ errorCodes: [80] }, 'errorCodes'],
    [{ errorCodes: [] }, 'errorCodes'],
    [{ errorCodes: ['a b'] }, 'errorCodes'],
    [{ ignoreBalance: 1 }, 'ignoreBalance'],
    [{ message: 'Hi' }, 'message'],
    [{ status: ['failed'] }, 'status'],
  ])('is refused with the body %j', async (body, path) => {
    const id = await sentInPart();
    for (const answer of [await retry(test, id, body), await previewRetry(test, id, body)]) {
      expectProblem(answer, 400);
      expect(answer.body.errors).toEqual([expect.objectContaining({ path })]);
    }
    expect(textsOfAll()).toEqual(people.map(() => 1));
    expect((await get(test, '/broadcast')).body.data).toHaveLength(1);
  });

  it('is refused where there is no such broadcast, nobody failed, or the request makes no sense', async () => {
    const id = await sent();
    for (const answer of [await retry(test, NOBODY), await retry(test, 'x'), await previewRetry(test, NOBODY)])
      expectProblem(answer, 404);
    expectProblem(await retry(test, id), 409);
    expectProblem(await retry(test, id, []), 400);
    expectProblem(await retry(test, id, {}, { 'idempotency-key': 'x'.repeat(256) }), 400);
    expectProblem(await retry(test, id).query({ statuses: 'failed' }), 400);
    expectProblem(await retry(test, id).type('text/csv').send('x'), 415);
    expect((await get(test, `/broadcast/${id}/retry`)).status).toBe(405);
  });
});
