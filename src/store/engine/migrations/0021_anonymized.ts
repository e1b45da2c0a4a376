import { type Kysely, sql } from 'kysely';

/** Of broadcasts that ended long ago the counts stay, where whoever runs the service wants no more. */
export const forgetNames = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcasts add column anonymized_at bigint',
      `create index broadcasts_to_anonymize on broadcasts (processed_at)
       where processed_at is not null and anonymized_at is null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
