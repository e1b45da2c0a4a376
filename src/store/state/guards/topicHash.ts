import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../../engine/schema';
import { HASH_CHARS, hashKeyOf } from './hashKey';

/** Makes the hashes of one topic. */
export type TopicHash = {
  readonly topicHash: string;
  /** `phone`: a canonical number. */
  readonly personHash: (phone: string) => string;
};

/** A person's hash is another in each topic. */
export async function topicHashOf(db: Kysely<Schema>, topic: string): Promise<TopicHash> {
  const key = await hashKeyOf(db);
  const hash = (text: string) => createHmac('sha256', key).update(text).digest('base64url').slice(0, HASH_CHARS);
  const topicHash = hash(`topic ${topic}`);
  return { topicHash, personHash: (phone) => hash(`person ${topicHash} ${phone}`) };
}
