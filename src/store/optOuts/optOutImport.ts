import { type Kysely, sql, type Transaction } from 'kysely';
import type { Numbers } from '../../domain/numbers/numberList';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { LEASE_MS } from '../state/lease';
import { ascending } from './ascending';
import { takeBack } from './optOutUndo';
import { isStartThatCounts } from '../state/startThatCounts';
import { optOut } from './optOutWriting';

/** So many people take 10 ms. */
const AT_ONCE = 500;

/**
 * Puts an import on the list in steps, between which others get their turn. Before the first one it is written down that
 * the import is to be taken back, and after the last one that it is not: so a failure or a crash leaves nothing of it.
 * Returns how many were not on the list before.
 */
export async function importInSteps(database: Database, importId: string, numbers: Numbers): Promise<number> {
  const { db, engine, nextTurn } = database;
  const began = await begin(db, engine, importId);
  try {
    let added = 0;
    for await (const some of ascending(numbers, AT_ONCE, nextTurn)) {
      added += await inTransaction(db, (tx) => importSome(tx, engine, { importId, began }, some));
      await nextTurn();
    }
    await inTransaction(db, (tx) => end(tx, engine, importId, added));
    return added;
  } catch (error) {
    // Where that fails too, the undo watch does it.
    await takeBack(database, importId, 'The import failed.').catch(() => undefined);
    throw error;
  }
}

type Import = { readonly importId: string; readonly began: number };

async function begin(db: Kysely<Schema>, engine: Engine, importId: string): Promise<number> {
  const begun = await sql<{ working_until: number }>`
    insert into opt_out_undos (import_id, note, asked_at, removed, working_until, done_at)
    values (${importId}, 'The import was interrupted.', null, 0, ${engine.now} + ${LEASE_MS}, null)
    returning working_until`.execute(db);
  return (begun.rows[0]?.working_until ?? 0) - LEASE_MS;
}

/** Who has said START since the import came in is left out: that is the later word. */
async function importSome(
  tx: Transaction<Schema>,
  engine: Engine,
  { importId, began }: Import,
  numbers: readonly string[],
): Promise<number> {
  const held = await sql`
    update opt_out_undos set working_until = ${engine.now} + ${LEASE_MS}
    where import_id = ${importId} and asked_at is null`.execute(tx);
  if (held.numAffectedRows === 0n) throw tookTooLong();
  const wanted = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(numbers)} as r
    where coalesce((
      select max(m.created_at) from inbound_messages m
      where m.from_number = r.value and ${isStartThatCounts('m')}), -1) < ${began}`.execute(tx);
  const people = wanted.rows.map(({ value }) => value);
  return (await optOut(tx, engine, people, { source: 'import', note: null, importId })).length;
}

async function end(tx: Transaction<Schema>, engine: Engine, importId: string, added: number): Promise<void> {
  const ended = await sql`
    delete from opt_out_undos where import_id = ${importId} and asked_at is null`.execute(tx);
  if (ended.numAffectedRows === 0n) throw tookTooLong();
  await record(tx, engine, { action: 'optOuts.imported', subject: importId, details: { imported: added } });
}

/** It was silent for longer than its lease, and taken for dead. */
const tookTooLong = () => new Error('An import of opt-outs took too long to be written.');
