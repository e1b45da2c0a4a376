import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Who of these people is on the opt-out list now. */
export async function optedOutAmong(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
): Promise<Set<string>> {
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(numbers)} as r
    where exists (select 1 from opt_outs o where o.recipient_number = r.value)`.execute(db);
  return new Set(found.rows.map((row) => row.value));
}
