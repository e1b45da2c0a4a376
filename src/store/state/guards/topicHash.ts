import type { Kysely } from 'kysely';
import type { Schema } from '../../engine/schema';
import { keyedHashOf } from './keyedHash';

/** Makes the hashes of one topic. */
export type TopicHash = {
  readonly topicHash: string;
  /** `phone`: a canonical number. */
  readonly personHash: (phone: string) => string;
};

/** A person's hash is another in each topic. */
export async function topicHashOf(db: Kysely<Schema>, topic: string): Promise<TopicHash> {
  const hash = await keyedHashOf(db);
  const topicHash = hash(`topic ${topic}`);
  return { topicHash, personHash: (phone) => hash(`person ${topicHash} ${phone}`) };
}
