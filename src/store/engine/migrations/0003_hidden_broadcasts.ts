import { type Kysely, sql } from 'kysely';

/** Broadcasts that nobody sees: those that are being written in steps, and those that are being removed in steps. */
export const hideBroadcasts = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `alter table broadcasts add column hidden text check (hidden in ('arriving', 'leaving'))`,
      'alter table broadcasts add column arriving_until bigint',
      'create index broadcasts_hidden on broadcasts (hidden, broadcast_key) where hidden is not null',
      'create index broadcasts_ended on broadcasts (processed_at) where processed_at is not null',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
