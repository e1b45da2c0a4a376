import { type Kysely, sql } from 'kysely';

/** Which broadcast the account has too little for: what it needs is of no interest once it is cancelled. */
export const rememberAsker = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table pacing add column budget_needed_by bigint`.execute(db);
  },
});
