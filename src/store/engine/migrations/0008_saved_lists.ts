import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/**
 * Saved lists and templates. A list points to the version of its people that counts; whoever replaces them writes another
 * version beside it. People stand in chunks of some hundreds in the order of their numbers: a million rows of their own
 * took 7.5 s to write and 3 s to read, where their chunks take a second. `from_number` is where a chunk's range begins.
 */
export const saveLists = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const identity =
      engine.kind === 'postgres'
        ? 'bigint generated always as identity primary key'
        : 'integer primary key autoincrement';
    const statements = [
      `create table list_versions (
        version_key ${identity},
        state text not null check (state in ('arriving', 'current', 'leaving', 'removing')),
        fields text not null,
        until bigint
      )`,
      `create index list_versions_to_watch on list_versions (version_key) where state <> 'current'`,
      `create table list_chunks (
        version_key bigint not null references list_versions (version_key),
        from_number bigint not null,
        people text not null,
        primary key (version_key, from_number)
      )`,
      `create table lists (
        list_key ${identity},
        name text not null unique,
        version_key bigint not null references list_versions (version_key),
        recipients integer not null check (recipients >= 0),
        revision integer not null,
        created_at bigint not null,
        updated_at bigint not null
      )`,

      `create table templates (
        template_key ${identity},
        name text not null unique,
        version integer not null,
        created_at bigint not null,
        deleted_at bigint
      )`,
      `create table template_versions (
        template_key bigint not null references templates (template_key),
        version integer not null,
        message_text text not null,
        created_at bigint not null,
        primary key (template_key, version)
      )`,

      'alter table broadcasts add column template_name text',
      'alter table broadcasts add column template_version integer',
      'alter table broadcasts add column lists text',
      'alter table broadcasts add column except_lists text',
      'alter table broadcasts add column excepted integer not null default 0',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
