import type { BatchStatus } from './batchState';
import type { StateTable } from './stateTable';

export const RECIPIENT_STATUSES = [
  'queued',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'invalid',
  'optedOut',
  'cancelled',
  'unknown',
] as const;
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number];

/** What Plivo reports of one message (Plivo docs: "Message status callbacks"). */
export const REPORTED_STATUSES = ['queued', 'sent', 'delivered', 'undelivered', 'failed'] as const;
export type ReportedStatus = (typeof REPORTED_STATUSES)[number];

const ANY_REPORT = {
  queued: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
} as const;

/**
 * What a delivery report makes of a recipient: forward only, and what Plivo reported as final stays. States that we
 * set ourselves (`unknown`, or `failed` and the like without any report) give way to every report: Plivo knows better.
 */
export const REPORTED_STATES: StateTable<RecipientStatus, ReportedStatus> = {
  queued: ANY_REPORT,
  unknown: ANY_REPORT,
  sent: { delivered: 'delivered', undelivered: 'undelivered', failed: 'failed' },
  delivered: {},
  undelivered: {},
  failed: {},
  invalid: ANY_REPORT,
  optedOut: ANY_REPORT,
  cancelled: ANY_REPORT,
};

/** What people count as whose batch was never claimed, by its status; a batch of any other status has been. */
export const STATUS_OF_WAITING: Partial<Record<BatchStatus, RecipientStatus>> = {
  pending: 'queued',
  cancelled: 'cancelled',
};
