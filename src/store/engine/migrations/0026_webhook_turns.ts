import { type Kysely, sql } from 'kysely';
import { originOf } from '../../../domain/text/origin';
import type { Engine } from '../engine';

/**
 * Whose turn it is to be told is found by index, for each receiver, and not by walking all that waits. What a lease holds
 * is due when that ends; what waits for another of its broadcast is put off.
 */
export const takeTurns = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `alter table webhook_deliveries add column origin text not null default ''`,
      'create index webhook_deliveries_by_url on webhook_deliveries (url, status, delivery_key)',
      'alter table webhook_addresses add column is_given_up integer not null default 0 check (is_given_up in (0, 1))',
      `update webhook_addresses set is_default = 0, wanted = null
        where is_default = 1 and url <> (select min(url) from webhook_addresses where is_default = 1)`,
      'create unique index webhook_addresses_default on webhook_addresses (is_default) where is_default = 1',
      `create index webhook_addresses_to_give_up on webhook_addresses (url)
        where put_aside_at is not null and is_given_up = 0`,
      `create index webhook_deliveries_by_origin on webhook_deliveries (origin, next_attempt_at, delivery_key)
        where status = 'pending'`,
      `create index webhook_deliveries_failed on webhook_deliveries (created_at, delivery_key) where status = 'failed'`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
    await nameOrigins(db, engine);
  },
});

async function nameOrigins(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const found = await sql<{ url: string }>`select distinct url from webhook_deliveries`.execute(db);
  const named = found.rows.map(({ url }) => ({ url, origin: originOf(url) }));
  if (named.length === 0) return;
  await sql`
    update webhook_deliveries set origin = n.origin
    from ${engine.recordRows(named, { url: 'text', origin: 'text' })} as n
    where webhook_deliveries.url = n.url`.execute(db);
}
