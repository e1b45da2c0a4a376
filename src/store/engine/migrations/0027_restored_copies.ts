import { type Kysely, sql } from 'kysely';

/**
 * Up to when this store knows what was sent (`dispatched_until`), and the time of which it does not, where it is a copy that
 * was put back: what was waiting then, up to a broadcast, may have been sent by the store that it was copied from.
 */
export const doubtCopies = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['dispatched_until', 'doubt_from', 'doubt_until', 'doubt_key'])
      await sql.raw(`alter table pacing add column ${column} bigint`).execute(db);
  },
});
