import { sql } from 'kysely';
import type { BatchStatus } from '../../domain/states/batchState';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import { STATUS_OF_WAITING } from '../../domain/states/recipientState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import { heldBackUntil } from './heldBack';
import { waitingOutcome, writtenOutcome, type OutcomeRow, type TextOutcome } from './textOutcome';

/** What one broadcast did for one person; times in milliseconds since 1970. */
export type Participation = TextOutcome & {
  readonly broadcastKey: number;
  readonly broadcastId: string;
  readonly name: string | null;
  readonly isTest: boolean;
  readonly broadcastStatus: BroadcastStatus;
  readonly createdAt: number;
};

export type PersonStore = {
  /** The broadcasts that name the person in any spelling, by the canonical number, latest first, after the one with the given key. */
  participations(number: string, query: { limit: number; after: number | null }): Promise<Page<Participation>>;
};

export function createPersonStore(database: Database): PersonStore {
  return {
    async participations(number, { limit, after }) {
      // In this order a batch that is claimed meanwhile is seen twice rather than not at all.
      const before = await waiting(database, number, after);
      const found = await written(database, number, limit + 1, after);
      const known = new Set(found.map(({ broadcastKey }) => broadcastKey));
      found.push(...before.filter(({ broadcastKey }) => !known.has(broadcastKey)));
      found.sort((a, b) => b.broadcastKey - a.broadcastKey);
      return pageOf(found, limit, ({ broadcastKey }) => broadcastKey);
    },
  };
}

type BroadcastRow = {
  broadcast_key: number;
  id: string;
  name: string | null;
  is_test: number;
  broadcast_status: BroadcastStatus;
  created_at: number;
};

const BROADCAST_COLUMNS = sql.raw(
  'c.broadcast_key, c.id, c.name, c.is_test, c.status as broadcast_status, c.created_at',
);

const participationOf = (row: BroadcastRow, outcome: TextOutcome): Participation => ({
  ...outcome,
  broadcastKey: row.broadcast_key,
  broadcastId: row.id,
  name: row.name,
  isTest: row.is_test === 1,
  broadcastStatus: row.broadcast_status,
  createdAt: row.created_at,
});

async function written(
  { db, engine }: Database,
  number: string,
  limit: number,
  after: number | null,
): Promise<Participation[]> {
  const found = await sql<BroadcastRow & OutcomeRow & { not_before: number | null; message_text: string | null }>`
    select ${BROADCAST_COLUMNS}, r.batch_number, r.status, r.plivo_message_uuid, r.second_message_uuid, r.error_code, r.error_reason, r.units,
      r.cost, r.status_updated_at, ${heldBackUntil(engine, 'b')} as not_before, b.message_text
    from broadcast_recipients r
    join broadcasts c on c.broadcast_key = r.broadcast_key
    left join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
    where (r.recipient_number = ${number} or r.canonical_number = ${number}) and c.hidden is null ${after === null ? sql`` : sql`and r.broadcast_key < ${after}`}
    order by r.broadcast_key desc limit ${limit}`.execute(db);
  return found.rows.map((row) => participationOf(row, writtenOutcome(row, row.not_before, row.message_text)));
}

/** Searched in 4 ms on SQLite, in batches of any size. */
const PEOPLE_AT_ONCE = 100_000;
const MOST_BATCHES_AT_ONCE = 5000;

/**
 * Until its first claim, a batch keeps its people in one text that no index covers: such batches are read through, in
 * slices, so that others get their turn. Measured with a million people waiting: 40 ms on SQLite.
 */
async function waiting(database: Database, number: string, before: number | null): Promise<Participation[]> {
  const { db, engine, nextTurn, phones } = database;
  const found: Participation[] = [];
  const spellings = [number, ...phones.spellingsOf(number)];
  for (let from = await nextWaiting(database, { after: -1, before }); from !== null;) {
    const seen = await searchSlice(database, from, spellings);
    for (const batch of seen.named) found.push(...(await readWaiting(db, engine, { key: from.key, number: batch })));
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

async function readWaiting(
  db: Database['db'],
  engine: Engine,
  ref: { key: number; number: number },
): Promise<Participation[]> {
  const found = await sql<BroadcastRow & WaitingRow>`
    select ${BROADCAST_COLUMNS}, b.number, b.status as batch_status, b.status_updated_at,
      ${heldBackUntil(engine, 'b')} as not_before, b.message_text
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where b.broadcast_key = ${ref.key} and b.number = ${ref.number} and b.recipients is not null
      and c.hidden is null`.execute(db);
  return found.rows.map((row) =>
    participationOf(row, waitingOutcome(row, STATUS_OF_WAITING[row.batch_status] ?? 'queued')),
  );
}

type WaitingRow = {
  number: number;
  batch_status: BatchStatus;
  status_updated_at: number;
  not_before: number | null;
  message_text: string | null;
};
