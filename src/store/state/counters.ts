import { sql, type Transaction } from 'kysely';
import { BATCH_STATUSES, type BatchStatus } from '../../domain/states/batchState';
import {
  BROADCAST_STATES,
  outcomeOf,
  type BatchCounts,
  type BroadcastEvent,
  type BroadcastStatus,
} from '../../domain/states/broadcastState';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { nextState } from '../../domain/states/stateTable';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable, Schema } from '../engine/schema';

const BATCH_COLUMNS = {
  pending: 'batches_pending',
  sending: 'batches_sending',
  sent: 'batches_sent',
  unconfirmed: 'batches_unconfirmed',
  held: 'batches_held',
  failed: 'batches_failed',
  cancelled: 'batches_cancelled',
} as const satisfies Record<BatchStatus, keyof BroadcastsTable>;

const RECIPIENT_COLUMNS = {
  queued: 'recipients_queued',
  sent: 'recipients_sent',
  delivered: 'recipients_delivered',
  undelivered: 'recipients_undelivered',
  failed: 'recipients_failed',
  invalid: 'recipients_invalid',
  optedOut: 'recipients_opted_out',
  cancelled: 'recipients_cancelled',
  unknown: 'recipients_unknown',
} as const satisfies Record<RecipientStatus, keyof BroadcastsTable>;

type CounterColumn = (typeof BATCH_COLUMNS)[BatchStatus] | (typeof RECIPIENT_COLUMNS)[RecipientStatus];

/**
 * Collects by how much the counters of one broadcast change within a transaction, so that its row is written once and
 * last: every transaction locks in the order pacing, batches, recipients, countries, broadcasts, opt-outs, and none deadlocks another.
 */
export class CounterChanges {
  readonly #changes = new Map<CounterColumn, number>();
  readonly #pendingOf = new Map<string, number>();

  /** `sender`: what the batch itself says of who it comes from. */
  moveBatch(from: BatchStatus, to: BatchStatus, sender: string | null): void {
    this.#add(BATCH_COLUMNS[from], -1);
    this.#add(BATCH_COLUMNS[to], 1);
    const change = Number(to === 'pending') - Number(from === 'pending');
    if (sender !== null) this.#pendingOf.set(sender, (this.#pendingOf.get(sender) ?? 0) + change);
  }

  moveRecipients(from: RecipientStatus, to: RecipientStatus, count: number): void {
    this.#add(RECIPIENT_COLUMNS[from], -count);
    this.#add(RECIPIENT_COLUMNS[to], count);
  }

