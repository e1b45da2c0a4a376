import { sql, type Transaction } from 'kysely';
import type { BatchStatus } from '../../../domain/states/batchState';
import {
  BROADCAST_STATES,
  isFinal,
  outcomeOf,
  type BatchCounts,
  type BroadcastEvent,
  type BroadcastStatus,
} from '../../../domain/states/broadcastState';
import type { RecipientStatus } from '../../../domain/states/recipientState';
import { eventOfStatus } from '../../../domain/states/webhookEvent';
import { nextState } from '../../../domain/states/stateTable';
import { BATCH_COLUMNS, batchCountsOf, RECIPIENT_COLUMNS } from './counts';
import { tellStatus } from '../toldStatus';
import type { Engine } from '../../engine/engine';
import type { BroadcastsTable, Schema } from '../../engine/schema';

type CounterColumn = (typeof BATCH_COLUMNS)[BatchStatus] | (typeof RECIPIENT_COLUMNS)[RecipientStatus];

/**
 * Collects by how much the counters of one broadcast change within a transaction, so that its row is written once and
 * last of what it counts: see the order in which every transaction locks, in ARCHITECTURE.md, so that none deadlocks another.
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

  /** How many batches more are in this state. */
  batchesMoved(status: BatchStatus): number {
    return this.#changes.get(BATCH_COLUMNS[status]) ?? 0;
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
  else if (status === 'cancelled' && outcome !== null && wasOpen(row, changes))
    await tellStatus(tx, engine, broadcastKey);
  return status;
}

/** Before these changes some batch was open. */
function wasOpen(row: BroadcastsTable, changes: CounterChanges | undefined): boolean {
  const now = Object.entries(batchCountsOf(row)) as [BatchStatus, number][];
  const before = now.map(([status, count]) => [status, count - (changes?.batchesMoved(status) ?? 0)]);
  return outcomeOf(Object.fromEntries(before) as BatchCounts) === null;
}

async function countPending(tx: Transaction<Schema>, broadcastKey: number, sender: string, by: number): Promise<void> {
  await sql`
    update broadcast_senders set batches_pending = batches_pending + ${by}
    where broadcast_key = ${broadcastKey} and sender = ${sender}`.execute(tx);
}

/** Writes a status that the state table allows; the caller holds the row. */
export async function writeStatus(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  from: BroadcastStatus,
  to: BroadcastStatus,
): Promise<void> {
  const processedAt = isFinal(to) ? sql`coalesce(processed_at, ${engine.now})` : sql`null`;
  await sql`
    update broadcasts set status = ${to}, status_updated_at = ${engine.now}, processed_at = ${processedAt}
    where broadcast_key = ${broadcastKey} and status = ${from}`.execute(tx);
  if (eventOfStatus(to) !== null) await tellStatus(tx, engine, broadcastKey);
}
