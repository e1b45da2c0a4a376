import { type Kysely, sql } from 'kysely';

/**
 * What a person has made of a reply that was marked for one. Those that still wait are found by the index that is there
 * (`inbound_messages_to_review`), which holds nothing else and so is as small as what waits.
 */
export const reviewReplies = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `alter table inbound_messages add column reviewed_as text check (reviewed_as in ('optOut', 'nothing'))`,
      'alter table inbound_messages add column reviewed_at bigint',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
