import { type Kysely, sql } from 'kysely';

/** With what Plivo signed the texts that came in: whoever has seen a signature could else use it at another instance, or after a restart. */
export const rememberNonces = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table used_nonces (nonce text primary key, plivo_message_uuid text not null, ends_at bigint not null)`.execute(
      db,
    );
    await sql`create index used_nonces_over on used_nonces (ends_at)`.execute(db);
  },
});
