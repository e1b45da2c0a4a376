import { type Kysely, sql } from 'kysely';

/** How many were texted twice is read with every look at the metrics: an index finds the broadcasts, of which there are hardly any. */
export const countTwice = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index broadcasts_texted_twice on broadcasts (broadcast_key) where texted_twice > 0`.execute(db);
  },
});
