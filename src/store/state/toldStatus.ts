import { sql, type Transaction } from 'kysely';
import { outcomeOf } from '../../domain/states/broadcastState';
import { eventOfStatus } from '../../domain/states/webhookEvent';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable, Schema } from '../engine/schema';
import { batchCountsOf, recipientCountsOf } from './counts/counts';
import { wantsOf, writeDown } from './told';

/**
 * Tells in which state a broadcast is, where that is worth telling: its own address, and the one where everything goes.
 * One look where nobody is to be told. The caller holds its row, so that what is told of it stands in order.
 */
export async function tellStatus(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const found = await sql<ToldRow>`
    select c.*, a.url as default_url, a.wanted, ${engine.now} as now
    from broadcasts c left join webhook_addresses a on a.is_default = 1
    where c.broadcast_key = ${broadcastKey} and (c.callback_url is not null or a.url is not null)`.execute(tx);
  const [row] = found.rows;
  const event = row === undefined ? null : eventOfStatus(row.status);
  if (row === undefined || event === null || isStillEnding(row)) return;
  const news = { event, data: toldOf(row), broadcast: { key: broadcastKey, id: row.id } };
  const urls = new Set([wantsOf(row.wanted)(event) ? row.default_url : null, row.callback_url]);
  await writeDown(
    tx,
    [...urls].filter((url) => url !== null).map((url) => ({ ...news, url })),
    row.now,
  );
}

type ToldRow = BroadcastsTable & {
  readonly default_url: string | null;
  readonly wanted: string | null;
  readonly now: number;
};

/** Of a cancel is told once it is known what became of everybody: calls may be under way still. */
const isStillEnding = (row: ToldRow): boolean => row.status === 'cancelled' && outcomeOf(batchCountsOf(row)) === null;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A broadcast as it stood then, by the names that its representation has for the same. */
const toldOf = (row: ToldRow) => ({
  id: row.id,
  status: row.status,
  name: row.name,
  topic: row.topic,
  test: row.is_test === 1,
  retryOf: row.retry_of,
  createdAt: iso(row.created_at),
  processedAt: iso(row.processed_at),
  recipients: {
    submitted: row.submitted,
    accepted: row.accepted,
    duplicates: row.duplicates,
    invalid: row.invalid_at_acceptance,
    optedOut: row.opted_out_at_acceptance,
  },
  batches: { total: row.batches_total, ...batchCountsOf(row) },
  delivery: recipientCountsOf(row),
  pauseReason: row.status === 'paused' ? row.pause_reason : null,
  links: { self: `/broadcast/${row.id}` },
});
