import { type Kysely, sql } from 'kysely';
import type { BatchStatus } from '../domain/batchState';
import type { RecipientStatus } from '../domain/recipientState';
import type { Database } from './database';
import type { Schema } from './schema';

/** One person in one broadcast. */
export type Recipient = {
  readonly number: string;
  readonly status: RecipientStatus;
  readonly messageUuid: string | null;
  readonly errorCode: string | null;
  readonly errorReason: string | null;
  readonly units: number | null;
  readonly cost: string | null;
  /** Null for those who were left out at acceptance. */
  readonly batch: number | null;
  readonly updatedAt: number;
  readonly place: Place;
};

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
  page(broadcastKey: number, query: RecipientQuery): Promise<{ items: Recipient[]; next: Place | null }>;
};

export function createRecipientStore({ db }: Database): RecipientStore {
  return {
    async page(broadcastKey, query) {
      const wanted = { ...query, limit: query.limit + 1 };
      const written = await writtenRecipients(db, broadcastKey, wanted);
      const waiting = await waitingRecipients(db, broadcastKey, wanted, written);
      const merged = [...written, ...waiting].sort(byPlace).slice(0, wanted.limit);
      const items = merged.slice(0, query.limit);
      return { items, next: merged.length > query.limit ? (items.at(-1)?.place ?? null) : null };
    },
  };
}

const START: Place = { batch: 0, position: -1 };
/** Of a batch number: PostgreSQL's `integer`. */
const LARGEST_INTEGER = 2 ** 31 - 1;

const byPlace = (a: Recipient, b: Recipient) => a.place.batch - b.place.batch || a.place.position - b.place.position;

/** Those who have a row: everybody whose batch was claimed, and who was left out at acceptance. */
async function writtenRecipients(
  db: Kysely<Schema>,
  broadcastKey: number,
  query: RecipientQuery,
): Promise<Recipient[]> {
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
  return (await select.execute()).map((row) => ({
    number: row.recipient_number,
    status: row.status,
    messageUuid: row.plivo_message_uuid,
    errorCode: row.error_code,
    errorReason: row.error_reason,
    units: row.units,
    cost: row.cost,
    batch: row.batch_number === 0 ? null : row.batch_number,
    updatedAt: row.status_updated_at,
    place: { batch: row.batch_number, position: row.position },
  }));
}

/** What a batch's status means for the recipients in its array; other batches have no array. */
const STATUS_OF_WAITING: Partial<Record<BatchStatus, RecipientStatus>> = { pending: 'queued', cancelled: 'cancelled' };

/**
 * Those whose batch was never claimed; only as many batches are read as the page may need: none behind its last row.
 */
async function waitingRecipients(
  db: Kysely<Schema>,
  broadcastKey: number,
  query: RecipientQuery,
  written: readonly Recipient[],
): Promise<Recipient[]> {
  const after = query.after ?? START;
  const lastBatch = written.length < query.limit ? LARGEST_INTEGER : (written.at(-1)?.place.batch ?? 0);
  const waiting: Recipient[] = [];
  for (let from = after.batch; waiting.length < query.limit;) {
    const batch = await db
      .selectFrom('batches')
      .select(['number', 'status', 'recipients', 'status_updated_at'])
      .where('broadcast_key', '=', broadcastKey)
      .where('number', '>=', from)
      .where('number', '<=', lastBatch)
      .where('recipients', 'is not', null)
      .orderBy('number')
      .limit(1)
      .executeTakeFirst();
    if (batch === undefined) break;
    const status = STATUS_OF_WAITING[batch.status];
    if (status !== undefined && (query.status === null || query.status === status)) {
      waiting.push(
        ...expand(batch.number, batch.recipients, status, batch.status_updated_at).filter((r) => isAfter(r, after)),
      );
    }
    from = batch.number + 1;
  }
  return waiting;
}

const isAfter = ({ place }: Recipient, after: Place) =>
  place.batch > after.batch || (place.batch === after.batch && place.position > after.position);

function expand(batch: number, recipients: string | null, status: RecipientStatus, updatedAt: number): Recipient[] {
  return (JSON.parse(recipients ?? '[]') as string[]).map((number, position) => ({
    number,
    status,
    messageUuid: null,
    errorCode: null,
    errorReason: null,
    units: null,
    cost: null,
    batch,
    updatedAt,
    place: { batch, position },
  }));
}
