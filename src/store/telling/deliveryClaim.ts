import { randomUUID } from 'node:crypto';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema, WebhookDeliveriesTable } from '../engine/schema';
import { PUT_ASIDE } from './addressStore';
import { toDelivery, type Delivery } from './deliveryReading';

/** The right to tell one thing, held for the time of a lease. */
export type ClaimedDelivery = Delivery & { readonly leaseId: string };

export type ClaimWish = {
  readonly limit: number;
  /** So many are told at one receiver at once. */
  readonly mostAtOne: number;
  /** Where some are under way already, and how many. */
  readonly busy: readonly { readonly origin: string; readonly count: number }[];
};

/** Longer than any try takes: whoever holds one for longer is dead. */
export const LEASE_MS = 30_000;
/** Of what is due at a receiver, as much is looked at in one transaction. */
const LOOKED_AT = 50;

/**
 * Takes what is due, receiver by receiver, the one that has waited longest first. What it comes upon that cannot be told
 * now is put off or given up, so that no claim comes upon it again; `moved`: of how many that is so.
 */
export async function claimSome(
  tx: Transaction<Schema>,
  engine: Engine,
  wish: ClaimWish,
): Promise<{ readonly claimed: ClaimedDelivery[]; readonly moved: number }> {
  const claimed: ClaimedDelivery[] = [];
  let moved = 0;
  for (const origin of await dueOrigins(tx, engine, wish)) {
    const underWay = wish.busy.find((one) => one.origin === origin)?.count ?? 0;
    const room = Math.min(wish.mostAtOne - underWay, wish.limit - claimed.length);
    if (room <= 0) break;
    const due = await lookAt(tx, engine, origin);
    const free = due.filter((one) => one.is_put_aside === 0 && one.first_key === null).slice(0, room);
    claimed.push(...(await take(tx, engine, free)));
    moved += await putOff(tx, engine, due);
    moved += await giveUp(tx, engine, due);
  }
  return { claimed, moved };
}

/** By an index, from one to the next: what waits at each is not walked. */
async function dueOrigins(
  tx: Transaction<Schema>,
  engine: Engine,
  { limit, mostAtOne, busy }: ClaimWish,
): Promise<string[]> {
  const full = busy.filter(({ count }) => count >= mostAtOne).map(({ origin }) => origin);
  const found = await sql<{ origin: string }>`
    with recursive waiting (origin) as (
      select min(origin) from webhook_deliveries where status = 'pending'
      union all
      select (select min(d.origin) from webhook_deliveries d where d.status = 'pending' and d.origin > w.origin)
      from waiting w where w.origin is not null)
    select origin from (
      select w.origin, (
        select min(d.next_attempt_at) from webhook_deliveries d where d.status = 'pending' and d.origin = w.origin) as due_at
      from waiting w
      where w.origin is not null and w.origin not in (select value from ${engine.stringRows(full)} as f)) as o
    where due_at <= ${engine.now} order by due_at limit ${limit}`.execute(tx);
  return found.rows.map(({ origin }) => origin);
}

type Due = {
  readonly delivery_key: number;
  /** What is to be told before it. */
  readonly first_key: number | null;
  readonly is_put_aside: number;
};

async function lookAt(tx: Transaction<Schema>, engine: Engine, origin: string): Promise<Due[]> {
  const skipping = engine.kind === 'postgres' ? sql`for update of d skip locked` : sql``;
  const found = await sql<Due>`
    select d.delivery_key, (
        select min(e.delivery_key) from webhook_deliveries e
        where e.status = 'pending' and e.broadcast_key = d.broadcast_key and e.url = d.url
          and e.delivery_key < d.delivery_key) as first_key,
      case when exists (
        select 1 from webhook_addresses a where a.url = d.url and a.put_aside_at is not null) then 1 else 0 end as is_put_aside
    from webhook_deliveries d
    where d.status = 'pending' and d.origin = ${origin} and d.next_attempt_at <= ${engine.now} and ${isFree(engine)}
    order by d.next_attempt_at, d.delivery_key limit ${LOOKED_AT} ${skipping}`.execute(tx);
  return found.rows;
}

/** A lease that ends later than any does is left over from a clock that was set back. */
export const isFree = (engine: Engine) => sql`(
  d.lease_expires_at is null or d.lease_expires_at <= ${engine.now}
  or d.lease_expires_at > ${engine.now} + ${2 * LEASE_MS})`;

const keysOf = (engine: Engine, due: readonly Due[]) =>
  sql`(select delivery_key from ${engine.recordRows(due, { delivery_key: 'bigint' })} as k)`;

async function take(tx: Transaction<Schema>, engine: Engine, free: readonly Due[]): Promise<ClaimedDelivery[]> {
  if (free.length === 0) return [];
  const leaseId = randomUUID();
  const taken = await sql<Selectable<WebhookDeliveriesTable>>`
    update webhook_deliveries
    set lease_id = ${leaseId}, lease_expires_at = ${engine.now} + ${LEASE_MS}, next_attempt_at = ${engine.now} + ${LEASE_MS}
    where delivery_key in ${keysOf(engine, free)} returning *`.execute(tx);
  return taken.rows.map((row) => ({ ...toDelivery(row), leaseId }));
}

/** Until the one before it is tried, or for a while where that may be now: whoever gets that through calls it back. */
async function putOff(tx: Transaction<Schema>, engine: Engine, due: readonly Due[]): Promise<number> {
  const behind = due.filter((one) => one.is_put_aside === 0 && one.first_key !== null);
  if (behind.length === 0) return 0;
  const soonest = sql`${engine.now} + ${LEASE_MS}`;
  const pairs = engine.recordRows(behind, { delivery_key: 'bigint', first_key: 'bigint' });
  const put = await sql`
    update webhook_deliveries
    set next_attempt_at = case when p.at > ${soonest} then p.at else ${soonest} end
    from (
      select k.delivery_key, e.next_attempt_at as at
      from ${pairs} as k join webhook_deliveries e on e.delivery_key = k.first_key) as p
    where webhook_deliveries.delivery_key = p.delivery_key`.execute(tx);
  return Number(put.numAffectedRows ?? 0n);
}

async function giveUp(tx: Transaction<Schema>, engine: Engine, due: readonly Due[]): Promise<number> {
  const aside = due.filter((one) => one.is_put_aside === 1);
  if (aside.length === 0) return 0;
  const given = await sql`
    update webhook_deliveries set ${givenUp(engine)} where delivery_key in ${keysOf(engine, aside)}`.execute(tx);
  return Number(given.numAffectedRows ?? 0n);
}

/** What becomes of what is to be told where nothing is told any more. */
export const givenUp = (engine: Engine) => sql`
  status = 'failed', error_reason = ${PUT_ASIDE}, status_updated_at = ${engine.now}, lease_id = null, lease_expires_at = null`;
