import { type Kysely, sql } from 'kysely';

/**
 * What outages, other software on the account and differing settings ask for: when each call began and ended and how
 * many messages it made, so that Plivo's list can be counted against ours; the length of a lease with the lease;
 * evidence of a second text; times in which nothing could be heard.
 */
export const outliveOutages = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table pacing add column fault_pause_ms bigint',
      'alter table pacing add column fault_probe_until bigint',
      'alter table pacing add column fault_asked_until bigint',
      'alter table pacing add column list_fault_since bigint',
      'alter table pacing add column list_fault_code text',
      'alter table pacing add column alive_at bigint',
      'alter table pacing add column deaf_from bigint',
      'alter table pacing add column deaf_until bigint',

      'alter table batches add column lease_ms bigint',
      'alter table batches add column called_at bigint',
      'alter table batches add column answered_at bigint',
      'alter table batches add column messages_taken integer',
      'alter table batches add column busy_looks integer not null default 0',
      'alter table batches add column claim_failures integer not null default 0',
      'alter table batches add column refused_at bigint',
      'alter table batches add column refusals integer not null default 0',
      'drop index batches_in_trouble',
      `create index batches_in_trouble on batches (broadcast_key, number)
        where status in ('unconfirmed', 'held', 'failed') or (status = 'pending' and claim_failures > 0)`,
      `create index batches_to_settle on batches (coalesce(last_look_at, unconfirmed_at))
        where status in ('unconfirmed', 'held')`,
      'create index batches_by_call on batches (claimed_at) where claimed_at is not null',

      `create index broadcasts_awaited on broadcasts (waiting_until)
        where waiting_until is not null and status <> 'failed'`,
      'alter table broadcasts add column texted_twice integer not null default 0',
      'alter table broadcast_recipients add column second_message_uuid text',
      'alter table inbound_messages add column needs_review integer not null default 0',
      'create index inbound_messages_to_review on inbound_messages (inbound_key) where needs_review = 1',

      `create table opt_out_undos (
        import_id text primary key,
        note text,
        asked_at bigint,
        removed integer not null default 0,
        working_until bigint not null,
        done_at bigint
      )`,
      `insert into opt_out_undos (import_id, asked_at, working_until, done_at)
        select import_id, max(created_at), 0, max(created_at) from opt_out_events
        where event = 'opted_in' and import_id is not null group by import_id`,
      'drop index opt_outs_by_import',
      'create index opt_outs_by_import on opt_outs (import_id, recipient_number) where import_id is not null',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
