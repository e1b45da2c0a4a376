import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Page } from '../engine/page';
import type { Schema, WebhookDeliveriesTable } from '../engine/schema';
import { takeUpAgain } from './addressStore';
import { claimSome, givenUp, isFree, type ClaimedDelivery, type ClaimWish } from './deliveryClaim';
import { listDeliveries, type DeliveryQuery } from './deliveryList';
import { toDelivery, type Delivery, type DeliveryAttempt } from './deliveryReading';
import { settle, type Settled } from './deliverySettling';

export type DeliveryStore = {
  /**
   * Takes what is due, the longest due first, but of a broadcast only what was to be told first at an address.
   */
  claim(wish: ClaimWish): Promise<ClaimedDelivery[]>;
  /** Writes down how a try ended; null where its lease had run out and the delivery is another's. */
  settle(claim: ClaimedDelivery, attempt: DeliveryAttempt): Promise<Settled | null>;
  /** Gives it back as if it had not been claimed. */
  release(claim: ClaimedDelivery): Promise<void>;
  /** What dead processes had claimed, where there is no other process. */
  releaseAll(): Promise<void>;
  /** Newest first, after the one with the given key. */
  list(query: DeliveryQuery): Promise<Page<Delivery>>;
  /** Has it told once more, whatever became of it; null where there is none. */
  replay(id: string): Promise<Delivery | null>;
  /** Has all told once more that failed and happened since then. Returns how many. */
  recover(since: number): Promise<number>;
};

export function createDeliveryStore({ db, engine, nextTurn }: Database): DeliveryStore {
  return {
    async claim(wish) {
      await giveUpSome(db, engine);
      while (await isAnythingDue(db, engine)) {
        const { claimed, moved } = await inTransaction(db, (tx) => claimSome(tx, engine, wish));
        if (claimed.length > 0 || moved === 0) return claimed;
        await nextTurn();
      }
      return [];
    },
    settle: (claimed, attempt) => inTransaction(db, (tx) => settle(tx, engine, claimed, attempt)),
    async release({ key, leaseId }) {
      await sql`
        update webhook_deliveries set ${released(engine)}
        where delivery_key = ${key} and lease_id = ${leaseId}`.execute(db);
    },
    async releaseAll() {
      await sql`
        update webhook_deliveries set ${released(engine)}
        where status = 'pending' and lease_id is not null`.execute(db);
    },
    list: (query) => listDeliveries(db, query),
    replay: (id) =>
      inTransaction(db, async (tx) => {
        const found = await sql<Selectable<WebhookDeliveriesTable>>`
          update webhook_deliveries set ${anew(engine)} where id = ${id} returning *`.execute(tx);
        const [row] = found.rows;
        if (row === undefined) return null;
        await takeUpAgain(tx, [row.url]);
        return toDelivery(row);
      }),
    async recover(since) {
      let recovered = 0;
      for (let last: Place | null = { created_at: since, delivery_key: 0 }; last !== null;) {
        const from: Place = last;
        const step = await inTransaction(db, (tx) => recoverSome(tx, engine, from));
        recovered += step.recovered;
        last = step.last;
        await nextTurn();
      }
      return recovered;
    },
  };
}

const released = (engine: Engine) => sql`
  lease_id = null, lease_expires_at = null, next_attempt_at = ${engine.now}`;

/** So many in one transaction; then others get their turn. */
const AT_ONCE = 500;

type Place = { readonly created_at: number; readonly delivery_key: number };

/** After the one with the given place: whatever fails anew meanwhile is not taken twice. */
async function recoverSome(
  tx: Transaction<Schema>,
  engine: Engine,
  after: Place,
): Promise<{ readonly recovered: number; readonly last: Place | null }> {
  const found = await sql<Place>`
    select created_at, delivery_key from webhook_deliveries
    where status = 'failed' and (created_at, delivery_key) > (${after.created_at}, ${after.delivery_key})
    order by created_at, delivery_key limit ${AT_ONCE} ${engine.forUpdate}`.execute(tx);
  const keys = engine.recordRows(found.rows, { created_at: 'bigint', delivery_key: 'bigint' });
  const told = await sql<{ url: string }>`
    update webhook_deliveries set ${anew(engine)}
    where delivery_key in (select delivery_key from ${keys} as k) returning url`.execute(tx);
  await takeUpAgain(tx, [...new Set(told.rows.map(({ url }) => url))]);
  return { recovered: told.rows.length, last: found.rows.length < AT_ONCE ? null : (found.rows.at(-1) ?? null) };
}

/** A step of what follows once an address was put aside: what is not being told there at this moment has failed. */
async function giveUpSome(db: Kysely<Schema>, engine: Engine): Promise<void> {
  const found = await sql<{ url: string }>`
    select url from webhook_addresses where put_aside_at is not null and is_given_up = 0 limit 1`.execute(db);
  const [address] = found.rows;
  if (address === undefined) return;
  const waits = sql`d.status = 'pending' and d.url = ${address.url} and ${isFree(engine)}`;
  await inTransaction(db, async (tx) => {
    await sql`
      update webhook_deliveries set ${givenUp(engine)}
      where delivery_key in (
        select d.delivery_key from webhook_deliveries d where ${waits}
        order by d.delivery_key limit ${AT_ONCE} ${engine.forUpdate})`.execute(tx);
    await sql`
      update webhook_addresses set is_given_up = 1
      where url = ${address.url} and put_aside_at is not null
        and not exists (select 1 from webhook_deliveries d where ${waits})`.execute(tx);
  });
}

/** With all its tries before it. One that is just under way is another's no longer. */
const anew = (engine: Engine) => sql`
  status = 'pending', tries = 0, error_reason = null, next_attempt_at = ${engine.now},
  status_updated_at = ${engine.now}, lease_id = null, lease_expires_at = null`;

/** Spares those looks that nobody has any use for. */
async function isAnythingDue(db: Kysely<Schema>, engine: Engine): Promise<boolean> {
  const found = await sql`
    select 1 from webhook_deliveries where status = 'pending' and next_attempt_at <= ${engine.now} limit 1`.execute(db);
  return found.rows.length > 0;
}
