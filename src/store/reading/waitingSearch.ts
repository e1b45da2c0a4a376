import { sql } from 'kysely';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';

/** Searched in 4 ms on SQLite, in batches of any size. */
const PEOPLE_AT_ONCE = 100_000;
const MOST_BATCHES_AT_ONCE = 5000;

/** A batch that was never claimed. */
export type WaitingPlace = { readonly broadcastKey: number; readonly batch: number };

/**
 * Until its first claim, a batch keeps its people in one text that no index covers: such batches are read through, in
 * slices, so that others get their turn. Measured with a million people waiting: 40 ms on SQLite. Only batches of broadcasts
 * between `after` and `before`, both left out; null: from the first, or to the last. A person may be in one under any spelling; `number` is the canonical one.
 */
export async function searchWaiting(
  database: Database,
  number: string,
  { after = null, before = null }: { readonly after?: number | null; readonly before?: number | null },
): Promise<readonly WaitingPlace[]> {
  const { nextTurn, phones } = database;
  const found: WaitingPlace[] = [];
  const spellings = [number, ...phones.spellingsOf(number)];
  for (let from = await nextWaiting(database, { after: after ?? -1, before }); from !== null;) {
    const seen = await searchSlice(database, from, spellings);
    for (const batch of seen.named) found.push({ broadcastKey: from.key, batch });
    if (seen.last === null) from = await nextWaiting(database, { after: from.key, before });
    else from = { ...from, number: seen.last };
    await nextTurn();
  }
  return found;
}

/** The batches of a broadcast after the one with the number, so many at once. */
type WaitingFrom = { readonly key: number; readonly number: number; readonly atOnce: number };

async function nextWaiting(
  { db }: Database,
  { after, before }: { readonly after: number; readonly before: number | null },
): Promise<WaitingFrom | null> {
  const found = await sql<{ broadcast_key: number; accepted: number; batches_total: number }>`
    select broadcast_key, accepted, batches_total from broadcasts where broadcast_key =
      (select min(broadcast_key) from batches where recipients is not null and broadcast_key > ${after}
        ${before === null ? sql`` : sql`and broadcast_key < ${before}`})`.execute(db);
  const [row] = found.rows;
  if (row === undefined) return null;
  const ofSuchSize = Math.ceil((PEOPLE_AT_ONCE * row.batches_total) / Math.max(1, row.accepted));
  return { key: row.broadcast_key, number: 0, atOnce: Math.min(ofSuchSize, MOST_BATCHES_AT_ONCE) };
}

/** Which batches of the slice name the person, and its last one; null where there was none. */
async function searchSlice(
  { db, engine }: Database,
  { key, number, atOnce }: WaitingFrom,
  spellings: readonly string[],
): Promise<{ named: number[]; last: number | null }> {
  const { rows } = await sql<{ number: number; is_named: boolean | number }>`
    with slice as materialized (
      select number, (${contains(engine, spellings)}) as is_named from batches
      where broadcast_key = ${key} and number > ${number} and recipients is not null
      order by number limit ${atOnce})
    select number, is_named from slice where is_named or number = (select max(number) from slice)
    order by number`.execute(db);
  const named = rows.filter((row) => row.is_named).map((row) => row.number);
  return { named, last: rows.at(-1)?.number ?? null };
}

/** As it stands in the JSON array, quotes included: one number is never a part of another. */
function contains(engine: Engine, spellings: readonly string[]) {
  const place = sql.raw(engine.kind === 'sqlite' ? 'instr' : 'strpos');
  return sql.join(
    spellings.map((number) => sql`${place}(recipients, ${`"${number}"`}) > 0`),
    sql` or `,
  );
}
