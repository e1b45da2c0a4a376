import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { WebhookEvent } from '../../domain/states/webhookEvent';
import { originOf } from '../../domain/text/origin';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Something that has happened, and what others are told of it. */
export type News = {
  readonly event: WebhookEvent;
  readonly data: object;
  /** Of which broadcast: what is told of one goes in order. */
  readonly broadcast?: { readonly key: number; readonly id: string };
  /** Whose number it names, where it is one person's. */
  readonly number?: string;
};

/** Where everything is told, and what of it is wanted there. */
export type DefaultAddress = {
  readonly url: string;
  readonly wants: (event: WebhookEvent) => boolean;
  readonly now: number;
};

/** `wanted`: as it stands in the database. */
export const wantsOf = (wanted: string | null): DefaultAddress['wants'] => {
  const events = JSON.parse(wanted ?? '[]') as readonly string[];
  return (event) => events.includes(event);
};

/** Null where nothing is told. */
export async function defaultAddress(tx: Transaction<Schema>, engine: Engine): Promise<DefaultAddress | null> {
  const found = await sql<{ url: string; wanted: string | null; now: number }>`
    select url, wanted, ${engine.now} as now from webhook_addresses where is_default = 1`.execute(tx);
  const [row] = found.rows;
  if (row === undefined) return null;
  return { url: row.url, wants: wantsOf(row.wanted), now: row.now };
}

/**
 * Writes down what is to be told, in the transaction of what it tells: a crash loses neither or both. Where nobody is to
 * be told, that is one look.
 */
export async function tell(tx: Transaction<Schema>, engine: Engine, news: readonly News[]): Promise<void> {
  if (news.length === 0) return;
  const address = await defaultAddress(tx, engine);
  if (address !== null) await tellAt(tx, address, news);
}

/** As `tell`, where the address is known. */
export async function tellAt(tx: Transaction<Schema>, address: DefaultAddress, news: readonly News[]): Promise<void> {
  const wanted = news.filter(({ event }) => address.wants(event));
  await writeDown(
    tx,
    wanted.map((one) => ({ ...one, url: address.url })),
    address.now,
  );
}

/** What is to be told, and where; from `now` on. */
export async function writeDown(
  tx: Transaction<Schema>,
  told: readonly (News & { readonly url: string })[],
  now: number,
): Promise<void> {
  const rows = told.map((one) => rowOf(one, now));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await tx
      .insertInto('webhook_deliveries')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
}

/** SQLite takes so many parameters in one statement. */
const ROWS_AT_ONCE = 500;

const rowOf = ({ event, data, broadcast, number, url }: News & { readonly url: string }, now: number) => ({
  id: randomUUID(),
  broadcast_key: broadcast?.key ?? null,
  broadcast_id: broadcast?.id ?? null,
  recipient_number: number ?? null,
  url,
  origin: originOf(url),
  event,
  payload: JSON.stringify({ type: event, timestamp: new Date(now).toISOString(), data }),
  status: 'pending' as const,
  next_attempt_at: now,
  created_at: now,
  status_updated_at: now,
});
