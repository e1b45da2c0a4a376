import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/** Keys with names; of each only a hash of its secret. Who made a broadcast stands with it, by a name that no other has. */
export const nameKeys = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const identity =
      engine.kind === 'postgres'
        ? 'bigint generated always as identity primary key'
        : 'integer primary key autoincrement';
    const clustered = engine.kind === 'sqlite' ? 'without rowid' : '';
    const statements = [
      `create table api_keys (
        key_number ${identity},
        id text not null unique,
        name text not null,
        scopes text not null,
        own_only integer not null,
        daily_recipients integer,
        secret_hash text not null unique,
        previous_hash text unique,
        previous_until bigint,
        prefix text not null,
        created_at bigint not null,
        created_by text,
        last_used_at bigint,
        revoked_at bigint
      )`,
      'create unique index api_keys_names on api_keys (name) where revoked_at is null',
      `create table api_key_days (
        key_id text not null,
        day integer not null,
        recipients bigint not null,
        primary key (key_id, day)
      ) ${clustered}`,
      'alter table broadcasts add column created_by text',
      'alter table broadcasts add column creator_id text',
      'create index broadcasts_creators on broadcasts (creator_id, broadcast_key) where creator_id is not null',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
