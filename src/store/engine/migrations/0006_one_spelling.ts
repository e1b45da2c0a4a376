import { type Kysely, sql } from 'kysely';

/**
 * One phone has one spelling. Rows of broadcasts keep what was sent; `canonical_number` stands where that differs, and is
 * null where it does not, as nearly everywhere. What is stored already is looked through once, in steps, which
 * `number_reviews` keeps the place of.
 */
export const spellOnce = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcast_recipients add column canonical_number text',
      `create index broadcast_recipients_by_phone on broadcast_recipients (canonical_number, broadcast_key)
        where canonical_number is not null`,
      `create table number_reviews (
        table_name text primary key,
        rules integer not null,
        reached text,
        done_at bigint
      )`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
