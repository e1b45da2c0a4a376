import { sql, type Transaction } from 'kysely';
import { FieldNames } from '../../domain/audience/listFields';
import { chunksAnew, mergedValues, readPerson, type FieldValues, type Person } from '../../domain/audience/listPeople';
import { masked } from '../../domain/access/audit';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { chunkOf, type ReadChunk } from './listReading';
import { existingList } from './listRows';
import type { Added, NewPeople } from './listStore';
import { insertChunks } from './listVersions';

/** So many people are added where they stand: each may be in a chunk of its own, which takes 0.5 ms. */
export const FEW = 50;

type FoundList = {
  readonly listKey: number;
  readonly versionKey: number;
  readonly revision: number;
  readonly fields: readonly string[];
};

/** Nobody else changes the list until the transaction ends; null where there is none. */
export async function findForUpdate(tx: Transaction<Schema>, engine: Engine, name: string): Promise<FoundList | null> {
  const found = await sql<{ list_key: number; version_key: number; revision: number }>`
    select list_key, version_key, revision from lists where name = ${name} ${engine.forUpdate}`.execute(tx);
  const [list] = found.rows;
  if (list === undefined) return null;
  const version = await tx
    .selectFrom('list_versions')
    .select('fields')
    .where('version_key', '=', list.version_key)
    .executeTakeFirstOrThrow();
  return {
    listKey: list.list_key,
    versionKey: list.version_key,
    revision: list.revision,
    fields: JSON.parse(version.fields) as string[],
  };
}

/** Adds a few people to the version that the list has, in one transaction. */
export async function addInPlace(
  { db, engine, nextTurn }: Database,
  name: string,
  people: NewPeople,
): Promise<Added | 'too_many_fields' | null> {
  const said: Person[] = [];
  for await (const some of people.inOrder(nextTurn)) said.push(...some.map(readPerson));
  return await inTransaction(db, async (tx) => {
    const list = await findForUpdate(tx, engine, name);
    if (list === null) return null;
    const fields = new FieldNames(list.fields);
    if (fields.beyond(people.fields) !== null) return 'too_many_fields';
    const places = people.fields.map((field) => fields.placeOf(field));
    const chunks = new OpenChunks(tx, list.versionKey);
    const tally = { added: 0, updated: 0 };
    for (const { digits, values } of said) {
      const isNew = await chunks.change(digits, (known) => mergedValues(known ?? [], values, places));
      if (isNew) tally.added++;
      else tally.updated++;
    }
    await chunks.write(engine);
    await sql`
      update list_versions set fields = ${JSON.stringify(fields.names)}
      where version_key = ${list.versionKey}`.execute(tx);
    await noteChange(tx, engine, list, tally.added);
    await record(tx, engine, { action: 'list.peopleAdded', subject: name, details: { ...tally } });
    return { list: await existingList(tx, name), ...tally };
  });
}

type Removed = 'removed' | 'absent' | null;

export const removePerson = ({ db, engine }: Database, name: string, digits: number): Promise<Removed> =>
  inTransaction(db, (tx) => removeFromList(tx, engine, name, digits));

/** `digits`: as `digitsAsNumber` reads the number. `absent`: not on it; null where there is no such list. */
export async function removeFromList(
  tx: Transaction<Schema>,
  engine: Engine,
  name: string,
  digits: number,
): Promise<Removed> {
  const list = await findForUpdate(tx, engine, name);
  if (list === null) return null;
  const chunks = new OpenChunks(tx, list.versionKey);
  if (!(await chunks.remove(digits))) return 'absent';
  await chunks.write(engine);
  await noteChange(tx, engine, list, -1);
  const details = { recipient: masked(`+${digits}`) };
  await record(tx, engine, { action: 'list.personRemoved', subject: name, details });
  return 'removed';
}

async function noteChange(
  tx: Transaction<Schema>,
  engine: Engine,
  { listKey }: FoundList,
  moreRecipients: number,
): Promise<void> {
  await sql`
    update lists set recipients = recipients + ${moreRecipients}, revision = revision + 1, updated_at = ${engine.now}
    where list_key = ${listKey}`.execute(tx);
}

/** The chunks that a change concerns, each read and written once. */
class OpenChunks {
  readonly #tx: Transaction<Schema>;
  readonly #versionKey: number;
  #open: ReadChunk[] = [];

  constructor(tx: Transaction<Schema>, versionKey: number) {
    this.#tx = tx;
    this.#versionKey = versionKey;
  }

  /** `valuesOf`: is given the person's values, null where they are new. People come in the order of their digits. Returns true for a new one. */
  async change(digits: number, valuesOf: (known: FieldValues | null) => FieldValues): Promise<boolean> {
    const { people } = await this.#chunkFor(digits);
    const at = placeIn(people, digits);
    const known = people[at]?.digits === digits ? people[at] : null;
    people.splice(at, known === null ? 0 : 1, { digits, values: valuesOf(known?.values ?? null) });
    return known === null;
  }

  /** Returns false for somebody who is not there. */
  async remove(digits: number): Promise<boolean> {
    const { people } = await this.#chunkFor(digits);
    const at = placeIn(people, digits);
    if (people[at]?.digits !== digits) return false;
    people.splice(at, 1);
    return true;
  }

  async write(engine: Engine): Promise<void> {
    for (const { from, people } of this.#open) {
      await sql`
        delete from list_chunks where version_key = ${this.#versionKey} and from_number = ${from}`.execute(this.#tx);
      await insertChunks(this.#tx, engine, this.#versionKey, chunksAnew(from, people));
    }
    this.#open = [];
  }

  async #chunkFor(digits: number): Promise<ReadChunk> {
    const found = await chunkOf(this.#tx, this.#versionKey, digits);
    const from = found?.from ?? 0;
    const open = this.#open.find((chunk) => chunk.from === from);
    if (open !== undefined) return open;
    const chunk = found ?? { from, people: [] };
    this.#open.push(chunk);
    return chunk;
  }
}

/** Where the digits are, or would be. */
function placeIn(people: readonly Person[], digits: number): number {
  let [low, high] = [0, people.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((people[middle]?.digits ?? 0) < digits) low = middle + 1;
    else high = middle;
  }
  return low;
}
