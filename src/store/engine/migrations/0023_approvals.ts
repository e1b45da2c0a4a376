import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

const STATUSES =
  "'scheduled', 'queued', 'processing', 'paused', 'completed', 'partially_failed', 'failed', 'cancelled'";

/** Broadcasts that wait for a second person have a status of their own, which no claim and no schedule looks at. */
export const waitForApproval = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      ...(engine.kind === 'postgres' ? allowOnPostgres : allowOnSqlite),
      `alter table broadcasts add column approval_state text check (approval_state in
        ('pending', 'approved', 'rejected', 'expired', 'withdrawn'))`,
      'alter table broadcasts add column approval_digest text',
      'alter table broadcasts add column approval_until bigint',
      'alter table broadcasts add column approval_by text',
      'alter table broadcasts add column approval_at bigint',
      'alter table broadcasts add column approval_reason text',
      `create index broadcasts_unapproved on broadcasts (approval_until) where status = 'awaiting_approval'`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
    if (engine.kind === 'sqlite') await readSchemaAnew(db);
  },
});

const allowOnPostgres = [
  'alter table broadcasts drop constraint broadcasts_status_check',
  `alter table broadcasts add constraint broadcasts_status_check check (status in ('awaiting_approval', ${STATUSES}))`,
];

/**
 * SQLite cannot change a constraint but by copying the table, with all that refers to it. A wider CHECK changes nothing that
 * is stored, and for that its manual has this way: the text of the schema is edited, and read anew.
 */
const allowOnSqlite = [
  'pragma writable_schema = on',
  `update sqlite_master set sql = replace(sql, '(''scheduled'', ''queued'',', '(''awaiting_approval'', ''scheduled'', ''queued'',')
    where type = 'table' and name = 'broadcasts'`,
  'pragma writable_schema = reset',
];

async function readSchemaAnew(db: Kysely<unknown>): Promise<void> {
  const found = await sql<{ schema_version: number }>`pragma schema_version`.execute(db);
  await sql.raw(`pragma schema_version = ${(found.rows[0]?.schema_version ?? 0) + 1}`).execute(db);
}
