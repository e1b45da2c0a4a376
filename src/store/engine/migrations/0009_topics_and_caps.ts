import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

const KEY_BYTES = 32;

/**
 * Who has the text of a topic is kept beyond the broadcast, as a hash: of two claims at the same moment the primary key
 * lets one in. The key of the hash is made here, once, so that all instances and all later versions have the same.
 *
 * What a cap has to count is what broadcasts made within its window, and the few older ones, scheduled, paused or sent
 * again, that were claimed within it: the two indexes find them without reading everything a person ever got.
 */
export const limitReach = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const clustered = engine.kind === 'sqlite' ? 'without rowid' : '';
    const statements = [
      'alter table broadcasts add column topic text',
      `create table topic_texts (
        topic_hash text not null,
        person_hash text not null,
        broadcast_key bigint not null,
        primary key (topic_hash, person_hash)
      ) ${clustered}`,
      'create table secrets (name text primary key, value text not null)',
      'create index broadcasts_by_creation on broadcasts (created_at, broadcast_key)',
      `create index broadcasts_late on broadcasts (turn_at, broadcast_key) where turn_at > created_at + 86400000`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
    await sql`insert into secrets (name, value) values ('topics', ${randomBytes(KEY_BYTES).toString('base64url')})`.execute(
      db,
    );
  },
});
