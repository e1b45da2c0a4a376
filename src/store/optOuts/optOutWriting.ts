import { sql, type Transaction } from 'kysely';
import { weakerThan, type OptOutEvent, type OptOutSource } from '../../domain/states/optOut';
import { isAnyHashed } from '../state/guards/hashedNumber';
import { hashedSince, namesOnTheList } from '../state/guards/optedOut';
import { tell } from '../state/told';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Who says so, and why. */
export type OptOutNote = {
  readonly source: OptOutSource;
  readonly note: string | null;
  readonly importId: string | null;
};

/**
 * Puts numbers on the list and writes down each change. Returns the numbers that were not on it before. Called last in a
 * transaction but for what is told of it, and in one order of the numbers: transactions of several instances may concern the same ones.
 */
export async function optOut(
  tx: Transaction<Schema>,
  engine: Engine,
  numbers: readonly string[],
  by: OptOutNote,
): Promise<string[]> {
  const added: string[] = [];
  let known: readonly string[] = [...new Set(numbers)].sort();
  for (let held = 0; known.length > held;) {
    const isNew = await insertNew(tx, engine, known, by);
    added.push(...isNew);
    known = known.filter((number) => !isNew.has(number));
    // Whom somebody else is just taking off the list is still found on it, and gone when that is committed: once more.
    held = await hold(tx, engine, known);
  }
  const confirmed = await confirmKnown(tx, engine, known, by);
  await recordEvents(tx, engine, [...added, ...confirmed], 'opted_out', by);
  // Whoever was on it as a hash only is called by their number again, and is no news.
  const news = await exceptHashed(tx, engine, added);
  await tellOfOptOuts(tx, engine, news, by);
  return news;
}

async function exceptHashed(tx: Transaction<Schema>, engine: Engine, numbers: string[]): Promise<string[]> {
  if (numbers.length === 0 || !(await isAnyHashed(tx))) return numbers;
  const known = await hashedSince(tx, engine, numbers);
  return numbers.filter((number) => !known.has(number));
}

/** Whoever imports a list knows who is on it. */
async function tellOfOptOuts(
  tx: Transaction<Schema>,
  engine: Engine,
  numbers: readonly string[],
  { source, note }: OptOutNote,
): Promise<void> {
  if (source === 'import') return;
  const news = numbers.map((number) => ({
    event: 'recipient.opted_out' as const,
    number,
    data: { number, source, note },
  }));
  await tell(tx, engine, news);
}

async function insertNew(
  tx: Transaction<Schema>,
  engine: Engine,
  numbers: readonly string[],
  { source, importId }: OptOutNote,
): Promise<ReadonlySet<string>> {
  const inserted = await sql<{ recipient_number: string }>`
    insert into opt_outs (recipient_number, source, opted_out_at, import_id)
    select r.value, ${source}, ${engine.now}, cast(${importId} as text)
    from ${engine.stringRows(numbers)} as r where true
    on conflict (recipient_number) do nothing returning recipient_number`.execute(tx);
  return new Set(inserted.rows.map((row) => row.recipient_number));
}

/** Nobody else takes these off the list until the transaction ends. Returns how many of them are on it. */
async function hold(tx: Transaction<Schema>, engine: Engine, numbers: readonly string[]): Promise<number> {
  if (numbers.length === 0) return 0;
  const held = await sql`
    select recipient_number from opt_outs
    where recipient_number in (select value from ${engine.stringRows(numbers)} as r)
    order by recipient_number ${engine.forUpdate}`.execute(tx);
  return held.rows.length;
}

/** Of those who were on the list already: whose entry is another's now, and of an import whoever it names too. */
async function confirmKnown(
  tx: Transaction<Schema>,
  engine: Engine,
  known: readonly string[],
  { source }: OptOutNote,
): Promise<readonly string[]> {
  if (source === 'import' || known.length === 0) return known;
  const changed = await sql<{ recipient_number: string }>`
    update opt_outs set source = ${source}, import_id = null
    where recipient_number in (select value from ${engine.stringRows(known)} as k)
      and source in (${sql.join(weakerThan(source))}) returning recipient_number`.execute(tx);
  return changed.rows.map((row) => row.recipient_number);
}

/**
 * Takes a person off the list, by their canonical number. Returns false where they were not on it. One name after the other:
 * whoever is just being erased is found as the hash once that is committed.
 */
export async function optIn(tx: Transaction<Schema>, engine: Engine, number: string, by: OptOutNote): Promise<boolean> {
  const removed: string[] = [];
  for (const name of await namesOnTheList(tx, number)) {
    const { numDeletedRows } = await tx
      .deleteFrom('opt_outs')
      .where('recipient_number', '=', name)
      .executeTakeFirstOrThrow();
    if (numDeletedRows > 0n) removed.push(name);
  }
  // Of an erased person the number is not written down again.
  await recordEvents(tx, engine, removed.slice(0, 1), 'opted_in', by);
  return removed.length > 0;
}

export async function recordEvents(
  tx: Transaction<Schema>,
  engine: Engine,
  numbers: readonly string[],
  event: OptOutEvent,
  { source, note, importId }: OptOutNote,
): Promise<void> {
  if (numbers.length === 0) return;
  await sql`
    insert into opt_out_events (recipient_number, event, source, note, import_id, created_at)
    select r.value, ${event}, ${source}, cast(${note} as text), cast(${importId} as text), ${engine.now}
    from ${engine.stringRows(numbers)} as r`.execute(tx);
}
