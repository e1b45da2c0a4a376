import { type Kysely, sql } from 'kysely';
import { BATCH_STATUSES, type BatchStatus } from '../../domain/states/batchState';
import { STATUS_OF_WAITING, type RecipientStatus } from '../../domain/states/recipientState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import type { BatchesTable, Schema } from '../engine/schema';
import { optedOutSince } from '../state/guards/optedOut';
import { heldBackUntil } from './heldBack';
import { waitingOutcome, writtenOutcome, type TextOutcome } from './textOutcome';

/** One person in one broadcast. */
export type Recipient = TextOutcome & {
  readonly number: string;
  /** Since when the person is opted out; null while they are not. It may be later than the text. */
  readonly optedOutAt: number | null;
  readonly place: Place;
};

type Unlooked = Omit<Recipient, 'optedOutAt'>;

/** Where a recipient stands in its broadcast; pages go on after a place. */
export type Place = { readonly batch: number; readonly position: number };

export type RecipientQuery = {
  readonly status: RecipientStatus | null;
  readonly limit: number;
  /** Null from the beginning. */
  readonly after: Place | null;
};

export type RecipientStore = {
  /** The recipients in the order of their batches, each once, whether their batch was claimed yet or not. */
  page(broadcastKey: number, query: RecipientQuery): Promise<Page<Recipient, Place>>;
};

export function createRecipientStore(database: Database): RecipientStore {
  const { db, engine } = database;
  return {
    async page(broadcastKey, query) {
      const wanted = { ...query, limit: query.limit + 1 };
      const written = await writtenRecipients(db, engine, broadcastKey, wanted);
      const waiting = await waitingRecipients(database, broadcastKey, wanted, written);
      const { items, next } = pageOf([...written, ...waiting].sort(byPlace), query.limit, ({ place }) => place);
      return { items: await withOptOuts(database, items), next };
    },
  };
}

const START: Place = { batch: 0, position: -1 };
/** Of a batch number: PostgreSQL's `integer`. */
const LARGEST_INTEGER = 2 ** 31 - 1;

const byPlace = (a: Unlooked, b: Unlooked) => a.place.batch - b.place.batch || a.place.position - b.place.position;

/** Those who have a row: everybody whose batch was claimed, and who was left out at acceptance. */
async function writtenRecipients(
  db: Kysely<Schema>,
  engine: Engine,
  broadcastKey: number,
  query: RecipientQuery,
): Promise<Unlooked[]> {
  const after = query.after ?? START;
  let select = db
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_key', '=', broadcastKey)
    .where(sql<boolean>`(batch_number, position) > (${after.batch}, ${after.position})`)
    .orderBy('batch_number')
    .orderBy('position')
    .limit(query.limit);
  if (query.status !== null) select = select.where('status', '=', query.status);
  const rows = await select.execute();
  const heldBack = await heldBackBatches(db, engine, broadcastKey, rows);
  const texts = await ownTexts(db, broadcastKey, rows);
  return rows.map((row) => ({
    ...writtenOutcome(
      row,
      row.status === 'queued' ? (heldBack.get(row.batch_number) ?? null) : null,
      texts.get(row.batch_number) ?? null,
    ),
    number: row.recipient_number,
    place: { batch: row.batch_number, position: row.position },
  }));
}

/** Batches that were claimed once, not taken, and now wait for quiet hours to end. */
async function heldBackBatches(
  db: Kysely<Schema>,
  engine: Engine,
  broadcastKey: number,
  rows: readonly { batch_number: number; status: RecipientStatus }[],
): Promise<Map<number, number>> {
  const numbers = [...new Set(rows.filter(({ status }) => status === 'queued').map((row) => row.batch_number))];
  if (numbers.length === 0) return new Map();
  const held = await db
    .selectFrom('batches')
    .select('number')
    .select(heldBackUntil(engine, 'batches').as('not_before'))
    .where('broadcast_key', '=', broadcastKey)
    .where('number', 'in', numbers)
    .where('status', '=', 'pending')
    .where('not_before', 'is not', null)
    .execute();
  return new Map(held.flatMap(({ number, not_before: at }) => (at === null ? [] : [[number, at] as const])));
}

