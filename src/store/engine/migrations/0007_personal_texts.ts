import { type Kysely, sql } from 'kysely';

/**
 * A call carries one text, so a text that is not the broadcast's stands with its batch, and with it the parts that it is
 * sent in. What is billed for a broadcast is then a sum, and no longer people times parts.
 */
export const keepPersonalTexts = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table batches add column message_text text',
      'alter table batches add column segments integer',
      'alter table broadcasts add column distinct_texts integer',
      'alter table broadcasts add column segments_least integer',
      'alter table broadcasts add column segments_total bigint not null default 0',
      'update broadcasts set segments_total = accepted * segments_per_message',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
