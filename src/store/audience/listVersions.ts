import { type Kysely, sql, type Transaction } from 'kysely';
import { ChunkCutter, type Chunk, type WrittenPerson } from '../../domain/audience/listPeople';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { LEASE_MS } from '../state/lease';

/** So much is written in one step: 10 ms. */
const CHARACTERS_AT_ONCE = 256 * 1024;
/** For those who are still reading a version when its list has another: a download of a million people takes a while. */
export const KEPT_MS = 600_000;

/** Somebody took the writer for dead. Nothing was changed, and another try may succeed. */
export class ListAbandonedError extends Error {
  readonly code = 'ABANDONED';
}

/** A version that nobody sees until it is published, or removed by `removeSome` where its writer dies. */
export async function beginVersion(db: Kysely<Schema>, engine: Engine, fields: readonly string[]): Promise<number> {
  const begun = await sql<{ version_key: number }>`
    insert into list_versions (state, fields, until)
    values ('arriving', ${JSON.stringify(fields)}, ${engine.now} + ${LEASE_MS})
    returning version_key`.execute(db);
  return begun.rows[0]?.version_key ?? 0;
}

/** Writes people, in the order of their digits, into an arriving version. Returns how many. */
export async function writePeople(
  { db, engine, nextTurn }: Database,
  versionKey: number,
  people: AsyncIterable<readonly WrittenPerson[]>,
): Promise<number> {
  const cutter = new ChunkCutter({ from: 0 });
  let [count, characters] = [0, 0];
  let chunks: Chunk[] = [];
  const write = async () => {
    await inTransaction(db, (tx) => writeChunks(tx, engine, versionKey, chunks));
    [chunks, characters] = [[], 0];
    await nextTurn();
  };
  for await (const some of people) {
    for (const person of some) {
      const chunk = cutter.add(person);
      if (chunk === null) continue;
      chunks.push(chunk);
      characters += chunk.people.length;
    }
    count += some.length;
    if (characters >= CHARACTERS_AT_ONCE) await write();
  }
  const last = cutter.end();
  if (last !== null) chunks.push(last);
  if (chunks.length > 0) await write();
  return count;
}

async function writeChunks(
  tx: Transaction<Schema>,
  engine: Engine,
  versionKey: number,
  chunks: readonly Chunk[],
): Promise<void> {
  const held = await sql`
    update list_versions set until = ${engine.now} + ${LEASE_MS}
    where version_key = ${versionKey} and state = 'arriving'`.execute(tx);
  if (held.numAffectedRows === 0n) throw tookTooLong();
  await insertChunks(tx, engine, versionKey, chunks);
}

export async function insertChunks(
  tx: Transaction<Schema>,
  engine: Engine,
  versionKey: number,
  chunks: readonly Chunk[],
): Promise<void> {
  const rows = engine.recordRows(chunks, { from: 'bigint', people: 'text' });
  await sql`
    insert into list_chunks (version_key, from_number, people)
    select cast(${versionKey} as bigint), c.${sql.ref('from')}, c.people from ${rows} as c`.execute(tx);
}

/** From now on it may be a list's. */
export async function publishVersion(tx: Transaction<Schema>, versionKey: number): Promise<void> {
  const published = await sql`
    update list_versions set state = 'current', until = null
    where version_key = ${versionKey} and state = 'arriving'`.execute(tx);
  if (published.numAffectedRows === 0n) throw tookTooLong();
}

/** It is no list's any more; who reads it may do so for a while. */
export async function retireVersion(tx: Transaction<Schema>, engine: Engine, versionKey: number): Promise<void> {
  await sql`
    update list_versions set state = 'leaving', until = ${engine.now} + ${KEPT_MS}
    where version_key = ${versionKey}`.execute(tx);
}

/** It never became anybody's. */
export async function abandonVersion(db: Kysely<Schema>, versionKey: number): Promise<void> {
  await sql`
    update list_versions set state = 'leaving', until = 0
    where version_key = ${versionKey} and state = 'arriving'`.execute(db);
}

const tookTooLong = () => new ListAbandonedError('A list took too long to be written.');