/** Of batches that say something of their own. */
async function ownTexts(
  db: Kysely<Schema>,
  broadcastKey: number,
  rows: readonly { batch_number: number }[],
): Promise<Map<number, string>> {
  const numbers = [...new Set(rows.map((row) => row.batch_number))].filter((number) => number !== 0);
  if (numbers.length === 0) return new Map();
  const found = await db
    .selectFrom('batches')
    .select(['number', 'message_text'])
    .where('broadcast_key', '=', broadcastKey)
    .where('number', 'in', numbers)
    .where('message_text', 'is not', null)
    .execute();
  return new Map(found.flatMap(({ number, message_text: text }) => (text === null ? [] : [[number, text] as const])));
}

async function withOptOuts({ db, engine, phones }: Database, recipients: readonly Unlooked[]): Promise<Recipient[]> {
  const canonical = recipients.map(({ number }) => phones.canonicalOf(number));
  const since = await optedOutSince(db, engine, [...new Set(canonical)]);
  return recipients.map((recipient, index) => ({
    ...recipient,
    optedOutAt: since.get(canonical[index] ?? '') ?? null,
  }));
}

/** So many batches of a few people are read before others get their turn. */
const BATCHES_AT_ONCE = 50;

/**
 * Those whose batch was never claimed; only as many batches are read as the page may need: none behind its last row.
 */
async function waitingRecipients(
  database: Database,
  broadcastKey: number,
  query: RecipientQuery,
  written: readonly Unlooked[],
): Promise<Unlooked[]> {
  const after = query.after ?? START;
  const statuses = BATCH_STATUSES.filter((status) => isWanted(STATUS_OF_WAITING[status], query.status));
  if (statuses.length === 0) return [];
  const lastBatch = written.length < query.limit ? LARGEST_INTEGER : (written.at(-1)?.place.batch ?? 0);
  const waiting: Unlooked[] = [];
  for (let from = after.batch, read = 1; waiting.length < query.limit; read++) {
    const batch = await nextWaiting(database, broadcastKey, { from, to: lastBatch, statuses });
    if (batch === undefined) break;
    const status = STATUS_OF_WAITING[batch.status] ?? 'queued';
    waiting.push(...expand(batch, status).filter((recipient) => isAfter(recipient, after)));
    from = batch.number + 1;
    if (read % BATCHES_AT_ONCE === 0) await database.nextTurn();
  }
  return waiting;
}

const isWanted = (status: RecipientStatus | undefined, wanted: RecipientStatus | null): boolean =>
  status !== undefined && (wanted === null || wanted === status);

const nextWaiting = (
  { db, engine }: Database,
  broadcastKey: number,
  { from, to, statuses }: { from: number; to: number; statuses: readonly BatchStatus[] },
) =>
  db
    .selectFrom('batches')
    .select(['number', 'status', 'recipients', 'status_updated_at', 'message_text'])
    .select(heldBackUntil(engine, 'batches').as('not_before'))
    .where('broadcast_key', '=', broadcastKey)
    .where('number', '>=', from)
    .where('number', '<=', to)
    .where('recipients', 'is not', null)
    .where('status', 'in', statuses)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();

const isAfter = ({ place }: Unlooked, after: Place) =>
  place.batch > after.batch || (place.batch === after.batch && place.position > after.position);

type WaitingBatch = Pick<BatchesTable, 'number' | 'recipients' | 'status_updated_at' | 'not_before' | 'message_text'>;

function expand(batch: WaitingBatch, status: RecipientStatus): Unlooked[] {
  const outcome = waitingOutcome(batch, status);
  return (JSON.parse(batch.recipients ?? '[]') as string[]).map((number, position) => ({
    ...outcome,
    number,
    place: { batch: batch.number, position },
  }));
}
