import { type Kysely, sql, type Transaction } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { isLapsed, LEASE_MS } from '../state/lease';
import { recordEvents } from './optOutWriting';

/** So many people take 15 ms. */
const AT_ONCE = 500;

/**
 * Takes back what an import has put on the list, in steps, between which others get their turn: whoever has not been
 * reached is still opted out. That it has begun is written down first, so that what a crash interrupts is ended by the next
 * process. Returns how many were taken off; null where there is no such import.
 */
export async function undoImport(database: Database, importId: string, note: string | null): Promise<number | null> {
  const { db, engine } = database;
  const begun = await inTransaction(db, (tx) => begin(tx, engine, importId, note));
  return begun ? await proceed(database, { importId, note }) : null;
}

/** Ends what processes have begun that died meanwhile. */
export async function finishUndos(database: Database): Promise<void> {
  const { db, engine } = database;
  const found = await sql<{ import_id: string; note: string | null }>`
    select import_id, note from opt_out_undos
    where done_at is null and ${isLapsed(engine, sql`working_until`)}`.execute(db);
  for (const { import_id: importId, note } of found.rows) await proceed(database, { importId, note });
}

type Undo = { readonly importId: string; readonly note: string | null };

async function begin(tx: Transaction<Schema>, engine: Engine, importId: string, note: string | null): Promise<boolean> {
  const known = await tx
    .selectFrom('opt_out_events')
    .select('event_key')
    .where('import_id', '=', importId)
    .limit(1)
    .execute();
  if (known.length === 0) return false;
  await sql`
    insert into opt_out_undos (import_id, note, removed, working_until, done_at)
    values (${importId}, ${note}, 0, ${engine.now} + ${LEASE_MS}, null)
    on conflict (import_id) do update set
      removed = case when opt_out_undos.done_at is null then opt_out_undos.removed else 0 end,
      note = excluded.note, working_until = excluded.working_until, done_at = null`.execute(tx);
  return true;
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
  const found = await sql<{ recipient_number: string }>`
    select recipient_number from opt_outs
    where import_id = ${undo.importId} and recipient_number > ${after}
    order by recipient_number limit ${AT_ONCE} ${engine.forUpdate}`.execute(tx);
  const numbers = found.rows.map((row) => row.recipient_number);
  const last = numbers.at(-1);
  if (last === undefined) return null;
  const left = await leaveToOtherImports(tx, engine, undo.importId, numbers);
  const removed = numbers.filter((number) => !left.has(number));
  await sql`
    delete from opt_outs where recipient_number in (select value from ${engine.stringRows(removed)} as r)`.execute(tx);
  await recordEvents(tx, engine, removed, 'opted_in', { source: 'import', ...undo });
  await sql`
    update opt_out_undos set removed = removed + ${removed.length}, working_until = ${engine.now} + ${LEASE_MS}
    where import_id = ${undo.importId}`.execute(tx);
  return last;
}

/** Whom another import names as well stays, as that one's, unless that one is taken back too. Returns those. */
async function leaveToOtherImports(
  tx: Transaction<Schema>,
  engine: Engine,
  importId: string,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await sql<{ value: string; import_id: string }>`
    select r.value, max(e.import_id) as import_id from ${engine.stringRows(numbers)} as r
    join opt_out_events e on e.recipient_number = r.value
    where e.event = 'opted_out' and e.import_id is not null and e.import_id <> ${importId}
      and not exists (select 1 from opt_out_undos u where u.import_id = e.import_id)
    group by r.value`.execute(tx);
  if (found.rows.length > 0) {
    await sql`
      update opt_outs set import_id = o.import_id
      from ${engine.recordRows(found.rows, { value: 'text', import_id: 'text' })} as o
      where opt_outs.recipient_number = o.value`.execute(tx);
  }
  return new Set(found.rows.map(({ value }) => value));
}

async function end(db: Kysely<Schema>, engine: Engine, { importId }: Undo): Promise<number> {
  const ended = await sql<{ removed: number }>`
    update opt_out_undos set done_at = coalesce(done_at, ${engine.now}) where import_id = ${importId}
    returning removed`.execute(db);
  return ended.rows[0]?.removed ?? 0;
}
