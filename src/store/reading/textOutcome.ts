import type { RecipientStatus } from '../../domain/states/recipientState';
import type { BatchesTable, BroadcastRecipientsTable } from '../engine/schema';

/** What has become of one broadcast's text to one person; times in milliseconds since 1970. */
export type TextOutcome = {
  readonly status: RecipientStatus;
  readonly messageUuid: string | null;
  /** Evidence of a second text: a message that Plivo's answer to the batch does not name. */
  readonly secondMessageUuid: string | null;
  readonly errorCode: string | null;
  readonly errorReason: string | null;
  readonly units: number | null;
  readonly cost: string | null;
  /** Null for those who were left out at acceptance. */
  readonly batch: number | null;
  readonly updatedAt: number;
  /** Until when quiet hours hold the text back; null where it may go or has gone. */
  readonly notBefore: number | null;
  /** What the person is told, where that is not what the broadcast says. */
  readonly text: string | null;
};

/** What `writtenOutcome` reads of a recipient's row. */
export type OutcomeRow = Pick<
  BroadcastRecipientsTable,
  | 'status'
  | 'plivo_message_uuid'
  | 'second_message_uuid'
  | 'error_code'
  | 'error_reason'
  | 'units'
  | 'cost'
  | 'batch_number'
  | 'status_updated_at'
>;

/** Of those who have a row: everybody whose batch was claimed, and who was left out at acceptance. */
export const writtenOutcome = (row: OutcomeRow, notBefore: number | null, text: string | null): TextOutcome => ({
  status: row.status,
  messageUuid: row.plivo_message_uuid,
  secondMessageUuid: row.second_message_uuid,
  errorCode: row.error_code,
  errorReason: row.error_reason,
  units: row.units,
  cost: row.cost,
  batch: row.batch_number === 0 ? null : row.batch_number,
  updatedAt: row.status_updated_at,
  notBefore,
  text,
});

/** Of those whose batch was never claimed. */
export const waitingOutcome = (
  batch: Pick<BatchesTable, 'number' | 'status_updated_at' | 'not_before' | 'message_text'>,
  status: RecipientStatus,
): TextOutcome => ({
  status,
  messageUuid: null,
  secondMessageUuid: null,
  errorCode: null,
  errorReason: null,
  units: null,
  cost: null,
  batch: batch.number,
  updatedAt: batch.status_updated_at,
  notBefore: batch.not_before,
  text: batch.message_text,
});
