import { type RawBuilder, sql } from 'kysely';

/** A START that was acted on: not one whose place among the person's words is unknown, whatever a person made of it. */
export const isStartThatCounts = (table: string): RawBuilder<boolean> => {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql`${column('keyword')} = 'optIn' and ${column('needs_review')} = 0 and ${column('reviewed_as')} is null`;
};
