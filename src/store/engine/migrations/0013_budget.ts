import { type Kysely, sql } from 'kysely';

/** What may be handed to Plivo before the account has less than is to stay: one word for all instances. */
export const keepBudget = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table pacing add column budget_left bigint',
      'alter table pacing add column budget_balance bigint',
      'alter table pacing add column budget_needed bigint not null default 0',
      "alter table pacing add column budget_handed text not null default '[]'",
      'alter table pacing add column budget_read_at bigint',
      'alter table pacing add column budget_asked_until bigint',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
