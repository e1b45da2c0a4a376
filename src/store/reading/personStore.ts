import { sql } from 'kysely';
import type { BatchStatus } from '../../domain/states/batchState';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import { STATUS_OF_WAITING } from '../../domain/states/recipientState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import { heldBackUntil } from './heldBack';
import { searchWaiting, type WaitingPlace } from './waitingSearch';
import { waitingOutcome, writtenOutcome, type OutcomeRow, type TextOutcome } from './textOutcome';

/** What one broadcast did for one person; times in milliseconds since 1970. */
export type Participation = TextOutcome & {
  readonly broadcastKey: number;
  readonly broadcastId: string;
  readonly name: string | null;
  readonly isTest: boolean;
  readonly broadcastStatus: BroadcastStatus;
  readonly createdAt: number;
  /** What all of it are told, unless they have a text of their own; empty where it was masked. */
  readonly broadcastText: string;
  /** Whose broadcast it is; null where it is nobody's. */
  readonly creatorId: string | null;
};

export type ParticipationQuery = {
  readonly limit: number;
  readonly after: number | null;
  /** Only in broadcasts of this one. */
  readonly creatorId?: string;
};

export type PersonStore = {
  /** The broadcasts that name the person in any spelling, by the canonical number, latest first, after the one with the given key. */
  participations(number: string, query: ParticipationQuery): Promise<Page<Participation>>;
};

export function createPersonStore(database: Database): PersonStore {
  return {
    async participations(number, { limit, after, creatorId }) {
      // In this order a batch that is claimed meanwhile is seen twice rather than not at all.
      const before = (await waiting(database, number, after)).filter((one) => isOf(one.creatorId, creatorId));
      const found = await written(database, number, { limit: limit + 1, after, creatorId });
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
  broadcast_text: string;
  creator_id: string | null;
};

const BROADCAST_COLUMNS = sql.raw(
  'c.broadcast_key, c.id, c.name, c.is_test, c.status as broadcast_status, c.created_at, c.creator_id, c.message_text as broadcast_text',
);

const participationOf = (row: BroadcastRow, outcome: TextOutcome): Participation => ({
  ...outcome,
  broadcastKey: row.broadcast_key,
  broadcastId: row.id,
  name: row.name,
  isTest: row.is_test === 1,
  broadcastStatus: row.broadcast_status,
  createdAt: row.created_at,
  broadcastText: row.broadcast_text,
  creatorId: row.creator_id,
});

const isOf = (creator: string | null, wanted: string | undefined): boolean =>
  wanted === undefined || creator === wanted;

async function written(
  { db, engine }: Database,
  number: string,
  { limit, after, creatorId }: Pick<ParticipationQuery, 'limit' | 'after'> & { readonly creatorId: string | undefined },
): Promise<Participation[]> {
  const found = await sql<BroadcastRow & OutcomeRow & { not_before: number | null; message_text: string | null }>`
    select ${BROADCAST_COLUMNS}, r.batch_number, r.status, r.plivo_message_uuid, r.second_message_uuid, r.error_code, r.error_reason, r.units,
      r.cost, r.status_updated_at, ${heldBackUntil(engine, 'b')} as not_before, b.message_text
    from broadcast_recipients r
    join broadcasts c on c.broadcast_key = r.broadcast_key
    left join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
    where (r.recipient_number = ${number} or r.canonical_number = ${number}) and c.hidden is null ${after === null ? sql`` : sql`and r.broadcast_key < ${after}`}
      ${creatorId === undefined ? sql`` : sql`and c.creator_id = ${creatorId}`}
    order by r.broadcast_key desc limit ${limit}`.execute(db);
  return found.rows.map((row) => participationOf(row, writtenOutcome(row, row.not_before, row.message_text)));
}

/** Until its first claim, a batch keeps its people in one text. */
async function waiting(database: Database, number: string, before: number | null): Promise<Participation[]> {
  const { db, engine } = database;
  const found: Participation[] = [];
  for (const place of await searchWaiting(database, number, { before }))
    found.push(...(await readWaiting(db, engine, place)));
  return found;
}

async function readWaiting(
  db: Database['db'],
  engine: Engine,
  { broadcastKey, batch }: WaitingPlace,
): Promise<Participation[]> {
  const found = await sql<BroadcastRow & WaitingRow>`
    select ${BROADCAST_COLUMNS}, b.number, b.status as batch_status, b.status_updated_at,
      ${heldBackUntil(engine, 'b')} as not_before, b.message_text
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where b.broadcast_key = ${broadcastKey} and b.number = ${batch} and b.recipients is not null
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
