import { type Kysely, sql } from 'kysely';

/** What is tried out on a few counts for nothing that keeps people from getting too much, and is listed for itself. */
export const tryOut = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcasts add column is_test integer not null default 0',
      'create index broadcasts_tests on broadcasts (broadcast_key) where is_test = 1',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
