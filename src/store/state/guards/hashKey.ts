import type { Kysely } from 'kysely';
import type { Schema } from '../../engine/schema';

/** 120 bits: of ten million people no two have one hash by chance. */
export const HASH_CHARS = 20;

/**
 * With which people are hashed, so that nobody who has a table of hashes alone can try all numbers against it. Made by a
 * migration, and named for what first needed it.
 */
export async function hashKeyOf(db: Kysely<Schema>): Promise<string> {
  const { value } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', 'topics')
    .executeTakeFirstOrThrow();
  return value;
}
