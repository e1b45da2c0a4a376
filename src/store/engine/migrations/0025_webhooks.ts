import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/**
 * What other programs are told. The table of the first version, which nothing was ever written to, knew no events but
 * those of broadcasts. Addresses stand in the database, so that all instances tell the same ones, and so that what is told
 * can be written in the transaction of what happens.
 */
export const tellOthers = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const key =
      engine.kind === 'sqlite'
        ? 'integer primary key autoincrement'
        : 'bigint generated always as identity primary key';
    const statements = [
      'drop table webhook_deliveries',
      'alter table broadcasts add column callback_url text',
      `create table webhook_addresses (
        url text primary key,
        is_default integer not null default 0 check (is_default in (0, 1)),
        wanted text,
        failing_since bigint,
        put_aside_at bigint
      )`,
      `create table webhook_deliveries (
        delivery_key ${key},
        id text not null unique,
        broadcast_key bigint references broadcasts (broadcast_key) on delete cascade,
        broadcast_id text,
        recipient_number text,
        url text not null,
        event text not null,
        payload text not null,
        status text not null check (status in ('pending', 'delivered', 'failed')),
        tries integer not null default 0,
        attempts text not null default '[]',
        error_reason text,
        next_attempt_at bigint not null,
        lease_id text,
        lease_expires_at bigint,
        created_at bigint not null,
        status_updated_at bigint not null
      )`,
      `create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where status = 'pending'`,
      `create index webhook_deliveries_in_order on webhook_deliveries (broadcast_key, url, delivery_key)
        where status = 'pending' and broadcast_key is not null`,
      'create index webhook_deliveries_by_status on webhook_deliveries (status, delivery_key)',
      'create index webhook_deliveries_by_broadcast on webhook_deliveries (broadcast_key, delivery_key)',
      `create index webhook_deliveries_by_number on webhook_deliveries (recipient_number)
        where recipient_number is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
