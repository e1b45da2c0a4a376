import { sql, type Kysely } from 'kysely';
import type { Engine } from '../../engine/engine';
import type { Schema } from '../../engine/schema';
import { hasHashed, hashedNumberOf } from './hashedNumber';

/** Who of these people is on the opt-out list now: see `optedOutSince`. */
export async function optedOutAmong(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
  nextTurn?: () => Promise<void>,
): Promise<Set<string>> {
  return new Set((await optedOutSince(db, engine, numbers, nextTurn)).keys());
}

/**
 * Who of these people, by their canonical numbers, is on the opt-out list now, as themselves or as the hash that is left of
 * an erased one, and since when, in milliseconds since 1970. Others get their turn where that takes long, and one is given.
 */
export async function optedOutSince(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
  nextTurn?: () => Promise<void>,
): Promise<Map<string, number>> {
  // In the same moment as whether anybody is hashed: whoever is erased later is still found as a number.
  const found = await sql<Entry | HashedNote>`
    ${entriesOf(engine, numbers)}
    union all select null, 0 where ${hasHashed}`.execute(db);
  const since = new Map(found.rows.flatMap(({ value, at }) => (value === null ? [] : [[value, at]])));
  if (since.size === found.rows.length) return since;
  for (let from = 0; from < numbers.length; from += HASHED_AT_ONCE) {
    await nextTurn?.();
    for (const [number, at] of await hashedSince(db, engine, numbers.slice(from, from + HASHED_AT_ONCE)))
      since.set(number, Math.min(at, since.get(number) ?? at));
  }
  return since;
}

/** So many are hashed and looked up in 4 ms. */
const HASHED_AT_ONCE = 1000;

/** As `optedOutSince`, of those only of whom a hash is left. */
export async function hashedSince(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
): Promise<Map<string, number>> {
  const hashOf = await hashedNumberOf(db);
  const people = new Map(numbers.map((number) => [hashOf(number), number]));
  const found = await entriesOf(engine, [...people.keys()]).execute(db);
  return new Map(found.rows.map(({ value, at }) => [people.get(value) ?? value, at]));
}

type Entry = { readonly value: string; readonly at: number };
/** Stands behind the entries where the list has hashed ones. */
type HashedNote = { readonly value: null; readonly at: number };

/** Looked up one by one: joined, PostgreSQL would read the whole list for each few thousand. */
const entriesOf = (engine: Engine, names: readonly string[]) => sql<Entry>`
  select value, at from (
    select r.value, (select o.opted_out_at from opt_outs o where o.recipient_number = r.value) as at
    from ${engine.stringRows(names)} as r) as looked
  where at is not null`;

/** What the list calls a person: by their canonical number, and by the hash that is left of an erased one. */
export async function namesOnTheList(db: Kysely<Schema>, number: string): Promise<readonly [string, string]> {
  const hashOf = await hashedNumberOf(db);
  return [number, hashOf(number)];
}
