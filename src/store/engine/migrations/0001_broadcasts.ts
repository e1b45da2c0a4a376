import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/** The tables of the first release. Status lists are repeated here as CHECKs; a guard test compares them with the domain. */
export const createBroadcasts = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const identity = sql.raw(
      engine.kind === 'postgres'
        ? 'bigint generated always as identity primary key'
        : 'integer primary key autoincrement',
    );
    const clustered = sql.raw(engine.kind === 'sqlite' ? 'without rowid' : '');

    await sql`
      create table broadcasts (
        broadcast_key ${identity},
        id text not null unique,
        name text,
        message_text text not null,
        sender text,
        powerpack_uuid text,
        expiry_seconds integer,
        encoding text not null,
        segments_per_message integer not null,
        status text not null check (status in
          ('scheduled', 'queued', 'processing', 'paused', 'completed', 'partially_failed', 'failed', 'cancelled')),
        submitted integer not null,
        duplicates integer not null,
        accepted integer not null,
        invalid_at_acceptance integer not null,
        opted_out_at_acceptance integer not null,
        recipients_queued integer not null check (recipients_queued >= 0),
        recipients_sent integer not null check (recipients_sent >= 0),
        recipients_delivered integer not null check (recipients_delivered >= 0),
        recipients_undelivered integer not null check (recipients_undelivered >= 0),
        recipients_failed integer not null check (recipients_failed >= 0),
        recipients_invalid integer not null check (recipients_invalid >= 0),
        recipients_opted_out integer not null check (recipients_opted_out >= 0),
        recipients_cancelled integer not null check (recipients_cancelled >= 0),
        recipients_unknown integer not null check (recipients_unknown >= 0),
        batches_total integer not null,
        batches_pending integer not null check (batches_pending >= 0),
        batches_sending integer not null check (batches_sending >= 0),
        batches_sent integer not null check (batches_sent >= 0),
        batches_unconfirmed integer not null check (batches_unconfirmed >= 0),
        batches_held integer not null check (batches_held >= 0),
        batches_failed integer not null check (batches_failed >= 0),
        batches_cancelled integer not null check (batches_cancelled >= 0),
        idempotency_key text unique,
        request_hash text,
        first_answer text,
        waiting_until bigint,
        turn_at bigint not null,
        failed_in_a_row integer not null default 0,
        pause_reason text,
        created_at bigint not null,
        scheduled_at bigint,
        processed_at bigint,
        status_updated_at bigint not null
      )`.execute(db);
    await sql`
      create index broadcasts_by_turn on broadcasts (turn_at, broadcast_key)
      where status in ('queued', 'processing') and batches_pending > 0`.execute(db);
    await sql`create index broadcasts_by_status on broadcasts (status, broadcast_key)`.execute(db);

    await sql`
      create table batches (
        broadcast_key bigint not null references broadcasts (broadcast_key) on delete cascade,
        number integer not null,
        size integer not null,
        recipients text,
        status text not null check (status in
          ('pending', 'sending', 'sent', 'unconfirmed', 'held', 'failed', 'cancelled')),
        attempts integer not null default 0,
        next_attempt_at bigint not null,
        claim_number integer not null default 0,
        lease_owner text,
        lease_expires_at bigint,
        callback_token text not null unique,
        plivo_api_id text,
        plivo_message text,
        plivo_message_uuids text,
        plivo_invalid_numbers text,
        error_code text,
        error_status integer,
        error_reason text,
        claimed_at bigint,
        unconfirmed_at bigint,
        last_look_at bigint,
        looks integer not null default 0,
        fruitless_looks integer not null default 0,
        reports_closed_at bigint,
        status_updated_at bigint not null,
        primary key (broadcast_key, number)
      )`.execute(db);
    await sql`create index batches_to_claim on batches (broadcast_key, number) where status = 'pending'`.execute(db);
    await sql`create index batches_under_lease on batches (lease_expires_at) where status = 'sending'`.execute(db);
    await sql`create index batches_unsettled on batches (unconfirmed_at) where status = 'unconfirmed'`.execute(db);
    await sql`
      create index batches_awaiting_reports on batches (claimed_at)
      where status = 'sent' and reports_closed_at is null`.execute(db);
    await sql`
      create index batches_in_trouble on batches (broadcast_key, number)
      where status in ('unconfirmed', 'held', 'failed')`.execute(db);

    await sql`
      create table broadcast_recipients (
        broadcast_key bigint not null references broadcasts (broadcast_key) on delete cascade,
        batch_number integer not null,
        position integer not null,
        recipient_number text not null,
        status text not null check (status in
          ('queued', 'sent', 'delivered', 'undelivered', 'failed', 'invalid', 'optedOut', 'cancelled', 'unknown')),
        plivo_message_uuid text,
        sequence integer,
        error_code text,
        error_reason text,
        units integer,
        cost text,
        asked_at bigint,
        status_updated_at bigint not null,
        primary key (broadcast_key, batch_number, position)
      ) ${clustered}`.execute(db);
    await sql`
      create unique index broadcast_recipients_by_number
      on broadcast_recipients (recipient_number, broadcast_key)`.execute(db);
    await sql`
      create unique index broadcast_recipients_by_uuid on broadcast_recipients (plivo_message_uuid)
      where plivo_message_uuid is not null`.execute(db);
    await sql`
      create index broadcast_recipients_by_status
      on broadcast_recipients (broadcast_key, status, batch_number, position)`.execute(db);

    await sql`
      create table pacing (
        id integer primary key check (id = 1),
        next_start_at bigint not null,
        fault_status integer,
        fault_code text,
        fault_reason text,
        fault_since bigint,
        fault_tries integer not null default 0,
        fault_retry_at bigint,
        list_requests text not null default '[]'
      )`.execute(db);
    await sql`insert into pacing (id, next_start_at) values (1, 0)`.execute(db);

    await sql`
      create table opt_outs (
        recipient_number text primary key,
        source text not null check (source in ('keyword', 'plivo', 'api', 'import')),
        opted_out_at bigint not null
      )`.execute(db);
    await sql`
      create table opt_out_events (
        event_key ${identity},
        recipient_number text not null,
        event text not null check (event in ('opted_out', 'opted_in')),
        source text not null check (source in ('keyword', 'plivo', 'api', 'import')),
        note text,
        created_at bigint not null
      )`.execute(db);
    await sql`create index opt_out_events_by_number on opt_out_events (recipient_number, event_key)`.execute(db);

    await sql`
      create table inbound_messages (
        inbound_key ${identity},
        plivo_message_uuid text not null unique,
        from_number text not null,
        to_number text not null,
        message_text text not null,
        intent text,
        created_at bigint not null
      )`.execute(db);

    await sql`
      create table webhook_deliveries (
        id text primary key,
        broadcast_key bigint not null references broadcasts (broadcast_key) on delete cascade,
        url text not null,
        payload text not null,
        status text not null check (status in ('pending', 'delivered', 'failed')),
        attempts integer not null default 0,
        next_attempt_at bigint not null,
        error_reason text,
        created_at bigint not null,
        status_updated_at bigint not null
      )`.execute(db);
  },
});
