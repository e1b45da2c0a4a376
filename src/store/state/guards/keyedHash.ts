import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../../engine/schema';

/** 120 bits: of ten million people no two have one hash by chance. */
const HASH_CHARS = 20;

/**
 * Keyed, so that nobody who has a table of hashes alone can try all numbers against it. The key is made by a migration, and
 * was named for what first needed it.
 */
export async function keyedHashOf(db: Kysely<Schema>): Promise<(text: string) => string> {
  const { value: key } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', 'topics')
    .executeTakeFirstOrThrow();
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, HASH_CHARS);
}
