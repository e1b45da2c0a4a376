import { type Kysely, sql } from 'kysely';

/** When each batch may go stands with it already (`not_before`), and the first moment with the broadcast (`scheduled_at`). */
export const goByLocalTime = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table broadcasts add column send_at_local text`.execute(db);
  },
});
