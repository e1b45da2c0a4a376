import { type Kysely, sql } from 'kysely';

/** Opt-outs with their imports, inbound keywords, senders and quiet hours per batch, schedules, cost per country. */
export const addCompliance = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcasts add column media_urls text',
      'alter table broadcasts add column quiet_hours text',
      'alter table broadcasts add column text_hash text',
      'alter table broadcasts add column held_until bigint',
      'alter table broadcasts add column held_batches integer not null default 0',
      'alter table broadcasts add column currency text',
      `create index broadcasts_scheduled on broadcasts (scheduled_at) where status = 'scheduled'`,
      'create index broadcasts_by_text on broadcasts (text_hash, broadcast_key) where text_hash is not null',

      'alter table batches add column sender text',
      'alter table batches add column powerpack_uuid text',
      'alter table batches add column zones text',
      'alter table batches add column not_before bigint',
      'create index batches_unclaimed on batches (broadcast_key, number) where recipients is not null',

      `create table broadcast_countries (
        broadcast_key bigint not null references broadcasts (broadcast_key) on delete cascade,
        country text not null,
        recipients integer not null,
        segments bigint not null,
        estimated_nanos bigint,
        units bigint not null default 0,
        cost_nanos bigint not null default 0,
        primary key (broadcast_key, country)
      )`,

      'alter table pacing add column queue_free_at bigint not null default 0',
      'alter table pacing add column queue_written_at bigint not null default 0',

      'alter table opt_outs add column import_id text',
      'create index opt_outs_by_time on opt_outs (opted_out_at, recipient_number)',
      'create index opt_outs_by_import on opt_outs (import_id) where import_id is not null',
      'alter table opt_out_events add column import_id text',
      'create index opt_out_events_by_import on opt_out_events (import_id) where import_id is not null',

      `alter table inbound_messages add column keyword text check (keyword in ('optOut', 'optIn', 'help'))`,
      'create index inbound_messages_by_number on inbound_messages (from_number, inbound_key)',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