  entries(): [CounterColumn, number][] {
    return [...this.#changes].filter(([, change]) => change !== 0);
  }

  /** By how much fewer or more batches of a sender wait, where the broadcast has several. */
  pendingBySender(): [sender: string, number][] {
    return [...this.#pendingOf].filter(([, change]) => change !== 0);
  }

  #add(column: CounterColumn, change: number): void {
    this.#changes.set(column, (this.#changes.get(column) ?? 0) + change);
  }
}

/** What to write to a broadcast's row. */
export type BroadcastUpdate = {
  readonly changes?: CounterChanges;
  readonly event?: BroadcastEvent;
  /** `end`: Plivo took a batch. `pauseAt`: it refused one for good; so many in a row pause the broadcast (0 = never). */
  readonly failuresInARow?: 'end' | { readonly pauseAt: number };
};

const isTooMany = (failures: BroadcastUpdate['failuresInARow'], count: number): boolean =>
  typeof failures === 'object' && failures.pauseAt > 0 && count >= failures.pauseAt;

async function keepPauseReason(tx: Transaction<Schema>, broadcastKey: number, failures: number): Promise<void> {
  const reason = `Plivo refused ${failures} batches in a row. Find out why, then resume or cancel the broadcast.`;
  await tx.updateTable('broadcasts').set({ pause_reason: reason }).where('broadcast_key', '=', broadcastKey).execute();
}

/**
 * Writes the changes to the broadcast's row, applies `event` where its state allows it, and ends the broadcast when its
 * last open batch was settled. Returns the status that results.
 */
export async function updateBroadcast(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  { changes, event, failuresInARow }: BroadcastUpdate,
): Promise<BroadcastStatus> {
  const sets = (changes?.entries() ?? []).map(([column, by]) => sql`${sql.ref(column)} = ${sql.ref(column)} + ${by}`);
  if (event === 'start') sets.push(sql`turn_at = ${engine.now}`);
  if (failuresInARow === 'end') sets.push(sql`failed_in_a_row = 0`);
  if (failuresInARow !== undefined && failuresInARow !== 'end') sets.push(sql`failed_in_a_row = failed_in_a_row + 1`);
  // Without a change the statement still locks the row, which the decision below needs.
  if (sets.length === 0) sets.push(sql`turn_at = turn_at`);
  const updated = await sql<BroadcastsTable>`
    update broadcasts set ${sql.join(sets)} where broadcast_key = ${broadcastKey} returning *`.execute(tx);
  const row = updated.rows[0];
  if (row === undefined) throw new Error('A batch refers to a broadcast that does not exist.');
  // Whoever writes these holds the broadcast's row.
  for (const [sender, by] of changes?.pendingBySender() ?? []) await countPending(tx, broadcastKey, sender, by);

  let status = row.status;
  if (event !== undefined) status = nextState(BROADCAST_STATES, status, event) ?? status;
  if (isTooMany(failuresInARow, row.failed_in_a_row)) {
    status = nextState(BROADCAST_STATES, status, 'pause') ?? status;
    if (status === 'paused') await keepPauseReason(tx, broadcastKey, row.failed_in_a_row);
  }
  const outcome = outcomeOf(batchCountsOf(row));
  if (outcome !== null) status = nextState(BROADCAST_STATES, status, outcome) ?? status;
  if (status !== row.status) await writeStatus(tx, engine, broadcastKey, row.status, status);
  return status;
}

async function countPending(tx: Transaction<Schema>, broadcastKey: number, sender: string, by: number): Promise<void> {
  await sql`
    update broadcast_senders set batches_pending = batches_pending + ${by}
    where broadcast_key = ${broadcastKey} and sender = ${sender}`.execute(tx);
}

const ENDED = new Set<BroadcastStatus>(['completed', 'partially_failed', 'failed', 'cancelled']);

/** Writes a status that the state table allows; the caller holds the row. */
export async function writeStatus(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  from: BroadcastStatus,
  to: BroadcastStatus,
): Promise<void> {
  const processedAt = ENDED.has(to) ? sql`coalesce(processed_at, ${engine.now})` : sql`null`;
  await sql`
    update broadcasts set status = ${to}, status_updated_at = ${engine.now}, processed_at = ${processedAt}
    where broadcast_key = ${broadcastKey} and status = ${from}`.execute(tx);
}

type BatchColumns = Pick<BroadcastsTable, (typeof BATCH_COLUMNS)[BatchStatus]>;
type RecipientColumns = Pick<BroadcastsTable, (typeof RECIPIENT_COLUMNS)[RecipientStatus]>;

/** A broadcast's counters per batch status. */
export function batchCountsOf(row: BatchColumns): BatchCounts {
  return Object.fromEntries(BATCH_STATUSES.map((status) => [status, row[BATCH_COLUMNS[status]]])) as BatchCounts;
}

/** A broadcast's counters per recipient status. */
export function recipientCountsOf(row: RecipientColumns): Record<RecipientStatus, number> {
  const entries = (Object.entries(RECIPIENT_COLUMNS) as [RecipientStatus, keyof RecipientColumns][]).map(
    ([status, column]) => [status, row[column]] as const,
  );
  return Object.fromEntries(entries) as Record<RecipientStatus, number>;
}
