import { type Kysely, sql } from 'kysely';

/** Plivo has a queue for each sender beside the account's, which is a row of `pacing`: when each will be empty. */
export const queueBySender = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table sender_queues (
        queue text primary key,
        free_at bigint not null,
        written_at bigint not null
      )`.execute(db);
  },
});
