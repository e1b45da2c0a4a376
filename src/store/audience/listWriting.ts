import { sql, type Transaction } from 'kysely';
import { FieldNames } from '../../domain/audience/listFields';
import { mergedPeople } from '../../domain/audience/mergedPeople';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { findForUpdate } from './listEditing';
import { peopleOf } from './listReading';
import { existingList } from './listRows';
import type { Added, NewPeople, Replaced } from './listStore';
import { abandonVersion, beginVersion, publishVersion, retireVersion, writePeople } from './listVersions';

/** Somebody else's change, in between, makes the work be done anew. */
const MOST_TRIES = 3;

export async function replaceInSteps(database: Database, name: string, people: NewPeople): Promise<Replaced> {
  const { db, engine, nextTurn } = database;
  const versionKey = await beginVersion(db, engine, people.fields);
  return await orAbandon(database, versionKey, async () => {
    const recipients = await writePeople(database, versionKey, people.inOrder(nextTurn));
    return await inTransaction(db, async (tx) => {
      const isNew = await giveVersion(tx, engine, { name, versionKey, recipients });
      await record(tx, engine, { action: 'list.replaced', subject: name, details: { recipients } });
      return { list: await existingList(tx, name), isNew };
    });
  });
}

/** Adding many writes the list anew: what others change meanwhile is seen by the list's revision, and the work begins again. */
export async function addInSteps(database: Database, name: string, people: NewPeople): Promise<Outcome> {
  for (let triesLeft = MOST_TRIES; ; triesLeft--) {
    const result = await tryToAdd(database, name, people);
    if (result !== 'changed' || triesLeft === 1) return result;
  }
}

type Outcome = Added | 'too_many_fields' | 'changed' | null;

async function tryToAdd(database: Database, name: string, people: NewPeople): Promise<Outcome> {
  const { db, engine, nextTurn } = database;
  const list = await inTransaction(db, (tx) => findForUpdate(tx, engine, name));
  if (list === null) return null;
  const fields = new FieldNames(list.fields);
  if (fields.beyond(people.fields) !== null) return 'too_many_fields';
  const places = people.fields.map((field) => fields.placeOf(field));
  const tally = { added: 0, updated: 0 };
  const versionKey = await beginVersion(db, engine, fields.names);
  return await orAbandon(database, versionKey, async () => {
    const known = peopleOf(database, list.versionKey);
    const both = mergedPeople(known, people.inOrder(nextTurn), places, tally);
    const recipients = await writePeople(database, versionKey, both);
    const taken = await inTransaction(db, async (tx) => {
      const changed = await sql`
        update lists set version_key = ${versionKey}, recipients = ${recipients}, revision = revision + 1,
          updated_at = ${engine.now}
        where list_key = ${list.listKey} and revision = ${list.revision}`.execute(tx);
      if (changed.numAffectedRows === 0n) return null;
      await publishVersion(tx, versionKey);
      await retireVersion(tx, engine, list.versionKey);
      await record(tx, engine, { action: 'list.peopleAdded', subject: name, details: { ...tally } });
      return { list: await existingList(tx, name), ...tally };
    });
    if (taken === null) await abandonVersion(db, versionKey);
    return taken ?? 'changed';
  });
}

async function orAbandon<T>({ db }: Database, versionKey: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Where that fails too, its lease runs out.
    await abandonVersion(db, versionKey).catch(() => undefined);
    throw error;
  }
}

type Given = { readonly name: string; readonly versionKey: number; readonly recipients: number };

/** Returns true where there was no list of that name. */
async function giveVersion(
  tx: Transaction<Schema>,
  engine: Engine,
  { name, versionKey, recipients }: Given,
): Promise<boolean> {
  await publishVersion(tx, versionKey);
  for (;;) {
    const created = await sql`
      insert into lists (name, version_key, recipients, revision, created_at, updated_at)
      values (${name}, ${versionKey}, ${recipients}, 1, ${engine.now}, ${engine.now})
      on conflict (name) do nothing`.execute(tx);
    if (created.numAffectedRows === 1n) return true;
    const list = await findForUpdate(tx, engine, name);
    // Removed by somebody in between.
    if (list === null) continue;
    await sql`
      update lists set version_key = ${versionKey}, recipients = ${recipients}, revision = revision + 1,
        updated_at = ${engine.now}
      where list_key = ${list.listKey}`.execute(tx);
    await retireVersion(tx, engine, list.versionKey);
    return false;
  }
}

export const removeList = ({ db, engine }: Database, name: string): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    const list = await findForUpdate(tx, engine, name);
    if (list === null) return false;
    await tx.deleteFrom('lists').where('list_key', '=', list.listKey).execute();
    await retireVersion(tx, engine, list.versionKey);
    await record(tx, engine, { action: 'list.removed', subject: name });
    return true;
  });
