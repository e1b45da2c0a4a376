import type { Kysely } from 'kysely';
import type { Schema } from '../engine/schema';

/** A list as it stands. Times in milliseconds since 1970. */
export type SavedList = {
  readonly listKey: number;
  readonly name: string;
  readonly recipients: number;
  /** The names of the fields, in the order of people's values. */
  readonly fields: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: ListVersion;
};

/** Which people a list has at one moment: those can still be read when it has others. */
export type ListVersion = { readonly key: number; readonly revision: number };

export const listRows = (db: Kysely<Schema>) =>
  db
    .selectFrom('lists')
    .innerJoin('list_versions', 'list_versions.version_key', 'lists.version_key')
    .select([
      'lists.list_key',
      'lists.name',
      'lists.version_key',
      'lists.recipients',
      'lists.revision',
      'lists.created_at',
      'lists.updated_at',
      'list_versions.fields',
    ]);

export async function findList(db: Kysely<Schema>, name: string): Promise<SavedList | null> {
  const row = await listRows(db).where('lists.name', '=', name).executeTakeFirst();
  return row === undefined ? null : listOf(row);
}

export async function existingList(db: Kysely<Schema>, name: string): Promise<SavedList> {
  const list = await findList(db, name);
  if (list === null) throw new Error('A list that was just written is not there.');
  return list;
}

type ListRow = {
  readonly list_key: number;
  readonly name: string;
  readonly version_key: number;
  readonly recipients: number;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly fields: string;
};

export const listOf = (row: ListRow): SavedList => ({
  listKey: row.list_key,
  name: row.name,
  recipients: row.recipients,
  fields: JSON.parse(row.fields) as string[],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  version: { key: row.version_key, revision: row.revision },
});
