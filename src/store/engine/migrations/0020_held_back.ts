import { type Kysely, sql } from 'kysely';

/**
 * What waits for people's clocks or the end of quiet hours is found by its time, and what waits for nothing beside it: of a
 * million texts that are held back, each look for one read them all.
 */
export const findHeldBack = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create index batches_free on batches (broadcast_key, number) where status = 'pending' and not_before is null`,
      `create index batches_held_back on batches (broadcast_key, not_before, number)
        where status = 'pending' and not_before is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
