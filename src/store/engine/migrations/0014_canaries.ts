import { type Kysely, sql } from 'kysely';

/** Some who go first. Which batches are theirs is told by a number, so that a claim looks at nothing but the broadcast. */
export const sendSomeFirst = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcasts add column canary text',
      `alter table broadcasts add column canary_state text check (canary_state in
        ('sending', 'waiting', 'passed', 'stopped', 'released', 'unneeded'))`,
      'alter table broadcasts add column canary_recipients integer',
      'alter table broadcasts add column canary_batches integer',
      'alter table broadcasts add column canary_until bigint',
      'alter table broadcasts add column canary_reported integer',
      'alter table broadcasts add column canary_failed integer',
      `create index broadcasts_canaries on broadcasts (broadcast_key) where canary_state in ('sending', 'waiting')`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
