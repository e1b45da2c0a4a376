import { type Kysely, sql } from 'kysely';

/** What of an estimate is carriers' fees: reports name none, so that estimate and truth are held against each other without. */
export const tellFeesApart = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table broadcast_countries add column estimated_fee_nanos bigint`.execute(db);
  },
});
