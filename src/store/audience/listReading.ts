import { type Kysely, sql } from 'kysely';
import { readChunk, type Person } from '../../domain/audience/listPeople';
import type { Database } from '../engine/database';
import { pageOf, type Page } from '../engine/page';
import type { Schema } from '../engine/schema';
import { listOf, listRows, type SavedList } from './listRows';

/** The people were removed while they were read: the reader took longer than a version is kept. */
export class ListGoneError extends Error {}

/** So many take 5 ms. */
const CHUNKS_AT_ONCE = 5;

export type ReadChunk = { readonly from: number; readonly people: Person[] };

/** The chunk in whose range the digits are; null where there is none. */
export async function chunkOf(db: Kysely<Schema>, versionKey: number, digits: number): Promise<ReadChunk | null> {
  const row = await db
    .selectFrom('list_chunks')
    .select(['from_number', 'people'])
    .where('version_key', '=', versionKey)
    .where('from_number', '<=', digits)
    .orderBy('from_number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { from: row.from_number, people: readChunk(row.people) };
}

/** One look a list. */
export async function entriesOf(db: Kysely<Schema>, digits: number): Promise<{ list: SavedList; person: Person }[]> {
  const found: { list: SavedList; person: Person }[] = [];
  for (const list of (await listRows(db).orderBy('lists.name').execute()).map(listOf)) {
    const chunk = await chunkOf(db, list.version.key, digits);
    const person = chunk?.people.find((one) => one.digits === digits);
    if (person !== undefined) found.push({ list, person });
  }
  return found;
}

async function chunksAfter(db: Kysely<Schema>, versionKey: number, from: number, limit: number): Promise<ReadChunk[]> {
  const rows = await db
    .selectFrom('list_chunks')
    .select(['from_number', 'people'])
    .where('version_key', '=', versionKey)
    .where('from_number', '>', from)
    .orderBy('from_number')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ from: row.from_number, people: readChunk(row.people) }));
}

/** A page of people behind the digits `after`. */
export async function peopleAfter(
  { db }: Pick<Database, 'db'>,
  versionKey: number,
  { limit, after }: { readonly limit: number; readonly after: number },
): Promise<Page<Person>> {
  const people: Person[] = [];
  let chunk = await chunkOf(db, versionKey, after);
  let from = chunk?.from ?? -1;
  for (;;) {
    if (chunk !== null) people.push(...chunk.people.filter(({ digits }) => digits > after));
    if (people.length > limit) break;
    const next: ReadChunk[] = await chunksAfter(db, versionKey, from, 1);
    chunk = next[0] ?? null;
    if (chunk === null) break;
    from = chunk.from;
  }
  return pageOf(people, limit, ({ digits }) => digits);
}

/** All people of a version, some at a time. */
export async function* peopleOf(
  { db, nextTurn }: Pick<Database, 'db' | 'nextTurn'>,
  versionKey: number,
): AsyncGenerator<readonly Person[], void, undefined> {
  for (let from = -1; ;) {
    const chunks = await chunksAfter(db, versionKey, from, CHUNKS_AT_ONCE);
    for (const { people } of chunks) yield people;
    const last = chunks.at(-1);
    if (last === undefined || chunks.length < CHUNKS_AT_ONCE) break;
    from = last.from;
    await nextTurn();
  }
  // Only now: what is removed is marked before its first chunk goes.
  const whole = await sql`
    select 1 from list_versions where version_key = ${versionKey} and state <> 'removing'`.execute(db);
  if (whole.rows.length === 0) throw new ListGoneError('The list was replaced and removed while it was read.');
}
