import request from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { write } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService, type TestServiceOptions } from '../../support/testService';
import {
  isSignedBy,
  OTHER_SECRET,
  SECRET,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../support/webhookReceiver';

const HOUR_MS = 3_600_000;
/** Longer than there is between any two tries. */
const NEXT_TRY_MS = 11 * HOUR_MS;
const soon = () => new Date(Date.now() + HOUR_MS).toISOString();

type Attempt = { at: string; status: number | null; error: string | null };
type DeliveryPage = {
  data: (Record<string, unknown> & { attempts: Attempt[] })[];
  next: string | null;
  failingAddresses: object[];
};

describe.each(ENGINES)('webhooks on %s', (engine) => {
  let test: TestService;
  let receiver: WebhookReceiver;
  /** By how much the clocks are ahead: hours go by in a moment. */
  let aheadMs: number;
  const start = async (env: Record<string, string> = {}, options: TestServiceOptions = {}) => {
    test = await startTestService({
      engine,
      clock: () => Date.now() + aheadMs,
      ...options,
      env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true', ...env },
    });
  };
  const send = async (fields: object = {}): Promise<string> => {
    const body = { message: 'Hello', recipients: numbers(2), ...fields };
    return (await postBroadcast(test, body, { Prefer: 'respond-async' }).expect(202)).body.id as string;
  };
  const post = (path: string, body?: object) => request(test.url).post(path).set('x-api-key', API_KEY).send(body);
  const deliveries = async (query = '') =>
    (await get(test, `/webhook-deliveries${query}`).expect(200)).body as DeliveryPage;
  /** One try after the other, with hours between. */
  const refuseUntil = (isOver: () => Promise<boolean>) => {
    let seen = 0;
    return eventually(async () => {
      // Not those that have come in: the time of the next is reckoned when one is over.
      const tries = (await deliveries()).data.reduce((all, { attempts }) => all + attempts.length, 0);
      if (tries > seen) {
        seen = tries;
        aheadMs += NEXT_TRY_MS;
      }
      return await isOver();
    });
  };
  beforeEach(async () => {
    receiver = await startWebhookReceiver();
    aheadMs = 0;
  });
  afterEach(async () => {
    await test.stop();
    await receiver.stop();
  });

  it('tell how a broadcast ended, signed, and what was told is listed', async () => {
    await start();
    const id = await send({ name: 'Spring' });
    const told = await receiver.when('broadcast.completed');
    expect(told.data).toMatchObject({ id, status: 'completed', name: 'Spring', batches: { total: 1, sent: 1 } });
    expect(isSignedBy(SECRET, told)).toBe(true);
    expect(isSignedBy(OTHER_SECRET, told)).toBe(false);
    expect(told.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'bulk-sms-broadcaster' });
    expect(JSON.parse(told.body)).toMatchObject({ timestamp: expect.stringMatching(/Z$/) });
    const { data, next } = await eventually(async () => {
      const page = await deliveries('?status=delivered');
      return page.data.length > 0 ? page : null;
    });
    expect(next).toBeNull();
    expect(data).toEqual([
      expect.objectContaining({
        id: told.id,
        event: 'broadcast.completed',
        url: receiver.url,
        status: 'delivered',
        broadcastId: id,
        attempts: [{ at: expect.stringMatching(/Z$/), status: 204, error: null, durationMs: expect.any(Number) }],
        payload: JSON.parse(told.body),
      }),
    ]);
    expect((await deliveries('?status=pending')).data).toEqual([]);
  });

  it('go to the address of a broadcast too, once where that is the same', async () => {
    await start({ WEBHOOK_SECRET: `${OTHER_SECRET},${SECRET}` });
    const own = await send({ callbackUrl: `${receiver.url}/own` });
    const paths = async (id: string) => {
      await broadcastWhen(test, id, ({ status }) => status === 'completed');
      await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
      return receiver.taken.filter(({ data }) => data['id'] === id).map(({ path }) => path);
    };
    expect((await paths(own)).sort()).toEqual(['/hook', '/hook/own']);
    const same = await send({ callbackUrl: receiver.url });
    expect(await paths(same)).toEqual(['/hook']);
    expect((await get(test, `/broadcast/${same}`)).body.callbackUrl).toBe(receiver.url);
    // While receivers change over, both secrets will do.
    for (const told of receiver.taken)
      for (const secret of [SECRET, OTHER_SECRET]) expect(isSignedBy(secret, told)).toBe(true);
  });

  it('tell of a pause and of a cancel, in order, with nobody left in the queue', async () => {
    await start();
    const id = await send({ sendAt: soon(), recipients: numbers(30) });
    await post(`/broadcast/${id}/pause`).expect(200);
    await post(`/broadcast/${id}/cancel`).expect(200);
    const told = await receiver.when('broadcast.cancelled');
    expect(told.data).toMatchObject({
      id,
      batches: { pending: 0, cancelled: 1 },
      delivery: { queued: 0, cancelled: 30 },
    });
    expect(receiver.taken.map(({ type }) => type)).toEqual(['broadcast.paused', 'broadcast.cancelled']);
  });

  it('tell of a broadcast that waits for a second pair of eyes', async () => {
    await start({ APPROVAL_ABOVE: '2' });
    const id = await send({ recipients: numbers(3) });
    const told = await receiver.when('broadcast.awaiting_approval');
    expect(told.data).toMatchObject({ id, status: 'awaiting_approval' });
  });

  it('tell of a broadcast in which nobody was left to be texted', async () => {
    await start();
    const [person] = numbers(1);
    await request(test.url).put(`/opt-outs/${person}`).set('x-api-key', API_KEY).expect(201);
    const id = await send({ recipients: [person] });
    expect((await receiver.when('broadcast.completed')).data).toMatchObject({ id, recipients: { optedOut: 1 } });
    expect((await receiver.when('recipient.opted_out')).data).toEqual({ number: person, source: 'api', note: null });
  });

  it('tell what people write, who opts out, and what a person has to read', async () => {
    await start();
    const [first, second] = numbers(2) as [string, string];
    await write(test, first, 'STOP');
    expect((await receiver.when('recipient.opted_out')).data).toMatchObject({ number: first, source: 'keyword' });
    expect((await receiver.when('inbound.received')).data).toMatchObject({
      from: first,
      text: 'STOP',
      keyword: 'optOut',
    });
    await write(test, second, 'who is this');
    const doubtful = await receiver.when('inbound.needs_review');
    expect(doubtful.data).toMatchObject({ from: second, needsReview: true });
    const written = JSON.stringify(test.log);
    for (const secret of [first.slice(1), second.slice(1), SECRET]) expect(written).not.toContain(secret);
  });

  it('tell of a fault of the account once', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 402, times: 3 });
    const id = await send({ recipients: numbers(30) });
    const told = await receiver.when('account.fault');
    expect(told.data).toMatchObject({ code: 'insufficient_credit', plivoStatus: 402 });
    await receiver.when('broadcast.completed', (data) => data['id'] === id);
    expect(receiver.taken.filter(({ type }) => type === 'account.fault')).toHaveLength(1);
  });

  it('tell of a fault of the account again where it becomes another', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 402, times: 1 });
    test.simulator.addFault({ kind: 'status', status: 401, times: 2 });
    const id = await send({ recipients: numbers(2) });
    await receiver.when('broadcast.completed', (data) => data['id'] === id);
    await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
    const faults = receiver.taken.filter(({ type }) => type === 'account.fault');
    expect(faults.map(({ data }) => data['code']).sort()).toEqual(['insufficient_credit', 'unauthorized']);
  });

  it('tell of a cancel once, when its calls are over', async () => {
    await start({ PLIVO_BULK_MESSAGE_LIMIT: '1', PLIVO_MAX_CONCURRENCY: '1' });
    test.simulator.addFault({ kind: 'slow', delayMs: 1500, times: 0 });
    const id = await send({ recipients: numbers(4) });
    await broadcastWhen(test, id, ({ batches }) => (batches as { sending: number }).sending === 1);
    await post(`/broadcast/${id}/cancel`).expect(200);
    const told = await receiver.when('broadcast.cancelled');
    expect(told.data).toMatchObject({ id, batches: { pending: 0, sending: 0, sent: 1, cancelled: 3 } });
    await broadcastWhen(test, id, ({ delivery }) => (delivery as { delivered: number }).delivered === 1);
    await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
    expect(receiver.taken.map(({ type }) => type)).toEqual(['broadcast.cancelled']);
  });

  it('tell what becomes of people in groups, where that is asked for', async () => {
    await start({ WEBHOOK_EVENTS: 'recipients.updated' });
    const people = numbers(20);
    const id = await send({ recipients: people });
    const delivered = await eventually(() => {
      const told = receiver.taken.flatMap(({ data }) => data['recipients'] as { recipient: string; status: string }[]);
      const done = new Set(told.filter(({ status }) => status === 'delivered').map(({ recipient }) => recipient));
      return done.size === people.length ? done : null;
    });
    expect([...delivered].sort()).toEqual([...people].sort());
    expect(receiver.taken.every(({ type, data }) => type === 'recipients.updated' && data['broadcastId'] === id)).toBe(
      true,
    );
  });

  it('are tried again by the schedule, in order for each broadcast, until they are given up', async () => {
    await start();
    receiver.answer = 500;
    const id = await send({ sendAt: soon() });
    await post(`/broadcast/${id}/pause`).expect(200);
    await post(`/broadcast/${id}/cancel`).expect(200);
    const tried = (count: number) => eventually(() => receiver.refused.length >= count);
    const pauses = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
    for (const [made, seconds] of pauses.entries()) {
      await tried(made + 1);
      await eventually(async () => (await deliveries()).data.at(-1)!.attempts.length === made + 1);
      aheadMs += seconds * 1000 + 1;
    }
    // The second waits for the first, which is given up with its eighth try.
    await eventually(() => receiver.refused.some(({ type }) => type === 'broadcast.cancelled'));
    expect(receiver.refused.filter(({ type }) => type === 'broadcast.paused')).toHaveLength(8);
    expect(new Set(receiver.refused.map(({ id: name }) => name)).size).toBe(2);
    const { data } = await deliveries('?status=failed');
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      event: 'broadcast.paused',
      nextAttemptAt: null,
      errorReason: expect.stringMatching(/\w/),
    });
    expect(data[0]!.attempts).toHaveLength(8);
    expect(data[0]!.attempts[0]).toMatchObject({ status: 500, error: 'The answer was 500.' });

    receiver.answer = 204;
    expect((await post('/webhook-deliveries/recover', { since: '2020-01-01T00:00:00Z' }).expect(202)).body).toEqual({
      recovered: 1,
    });
    await receiver.when('broadcast.paused');
  });

  it('can be told once more, under the same name', async () => {
    await start();
    await send();
    const { id } = await receiver.when('broadcast.completed');
    await eventually(async () => (await deliveries('?status=delivered')).data.length === 1);
    expect((await post(`/webhook-deliveries/${id}/replay`).expect(202)).body).toMatchObject({ id, status: 'pending' });
    await eventually(() => receiver.taken.length === 2);
    expect(receiver.taken.map((one) => one.id)).toEqual([id, id]);
    expectProblem(await post('/webhook-deliveries/00000000-0000-4000-8000-000000000000/replay'), 404);
    for (const since of ['yesterday', '2030-02-31T00:00:00Z'])
      expectProblem(await post('/webhook-deliveries/recover', { since }), 400);
  });

  it('do not follow a redirect', async () => {
    await start();
    receiver.answer = 302;
    await send();
    await eventually(() => receiver.refused.length === 1);
    const { data } = await eventually(async () => {
      const page = await deliveries();
      return page.data[0]!.attempts.length === 1 ? page : null;
    });
    expect(data[0]).toMatchObject({
      status: 'pending',
      attempts: [{ status: 302, error: expect.stringMatching(/redirect/) }],
    });
    expect(receiver.refused.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('put an address aside that takes nothing for five days, say so, and take it up again when asked to', async () => {
    await start();
    receiver.answer = 503;
    await send();
    await eventually(() => receiver.refused.length === 1);
    await eventually(async () => (await deliveries()).failingAddresses.length === 1);
    aheadMs += 5 * 24 * HOUR_MS;
    await eventually(() => receiver.refused.length === 2);
    await eventually(() => test.log.some(({ level, message }) => level === 'error' && message.includes('put aside')));
    await send();
    const { failingAddresses } = await eventually(async () => {
      const page = await deliveries('?status=failed');
      return page.data.length === 2 ? page : null;
    });
    expect(failingAddresses).toEqual([
      { url: receiver.url, failingSince: expect.any(String), putAsideAt: expect.stringMatching(/Z$/) },
    ]);
    expect(receiver.refused).toHaveLength(2);
    receiver.answer = 204;
    await post('/webhook-deliveries/recover', { since: '2020-01-01T00:00:00Z' }).expect(202);
    await eventually(() => receiver.taken.length === 2);
    await eventually(async () => (await deliveries()).failingAddresses.length === 0);
  });

  it('do not put an address aside for one refusal after quiet days, because it had failed once before', async () => {
    await start();
    receiver.answer = 503;
    await send();
    await refuseUntil(async () => (await deliveries('?status=failed')).data.length === 1);
    aheadMs += 6 * 24 * HOUR_MS;
    const id = await send();
    const { data, failingAddresses } = await eventually(async () => {
      const page = await deliveries('?status=pending');
      return page.data[0]?.attempts.length === 1 ? page : null;
    });
    expect(data[0]).toMatchObject({ broadcastId: id, status: 'pending' });
    expect(failingAddresses).toEqual([{ url: receiver.url, failingSince: expect.any(String), putAsideAt: null }]);
    receiver.answer = 204;
    aheadMs += HOUR_MS;
    await receiver.when('broadcast.completed', (told) => told['id'] === id);
  });

  it('put an address aside after five days also where one thing after the other is tried there', async () => {
    await start();
    receiver.answer = 503;
    const id = await send({ sendAt: soon(), recipients: numbers(2) });
    // Each waits until the one before was given up.
    for (const how of ['pause', 'resume', 'pause', 'resume', 'pause', 'resume', 'pause'])
      await post(`/broadcast/${id}/${how}`).expect(200);
    await refuseUntil(async () => {
      const { failingAddresses } = await deliveries();
      return failingAddresses.some((one) => (one as { putAsideAt: string | null }).putAsideAt !== null);
    });
    // Those behind it are given up with it.
    const failed = await eventually(async () => {
      const { data } = await deliveries('?status=failed');
      return data.length === 4 ? data : null;
    });
    expect(new Set(failed.map(({ url }) => url))).toEqual(new Set([receiver.url]));
  });

  it('tell how a broadcast failed, in part or as a whole, also to an address of its own', async () => {
    await start();
    test.simulator.addFault({ kind: 'status', status: 400 });
    const failed = await send({ callbackUrl: `${receiver.url}/own` });
    await receiver.when('broadcast.failed', ({ id }) => id === failed);
    await eventually(() => receiver.taken.filter(({ data }) => data['id'] === failed).length === 2);
    expect(receiver.taken.map(({ path }) => path).sort()).toEqual(['/hook', '/hook/own']);
    await test.stop();
    await start({ PLIVO_BULK_MESSAGE_LIMIT: '2' });
    const [one, other] = [numbers(2, 20), numbers(2, 40)];
    test.simulator.addFault({ kind: 'status', status: 400, times: 0, recipient: one[0]! });
    const inPart = await send({ recipients: [...one, ...other] });
    const told = await receiver.when('broadcast.partially_failed', ({ id }) => id === inPart);
    expect(told.data).toMatchObject({ status: 'partially_failed', batches: { total: 2, sent: 1, failed: 1 } });
  });

  it('go nowhere inside the network unless that is allowed', async () => {
    await start({ WEBHOOK_URL: 'https://localhost:1/', WEBHOOK_ALLOW_PRIVATE: 'false' });
    await send({ callbackUrl: 'https://[::ffff:127.0.0.1]/' });
    const { data } = await eventually(async () => {
      const page = await deliveries();
      return page.data.every(({ attempts }) => attempts.length > 0) && page.data.length === 2 ? page : null;
    });
    for (const { attempts } of data)
      expect(attempts[0]).toMatchObject({ status: null, error: expect.stringMatching(/inside the network/) });
    expectProblem(await postBroadcast(test, { message: 'Hi', recipients: numbers(1), callbackUrl: receiver.url }), 400);
  });

  // One process per SQLite file.
  (engine === 'postgres' ? it : it.skip)('are told by one of several instances each (PostgreSQL only)', async () => {
    await start();
    const other = await startTestService({
      engine,
      beside: test,
      env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true' },
    });
    for (const person of numbers(40))
      await request(test.url).put(`/opt-outs/${person}`).set('x-api-key', API_KEY).expect(201);
    await eventually(() => receiver.taken.length >= 40);
    await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
    expect(receiver.taken).toHaveLength(40);
    await other.stop();
  });

  it('go with what they told when that is removed, but not before they were taken', async () => {
    await start();
    const removeAll = async () => {
      aheadMs += 48 * HOUR_MS;
      while (await test.service.store.retention.removeSome(24 * HOUR_MS));
    };
    await send();
    await write(test, numbers(1)[0]!, 'Hello');
    await receiver.when('broadcast.completed');
    await receiver.when('inbound.received');
    await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
    receiver.answer = 500;
    const id = await send();
    await eventually(() => receiver.refused.some(({ data }) => data['id'] === id));
    await removeAll();
    expect((await deliveries()).data.map(({ broadcastId }) => broadcastId)).toEqual([id]);
    receiver.answer = 204;
    // It may have been refused once more meanwhile.
    aheadMs += 12 * HOUR_MS;
    await receiver.when('broadcast.completed', (data) => data['id'] === id);
    await eventually(async () => (await deliveries('?status=pending')).data.length === 0);
    await removeAll();
    expect((await deliveries()).data).toEqual([]);
  });
});
