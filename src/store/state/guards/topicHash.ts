import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../../engine/schema';

/** Makes the hashes of one topic. */
export type TopicHash = {
  readonly topicHash: string;
  /** `phone`: a canonical number. */
  readonly personHash: (phone: string) => string;
};

/** 120 bits: of ten million people no two have one hash by chance. */
const HASH_CHARS = 20;

/**
 * Keyed, so that nobody who has the table alone can try all numbers against it. A person's hash is another in each topic.
 */
export async function topicHashOf(db: Kysely<Schema>, topic: string): Promise<TopicHash> {
  const { value: key } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', 'topics')
    .executeTakeFirstOrThrow();
  const hash = (text: string) => createHmac('sha256', key).update(text).digest('base64url').slice(0, HASH_CHARS);
  const topicHash = hash(`topic ${topic}`);
  return { topicHash, personHash: (phone) => hash(`person ${topicHash} ${phone}`) };
}
