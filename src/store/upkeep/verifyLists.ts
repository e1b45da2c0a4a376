import type { Kysely } from 'kysely';
import { readChunk } from '../../domain/audience/listPeople';
import type { Schema } from '../engine/schema';

const CHUNKS_AT_ONCE = 20;

/**
 * The rules that a saved list breaks, one text each: its count is that of its people, whose numbers go up from chunk to chunk,
 * each in the range of its own. Asked within a transaction that sees one moment.
 */
export async function brokenListRules(
  db: Kysely<Schema>,
  { version_key: versionKey, recipients }: { readonly version_key: number; readonly recipients: number },
): Promise<string[]> {
  const version = await db
    .selectFrom('list_versions')
    .select('state')
    .where('version_key', '=', versionKey)
    .executeTakeFirst();
  const { people, outOfOrder } = await readPeople(db, versionKey);
  return [
    ...(version?.state === 'current' ? [] : [`its people are ${version?.state ?? 'gone'}`]),
    ...(people === recipients ? [] : [`it counts ${recipients} people and has ${people}`]),
    ...(outOfOrder === 0 ? [] : [`${outOfOrder} of its people are where nobody looks for them`]),
  ];
}

async function readPeople(
  db: Kysely<Schema>,
  versionKey: number,
): Promise<{ readonly people: number; readonly outOfOrder: number }> {
  let [people, outOfOrder, last] = [0, 0, -1];
  for (let after = -1; ;) {
    const chunks = await db
      .selectFrom('list_chunks')
      .select(['from_number', 'people'])
      .where('version_key', '=', versionKey)
      .where('from_number', '>', after)
      .orderBy('from_number')
      .limit(CHUNKS_AT_ONCE)
      .execute();
    for (const chunk of chunks) {
      // Whoever is below the beginning of their chunk is looked for in the one before it.
      last = Math.max(last, chunk.from_number - 1);
      for (const { digits } of readChunk(chunk.people)) {
        people++;
        if (digits <= last) outOfOrder++;
        last = Math.max(last, digits);
      }
      after = chunk.from_number;
    }
    if (chunks.length < CHUNKS_AT_ONCE) return { people, outOfOrder };
  }
}
