import { sql, type Kysely } from 'kysely';
import type { DeliveryStatus } from '../../domain/states/webhookEvent';
import type { Page } from '../engine/page';
import type { Schema } from '../engine/schema';
import { toDelivery, type Delivery } from './deliveryReading';

export type DeliveryQuery = {
  readonly status: DeliveryStatus | null;
  readonly limit: number;
  /** The key of the last one of the page before. */
  readonly after: number | null;
};

/** A page ends before it is larger: what is told of people may be long, and lies in memory as a whole. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Newest first; as many as asked for, or as few as come to some megabytes, one at least. */
export async function listDeliveries(db: Kysely<Schema>, query: DeliveryQuery): Promise<Page<Delivery>> {
  const sizes = await sizesOf(db, query);
  const keys: number[] = [];
  let bytes = 0;
  for (const { delivery_key: key, size } of sizes.slice(0, query.limit)) {
    bytes += size;
    if (keys.length > 0 && bytes > PAGE_BYTES) break;
    keys.push(key);
  }
  if (keys.length === 0) return { items: [], next: null };
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('delivery_key', 'in', keys)
    .orderBy('delivery_key', 'desc')
    .execute();
  return { items: rows.map(toDelivery), next: keys.length < sizes.length ? (keys.at(-1) ?? null) : null };
}

/** One more than asked for, which tells whether there is a next page. */
async function sizesOf(
  db: Kysely<Schema>,
  { status, limit, after }: DeliveryQuery,
): Promise<{ readonly delivery_key: number; readonly size: number }[]> {
  const found = await sql<{ delivery_key: number; size: number }>`
    select delivery_key, length(payload) + length(attempts) as size from webhook_deliveries
    where 1 = 1 ${status === null ? sql`` : sql`and status = ${status}`}
      ${after === null ? sql`` : sql`and delivery_key < ${after}`}
    order by delivery_key desc limit ${limit + 1}`.execute(db);
  return found.rows;
}
