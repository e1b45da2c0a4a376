import { BATCH_STATUSES, type BatchStatus } from '../../../domain/states/batchState';
import type { BatchCounts } from '../../../domain/states/broadcastState';
import type { RecipientStatus } from '../../../domain/states/recipientState';
import type { BroadcastsTable } from '../../engine/schema';

export const BATCH_COLUMNS = {
  pending: 'batches_pending',
  sending: 'batches_sending',
  sent: 'batches_sent',
  unconfirmed: 'batches_unconfirmed',
  held: 'batches_held',
  failed: 'batches_failed',
  cancelled: 'batches_cancelled',
} as const satisfies Record<BatchStatus, keyof BroadcastsTable>;

export const RECIPIENT_COLUMNS = {
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
