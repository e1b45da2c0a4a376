import { sql, type Kysely } from 'kysely';
import type { Engine } from '../../engine/engine';
import type { Schema } from '../../engine/schema';

/** Who of these people is on the opt-out list now. */
export async function optedOutAmong(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
): Promise<Set<string>> {
  // Counted one by one: joined, PostgreSQL would read the whole list for each few thousand.
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(numbers)} as r
    where (select count(*) from opt_outs o where o.recipient_number = r.value) > 0`.execute(db);
  return new Set(found.rows.map((row) => row.value));
}
