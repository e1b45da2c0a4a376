import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { onceDone } from '../../domain/errors';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { isLapsed, LEASE_MS } from '../state/lease';
import { optedOutAmong } from '../state/guards/optedOut';
import { recordEvents } from './optOutWriting';

/** So many people take 15 ms. */
const AT_ONCE = 500;

/**
 * Takes back what an import has put on the list, in steps, between which others get their turn: whoever has not been
 * reached is still opted out. That it has begun is written down first, so that what a crash interrupts is ended by the next
 * process. Returns how many were taken off; null where there is no such import, or it is still under way.
 */
export async function undoImport(database: Database, importId: string, note: string | null): Promise<number | null> {
  const { db, engine } = database;
  const isUnderWay = sql`opt_out_undos.asked_at is null and not ${isLapsed(engine, sql`opt_out_undos.working_until`)}`;
  const begun = await inTransaction(db, async (tx) => {
    const undo = { importId, note };
    const isBegun = (await isKnown(tx, importId)) && (await begin(tx, engine, undo, sql`not (${isUnderWay})`));
    if (isBegun) await record(tx, engine, { action: 'optOuts.importUndone', subject: importId });
    return isBegun;
  });
  return begun ? await proceed(database, { importId, note }).catch(onceDone) : null;
}

/** As `undoImport`, for the one whose import it is, whether it has come to its end or not. */
export async function takeBack(database: Database, importId: string, note: string): Promise<void> {
  await inTransaction(database.db, (tx) => begin(tx, database.engine, { importId, note }, sql`true`));
  await proceed(database, { importId, note });
}

/** Takes back the imports of processes that died over them, and ends what processes have begun to take back that died. */
export async function finishUndos(database: Database): Promise<void> {
  const { db, engine } = database;
  const found = await sql<{ import_id: string; note: string | null }>`
    update opt_out_undos
    set asked_at = coalesce(asked_at, ${engine.now}), working_until = ${engine.now} + ${LEASE_MS}
    where done_at is null and ${isLapsed(engine, sql`working_until`)} returning import_id, note`.execute(db);
  for (const { import_id: importId, note } of found.rows) await proceed(database, { importId, note });
}

type Undo = { readonly importId: string; readonly note: string | null };

async function isKnown(tx: Transaction<Schema>, importId: string): Promise<boolean> {
  const known = await sql`select 1 from opt_out_events where import_id = ${importId} limit 1`.execute(tx);
  return known.rows.length > 0;
}

async function begin(
  tx: Transaction<Schema>,
  engine: Engine,
  { importId, note }: Undo,
  mayTakeOver: RawBuilder<unknown>,
): Promise<boolean> {
  const begun = await sql`
    insert into opt_out_undos (import_id, note, asked_at, removed, working_until, done_at)
    values (${importId}, ${note}, ${engine.now}, 0, ${engine.now} + ${LEASE_MS}, null)
    on conflict (import_id) do update set
      removed = case when opt_out_undos.done_at is null then opt_out_undos.removed else 0 end,
      note = excluded.note, asked_at = excluded.asked_at, working_until = excluded.working_until, done_at = null
    where ${mayTakeOver}
    returning import_id`.execute(tx);
  return begun.rows.length > 0;
}

async function proceed({ db, engine, nextTurn }: Database, undo: Undo): Promise<number> {
  for (let after: string | null = ''; after !== null;) {
    await nextTurn();
    const from: string = after;
    after = await inTransaction(db, (tx) => takeSomeOff(tx, engine, undo, from));
  }
  return await end(db, engine, undo);
}

/** Returns the number it has come to; null where none is left. */
async function takeSomeOff(tx: Transaction<Schema>, engine: Engine, undo: Undo, after: string): Promise<string | null> {
  // As a range of the index: PostgreSQL, which has no statistics of an import that is new, would read all of it and sort.
  const found = await sql<{ recipient_number: string }>`
    select recipient_number from opt_outs
    where (import_id, recipient_number) > (${undo.importId}, ${after}) and import_id <= ${undo.importId}
    order by import_id, recipient_number limit ${AT_ONCE} ${engine.forUpdate}`.execute(tx);
  const numbers = found.rows.map((row) => row.recipient_number);
  const last = numbers.at(-1);
  if (last === undefined) return null;
  const left = await leaveToOtherImports(tx, engine, undo.importId, numbers);
  const removed = numbers.filter((number) => !left.has(number));
  await sql`
    delete from opt_outs where recipient_number in (select value from ${engine.stringRows(removed)} as r)`.execute(tx);
  // Whoever is on it as a hash, too, is still opted out.
  const still = await optedOutAmong(tx, engine, removed);
  const free = removed.filter((number) => !still.has(number));
  await recordEvents(tx, engine, free, 'opted_in', { source: 'import', ...undo });
  await sql`
    update opt_out_undos set removed = removed + ${removed.length}, working_until = ${engine.now} + ${LEASE_MS}
    where import_id = ${undo.importId}`.execute(tx);
  return last;
}

/**
 * Whom another import has named too, since they were last off the list, stays, as that one's, unless that one is taken
 * back as well. Returns those.
 */
async function leaveToOtherImports(
  tx: Transaction<Schema>,
  engine: Engine,
  importId: string,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  // Person by person: a join may read the whole history at every step.
  const named = await sql<{ value: string; import_id: string | null }>`
    select r.value, (
      select e.import_id from opt_out_events e
      where e.recipient_number = r.value and e.event = 'opted_out' and e.import_id is not null
        and e.import_id <> ${importId}
        and e.event_key > coalesce(
          (select max(l.event_key) from opt_out_events l where l.recipient_number = r.value and l.event = 'opted_in'), 0)
        and not exists (
          select 1 from opt_out_undos u where u.import_id = e.import_id and u.asked_at is not null)
      order by e.event_key desc limit 1) as import_id
    from ${engine.stringRows(numbers)} as r`.execute(tx);
  const others = named.rows.filter((row) => row.import_id !== null);
  if (others.length > 0) {
    await sql`
      update opt_outs set import_id = o.import_id
      from ${engine.recordRows(others, { value: 'text', import_id: 'text' })} as o
      where opt_outs.recipient_number = o.value`.execute(tx);
  }
  return new Set(others.map(({ value }) => value));
}

async function end(db: Kysely<Schema>, engine: Engine, { importId }: Undo): Promise<number> {
  const ended = await sql<{ removed: number }>`
    update opt_out_undos set done_at = coalesce(done_at, ${engine.now}) where import_id = ${importId}
    returning removed`.execute(db);
  return ended.rows[0]?.removed ?? 0;
}
