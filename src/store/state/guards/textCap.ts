import { createHash } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { TextCap } from '../../../domain/time/textCaps';
import type { Engine } from '../../engine/engine';
import type { Schema } from '../../engine/schema';

/** People who got as many texts as one cap allows. */
export type Capped = { readonly cap: TextCap; readonly phones: ReadonlySet<string> };

/**
 * Who of these people got as many texts as a cap allows by other broadcasts, or may have got them: only those do not
 * count that are known not to have arrived. On PostgreSQL, claims of overlapping people wait for each other, so that two of
 * them do not overlook each other. `phones` are canonical. Who meets several caps is named with the first.
 */
export async function overCaps(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: { readonly broadcastKey: number },
  phones: readonly string[],
  caps: readonly TextCap[],
): Promise<Capped[]> {
  if (caps.length === 0 || phones.length === 0) return [];
  if (engine.kind === 'postgres') await lockPeople(tx, phones);
  return await countedOver(tx, engine, ref, phones, caps);
}

/**
 * A lock for each person would use up PostgreSQL's table of locks, and a row for each would have to be kept: people share
 * some few locks, taken in their order. A claim of a thousand takes all of them, one of a single person one.
 */
const LOCKS = 64;
/** "caps", to keep them apart from other advisory locks. */
const LOCK_SPACE = 0x63617073;

async function lockPeople(tx: Transaction<Schema>, phones: readonly string[]): Promise<void> {
  const locks = new Set<number>();
  for (const phone of phones) {
    if (locks.size === LOCKS) break;
    locks.add((createHash('md5').update(phone).digest()[0] ?? 0) % LOCKS);
  }
  const inOrder = [...locks].sort((a, b) => a - b);
  await sql`
    select pg_advisory_xact_lock(${LOCK_SPACE}, l.number) from unnest(${inOrder}::int[]) as l (number)`.execute(tx);
}

/** As `overCaps`, where nothing hangs on two of them at the same moment. */
export async function countedOver(
  db: Kysely<Schema>,
  engine: Engine,
  { broadcastKey }: { readonly broadcastKey: number | null },
  phones: readonly string[],
  caps: readonly TextCap[],
): Promise<Capped[]> {
  const over = new Set<string>();
  const capped: Capped[] = [];
  for (const cap of caps) {
    const counted = { ...(await broadcastsToCount(db, engine, cap.windowMs)), except: broadcastKey };
    const left = over.size === 0 ? phones : phones.filter((phone) => !over.has(phone));
    const found = new Set(await peopleOver(db, engine, left, cap, counted));
    for (const phone of found) over.add(phone);
    if (found.size > 0) capped.push({ cap, phones: found });
  }
  return capped;
}

type Counted = {
  /** Keys of broadcasts: all from this one on, and these. */
  readonly since: number;
  readonly late: readonly number[];
  /** From this one on all were made within the time, and so claimed within it. */
  readonly within: number;
  /** But this one. */
  readonly except: number | null;
};

const DAY_MS = 86_400_000;

/**
 * Broadcasts that may have been claimed within the time: those made within it and a day, and the others that were claimed
 * more than a day after they were made. Everybody's whole history would be read else.
 */
async function broadcastsToCount(
  db: Kysely<Schema>,
  engine: Engine,
  windowMs: number,
): Promise<Pick<Counted, 'since' | 'within' | 'late'>> {
  const since = await firstMadeWithin(db, engine, windowMs + DAY_MS);
  // The condition as it stands in the partial index.
  const late = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts
    where turn_at > created_at + 86400000 and turn_at > ${engine.now} - ${windowMs} and broadcast_key < ${since}`.execute(
    db,
  );
  return {
    since,
    within: await firstMadeWithin(db, engine, windowMs),
    late: late.rows.map((row) => row.broadcast_key),
  };
}

async function firstMadeWithin(db: Kysely<Schema>, engine: Engine, windowMs: number): Promise<number> {
  const first = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts where created_at > ${engine.now} - ${windowMs}
    order by created_at, broadcast_key limit 1`.execute(db);
  return first.rows[0]?.broadcast_key ?? Number.MAX_SAFE_INTEGER;
}

/**
 * Counted one by one: joined, PostgreSQL would read all there is of the time for each few thousand people. The latest
 * first, and no more than matter; when a batch was claimed is looked up only where its broadcast is older than the time.
 */
async function peopleOver(
  db: Kysely<Schema>,
  engine: Engine,
  phones: readonly string[],
  { texts, windowMs }: TextCap,
  { since, within, late, except }: Counted,
): Promise<string[]> {
  const keys = late.map((key) => ({ key }));
  const lateRows = engine.recordRows(keys, { key: 'bigint' });
  const isClaimed = sql`(o.broadcast_key >= ${within} or exists (
    select 1 from batches b
    where b.broadcast_key = o.broadcast_key and b.number = o.batch_number and b.claimed_at > ${engine.now} - ${windowMs}))`;
  const numberOf = (column: string, among: 'since' | 'late') => sql`(select count(*) from (
    select 1 from broadcast_recipients o
    where ${sql.ref(`o.${column}`)} = r.value
      and ${among === 'since' ? sql`o.broadcast_key >= ${since}` : sql`o.broadcast_key in (select key from ${lateRows} as l)`}
      ${except === null ? sql`` : sql`and o.broadcast_key <> ${except}`}
      and o.batch_number > 0 and o.status in ('queued', 'sent', 'delivered', 'unknown') and ${isClaimed}
      and not exists (select 1 from broadcasts c where c.broadcast_key = o.broadcast_key and c.is_test = 1)
    order by o.broadcast_key desc limit ${texts}) as latest)`;
  const counts = (['since', ...(late.length === 0 ? [] : (['late'] as const))] as const).flatMap((among) => [
    numberOf('recipient_number', among),
    numberOf('canonical_number', among),
  ]);
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(phones)} as r
    where ${sql.join(counts, sql` + `)} >= ${texts}`.execute(db);
  return found.rows.map((row) => row.value);
}
