import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../engine/schema';
import { keyedHashOf } from './keyedHash';

/**
 * Before the hash of a number that was erased and stays opted out. In every collation it comes behind all numbers, so that
 * the last entry of an index tells whether there is one.
 */
const HASHED = 'hashed:';

export const isHashed = (number: string): boolean => number.startsWith(HASHED);

/** As `isHashed`, of a column; as an expression, so that it leads no planner to another index. */
export const isHashedColumn = (column: string): RawBuilder<boolean> =>
  sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(HASHED.length)}) = ${sql.lit(HASHED)}`;

/** Whether the opt-out list has people whose number was erased; one look at the end of its index. */
export const hasHashed: RawBuilder<boolean> = sql<boolean>`(select max(recipient_number) from opt_outs) >= ${sql.lit(HASHED)}`;

/** Makes what stands on the opt-out list instead of an erased number, from the canonical one. */
export async function hashedNumberOf(db: Kysely<Schema>): Promise<(number: string) => string> {
  const hash = await keyedHashOf(db);
  return (number) => `${HASHED}${hash(`opt-out ${number}`)}`;
}
