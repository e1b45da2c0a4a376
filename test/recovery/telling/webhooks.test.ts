import { setTimeout as sleepFor } from 'node:timers/promises';
import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';
import { isSignedBy, SECRET, startWebhookReceiver, type WebhookReceiver } from '../../support/webhookReceiver';

const BROADCASTS = 100;
/** Of each broadcast: it is paused four times, and then cancelled. */
const EVENTS = 5;
const HOUR_MS = 3_600_000;
const STEP_MS = 15 * 60_000;

type Told = { id: string; broadcastId: string };

describe.each(ENGINES)('webhooks on %s', (engine) => {
  let test: TestService;
  let receiver: WebhookReceiver;
  /** By how much the clocks are ahead: hours go by in a moment. */
  let aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  const start = (beside?: TestService) =>
    startTestService({
      engine,
      clock,
      env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true' },
      ...(beside === undefined ? {} : { beside }),
    });
  const post = (path: string) => request(test.url).post(path).set('x-api-key', API_KEY).expect(200);

  const live = async (): Promise<void> => {
    const sendAt = new Date(clock() + 20 * 24 * HOUR_MS).toISOString();
    const { body } = await postBroadcast(test, { message: 'Hi', recipients: numbers(1), sendAt }).expect(202);
    for (const word of ['pause', 'resume', 'pause', 'resume', 'pause', 'resume', 'pause', 'cancel'])
      await post(`/broadcast/${String(body.id)}/${word}`);
  };
  const liveMany = async (count: number): Promise<void> => {
    let left = count;
    const some = async () => {
      while (left-- > 0) await live();
    };
    await Promise.all([some(), some(), some(), some()]);
  };

  /** In the order in which it happened. */
  const toldOf = async (): Promise<Told[]> => {
    const all: Told[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get(test, `/webhook-deliveries?limit=1000${cursor}`).expect(200);
      all.push(...(body.data as Told[]));
      if (body.next === null) return all.reverse();
      cursor = `&cursor=${String(body.next)}`;
    }
  };

  it('arrive at least once, in order for each broadcast, though the receiver is down for half of the time and the service is killed twice', async () => {
    receiver = await startWebhookReceiver();
    const startedAt = clock();
    // Six hours each.
    receiver.isDown = () => Math.floor((clock() - startedAt) / (6 * HOUR_MS)) % 2 === 0;
    test = await start();
    const first = test;
    const arrived = () => new Set(receiver.taken.map(({ id }) => id)).size;
    const untilArrived = async (count: number) => {
      for (const until = performance.now() + 100_000; arrived() < count && performance.now() < until;) {
        aheadMs += STEP_MS;
        await sleepFor(60);
      }
    };
    await liveMany(BROADCASTS / 2);
    await untilArrived((BROADCASTS * EVENTS) / 10);
    await test.crash();
    test = await start(first);
    await liveMany(BROADCASTS / 2);
    await untilArrived((BROADCASTS * EVENTS) / 2);
    await test.crash();
    test = await start(first);
    await untilArrived(BROADCASTS * EVENTS);

    const told = await toldOf();
    expect(told).toHaveLength(BROADCASTS * EVENTS);
    expect(arrived()).toBe(BROADCASTS * EVENTS);
    const firstArrivals = [...new Map(receiver.taken.map((one) => [one.id, one])).values()];
    for (const broadcastId of new Set(told.map((one) => one.broadcastId)))
      expect(firstArrivals.filter(({ data }) => data['id'] === broadcastId).map(({ id }) => id)).toEqual(
        told.filter((one) => one.broadcastId === broadcastId).map(({ id }) => id),
      );
    const timeOf = ({ headers }: (typeof firstArrivals)[number]) => Number(headers['webhook-timestamp']) * 1000;
    expect(receiver.taken.filter((one) => !isSignedBy(SECRET, one, timeOf(one)))).toEqual([]);
    await test.stop();
    await first.stop();
    await receiver.stop();
  }, 300_000);
});
