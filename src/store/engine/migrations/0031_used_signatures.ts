import { type Kysely, sql } from 'kysely';

/** Of the texts that came in: whoever has seen a signature could else use it at another instance, or after a restart. */
export const rememberSignatures = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table used_signatures (signature text primary key, plivo_message_uuid text not null, ends_at bigint not null)`.execute(
      db,
    );
    await sql`create index used_signatures_over on used_signatures (ends_at)`.execute(db);
  },
});
