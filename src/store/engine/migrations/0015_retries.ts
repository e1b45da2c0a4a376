import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/**
 * Whom a retry has taken stands in a table of its own: of two retries at the same moment its primary key lets one in. One
 * retry of a broadcast is written at a time, as two large ones would take each other's people. Whose people were taken
 * stands for what became of it, and so does its idempotency key.
 */
export const retryOnce = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const clustered = engine.kind === 'sqlite' ? 'without rowid' : '';
    const statements = [
      'alter table broadcasts add column retry_of text',
      'alter table broadcasts add column retry_of_key bigint',
      'alter table broadcasts add column retried integer not null default 0',
      `create unique index broadcasts_retrying on broadcasts (retry_of_key)
        where hidden = 'arriving' and retry_of_key is not null`,
      `create table retried_texts (
        broadcast_key bigint not null,
        batch_number integer not null,
        position integer not null,
        retry_key bigint not null,
        primary key (broadcast_key, batch_number, position)
      ) ${clustered}`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
