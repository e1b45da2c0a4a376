import { hash } from 'node:crypto';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../engine/schema';
import { HASH_CHARS, hashKeyOf } from './hashKey';

/** Before the hash of a number that was erased and stays opted out. */
const HASHED = 'hashed:';
/** Comes behind all of them, in every order of letters. */
const BEHIND = 'hashee';

export const isHashed = (number: string): boolean => number.startsWith(HASHED);

/** As `isHashed`, of a column; as an expression, so that it leads no planner to another index. */
export const isHashedColumn = (column: string): RawBuilder<boolean> =>
  sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(HASHED.length)}) = ${sql.lit(HASHED)}`;

/** Whether the opt-out list has people whose number was erased; one look at its index. */
export const hasHashed: RawBuilder<boolean> = sql<boolean>`exists (
  select 1 from opt_outs where recipient_number >= ${sql.lit(HASHED)} and recipient_number < ${sql.lit(BEHIND)})`;

export async function isAnyHashed(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql<{ any: boolean | number }>`select ${hasHashed} as any`.execute(db);
  return Boolean(rows[0]?.any);
}

/**
 * Makes what stands on the opt-out list instead of an erased number, from the canonical one. The key before the text does as
 * well as HMAC where only half of the hash is shown, and takes a third of the time: 1.4 µs, for everybody of a list.
 */
export async function hashedNumberOf(db: Kysely<Schema>): Promise<(number: string) => string> {
  const key = await hashKeyOf(db);
  return (number) => HASHED + hash('sha256', `${key} opt-out ${number}`, 'base64url').slice(0, HASH_CHARS);
}
