import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { PUT_ASIDE_AFTER_MS } from '../../../src/domain/time/webhookRetries';
import type { ClaimedDelivery } from '../../../src/store/telling/deliveryClaim';
import { numbers } from '../../support/client';
import { openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';

const SLOW = 'https://slow.example.com';
const QUICK = 'https://quick.example.com';
const HOUR_MS = 3_600_000;

describe.each(ENGINES)('what others are to be told, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  type Change = { readonly broadcastKey?: number; readonly at?: number; readonly payload?: string };
  /** So many, in this order. */
  const write = async (
    count: number,
    url: string,
    { broadcastKey, at = START_OF_TIME, payload = '{}' }: Change = {},
  ) => {
    const rows = Array.from({ length: count }, () => ({
      id: randomUUID(),
      broadcast_key: broadcastKey ?? null,
      url,
      origin: new URL(url).origin,
      event: 'broadcast.paused' as const,
      payload,
      status: 'pending' as const,
      next_attempt_at: at,
      created_at: at,
      status_updated_at: at,
    }));
    for (let from = 0; from < count; from += 500)
      await fixture.db
        .insertInto('webhook_deliveries')
        .values(rows.slice(from, from + 500))
        .execute();
  };
  const claim = (busy: { origin: string; count: number }[] = [], limit = 8) =>
    fixture.store.deliveries.claim({ limit, mostAtOne: 8, busy });
  const settle = (claimed: ClaimedDelivery, error: string | null = null) =>
    fixture.store.deliveries.settle(claimed, { at: START_OF_TIME, status: 204, error, durationMs: 1 });
  const countOf = async (where: ReturnType<typeof sql>): Promise<number> => {
    const found = await sql<{ count: number | string }>`
      select count(*) as count from webhook_deliveries where ${where}`.execute(fixture.db);
    return Number(found.rows[0]!.count);
  };
  const due = (now: number) => countOf(sql`status = 'pending' and next_attempt_at <= ${now}`);
  const aBroadcast = async () => {
    await fixture.accept(numbers(1), 1);
    const found = await sql<{ key: number }>`select max(broadcast_key) as key from broadcasts`.execute(fixture.db);
    return found.rows[0]!.key;
  };
  const refuse = async (url: string) => {
    const [claimed] = await claim();
    expect(claimed!.url).toBe(url);
    return await settle(claimed!, 'The answer was 500.');
  };

  it('is looked at once while another of its broadcast is not through, and comes at once when that is', async () => {
    await write(300, `${SLOW}/a`, { broadcastKey: await aBroadcast() });
    await refuse(`${SLOW}/a`);
    expect(await claim()).toEqual([]);
    // No claim finds any of them any more.
    expect(await due(START_OF_TIME)).toBe(0);
    fixture.setClock(START_OF_TIME + 6000);
    const [first, ...more] = await claim();
    expect(more).toEqual([]);
    await settle(first!);
    const [second] = await claim();
    expect(second!.key).toBe(first!.key + 1);
  });

  it('is found behind however much waits for a receiver that has no room', async () => {
    await write(400, `${SLOW}/a`);
    await write(400, `${SLOW}/b`);
    await write(1, `${QUICK}/`, { at: START_OF_TIME });
    const urlsOf = (all: ClaimedDelivery[]) => all.map(({ url }) => new URL(url).origin);
    expect(urlsOf(await claim([{ origin: SLOW, count: 8 }]))).toEqual([QUICK]);
    expect(urlsOf(await claim([{ origin: SLOW, count: 6 }]))).toEqual([SLOW, SLOW]);
  });

  it('is not taken twice while it is under way, but when whoever took it is gone', async () => {
    await write(1, `${QUICK}/`);
    const [first] = await claim();
    expect(await claim()).toEqual([]);
    await fixture.store.deliveries.release(first!);
    expect(await claim()).toHaveLength(1);
    fixture.setClock(START_OF_TIME + 31_000);
    expect(await claim()).toHaveLength(1);
  });

  it('fails in steps where an address is put aside, but what is under way may still be taken', async () => {
    await write(1, `${SLOW}/`);
    await refuse(`${SLOW}/`);
    fixture.setClock(START_OF_TIME + PUT_ASIDE_AFTER_MS);
    await write(1200, `${SLOW}/`, { at: START_OF_TIME + PUT_ASIDE_AFTER_MS });
    const [refused, underWay] = await claim();
    expect(await settle(refused!, 'The answer was 500.')).toEqual({ status: 'failed', isPutAside: true });
    await claim([{ origin: SLOW, count: 8 }]);
    const failed = await countOf(sql`status = 'failed'`);
    expect(failed).toBeGreaterThan(400);
    expect(failed).toBeLessThan(1000);
    while ((await countOf(sql`status = 'pending' and lease_id is null`)) > 0) await claim();
    expect(await countOf(sql`status = 'failed' and error_reason like '%put aside%'`)).toBeGreaterThan(1190);
    // Nothing is looked for there any more.
    await claim();
    const open = await sql`select 1 from webhook_addresses where put_aside_at is not null and is_given_up = 0`.execute(
      fixture.db,
    );
    expect(open.rows).toEqual([]);
    expect(await settle(underWay!)).toEqual({ status: 'delivered', isPutAside: false });
  });

  it('is told once more since a time, in steps, but what failed before', async () => {
    await write(1, `${QUICK}/`, { at: START_OF_TIME - HOUR_MS });
    await write(1201, `${QUICK}/`);
    await sql`update webhook_deliveries set status = 'failed'`.execute(fixture.db);
    expect(await fixture.store.deliveries.recover(START_OF_TIME)).toBe(1201);
    expect(await countOf(sql`status = 'pending'`)).toBe(1201);
  });

  it('is shown in pages of so many bytes', async () => {
    await write(7, `${QUICK}/`, { payload: JSON.stringify({ long: 'x'.repeat(1_500_000) }) });
    const pages: number[] = [];
    for (let after: number | null = null; ;) {
      const page = await fixture.store.deliveries.list({ status: null, limit: 100, after });
      pages.push(page.items.length);
      after = page.next;
      if (after === null) break;
    }
    expect(pages).toEqual([2, 2, 2, 1]);
  });

  it('leaves nothing of an address once nothing is told there any more', async () => {
    await write(1, `${SLOW}/`);
    await refuse(`${SLOW}/`);
    await sql`update webhook_deliveries set status = 'failed'`.execute(fixture.db);
    fixture.setClock(START_OF_TIME + 2 * HOUR_MS);
    while (await fixture.store.retention.removeSome(HOUR_MS));
    expect(await fixture.store.addresses.failing(10)).toEqual([]);
  });

  it('goes to one address, whoever names it at the same moment', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `https://${index % 2}.example.com/`);
    await Promise.all(names.map((url) => fixture.store.addresses.setDefault({ url, wanted: ['broadcast.paused'] })));
    const found = await sql`select url from webhook_addresses where is_default = 1`.execute(fixture.db);
    expect(found.rows).toHaveLength(1);
  });
});
