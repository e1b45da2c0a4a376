import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Phones } from '../engine/phones';
import type { Schema } from '../engine/schema';

type Ref = { readonly broadcastKey: number; readonly number: number };

/** The spellings of a batch: `canonical` in its order, `repeated` whose phone has its text under another spelling. */
export type Spellings = { readonly canonical: readonly string[]; readonly repeated: ReadonlySet<string> };

/**
 * Only broadcasts that an older version accepted hold numbers that are not canonical, or two for one phone. Everybody
 * else's claim costs one look at an index that is empty.
 */
export async function spellingsOfBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  numbers: readonly string[],
  phones: Phones,
): Promise<Spellings> {
  const canonical = numbers.map((number) => phones.canonicalOf(number));
  const isOdd = canonical.some((number, index) => number !== numbers[index]);
  if (!isOdd && !(await hasOddRows(tx))) return { canonical, repeated: new Set() };
  const known = await phonesOutside(tx, engine, ref, canonical);
  const repeated = new Set<string>();
  for (const [index, phone] of canonical.entries()) {
    if (known.has(phone)) repeated.add(numbers[index] ?? '');
    known.add(phone);
  }
  return { canonical, repeated };
}

/** In the order of the index: without statistics, PostgreSQL would else read the whole table to find none. */
async function hasOddRows(tx: Transaction<Schema>): Promise<boolean> {
  const found = await sql`
    select 1 from broadcast_recipients where canonical_number is not null
    order by canonical_number limit 1`.execute(tx);
  return found.rows.length > 0;
}

/** Which of these phones were, or may have been, texted by another batch of the broadcast, or will be by one claimed. */
async function phonesOutside(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey, number }: Ref,
  canonical: readonly string[],
): Promise<Set<string>> {
  const counts = sql`o.broadcast_key = ${broadcastKey} and o.batch_number not in (0, ${number})
    and o.status not in ('cancelled', 'invalid')`;
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(canonical)} as r
    where exists (select 1 from broadcast_recipients o where o.recipient_number = r.value and ${counts})
      or exists (select 1 from broadcast_recipients o where o.canonical_number = r.value and ${counts})`.execute(tx);
  return new Set(found.rows.map((row) => row.value));
}
