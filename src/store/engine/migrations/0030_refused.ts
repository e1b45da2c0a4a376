import { type Kysely, sql } from 'kysely';

/**
 * A probe takes the batch that was refused least often. Where each person has a text of their own it read all that was due
 * for that: 0.3 s in which nobody else had a turn, of 600,000.
 */
export const findRefused = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create index batches_refused on batches (broadcast_key, refusals, number)
        where status = 'pending' and refusals > 0`.execute(db);
  },
});
