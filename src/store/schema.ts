import type { Generated } from 'kysely';
import type { BatchStatus } from '../domain/batchState';
import type { BroadcastStatus } from '../domain/broadcastState';
import type { RecipientStatus } from '../domain/recipientState';

/** All times are milliseconds since 1970 UTC, as one integer type that both engines have. */
type Millis = number;

type RecipientCounters = {
  recipients_queued: number;
  recipients_sent: number;
  recipients_delivered: number;
  recipients_undelivered: number;
  recipients_failed: number;
  recipients_invalid: number;
  recipients_opted_out: number;
  recipients_cancelled: number;
  recipients_unknown: number;
};

type BatchCounters = {
  batches_total: number;
  batches_pending: number;
  batches_sending: number;
  batches_sent: number;
  batches_unconfirmed: number;
  batches_held: number;
  batches_failed: number;
  batches_cancelled: number;
};

export type BroadcastsTable = RecipientCounters &
  BatchCounters & {
    /** Internal, ascending: what other tables refer to and lists are ordered by. `id` is the public name. */
    broadcast_key: Generated<number>;
    id: string;
    name: string | null;
    message_text: string;
    sender: string | null;
    powerpack_uuid: string | null;
    expiry_seconds: number | null;
    encoding: string;
    segments_per_message: number;
    status: BroadcastStatus;
    submitted: number;
    duplicates: number;
    accepted: number;
    invalid_at_acceptance: number;
    opted_out_at_acceptance: number;
    idempotency_key: string | null;
    request_hash: string | null;
    /** JSON `{ status, body }`: what the request with the idempotency key was answered. */
    first_answer: string | null;
    /** Until when the caller of a single-call broadcast waits for its end: such a broadcast fails fast. */
    waiting_until: Millis | null;
    /** When a batch of it was last claimed: the broadcast that has waited longest goes next. */
    turn_at: Millis;
    /** Batches refused for good since the last one that Plivo took. */
    failed_in_a_row: number;
    /** Why the service itself paused the broadcast; null where a person did. */
    pause_reason: string | null;
    created_at: Millis;
    scheduled_at: Millis | null;
    processed_at: Millis | null;
    status_updated_at: Millis;
  };

export type BatchesTable = {
  broadcast_key: number;
  number: number;
  size: number;
  /** JSON array of E.164 numbers until the first claim; from then on the rows of `broadcast_recipients`. */
  recipients: string | null;
  status: BatchStatus;
  /** Tries that count against PLIVO_MAX_ATTEMPTS. */
  attempts: number;
  next_attempt_at: Millis;
  /** Goes up with every claim; guards every write of the claim's holder. */
  claim_number: number;
  lease_owner: string | null;
  lease_expires_at: Millis | null;
  callback_token: string;
  plivo_api_id: string | null;
  plivo_message: string | null;
  /** JSON arrays. */
  plivo_message_uuids: string | null;
  plivo_invalid_numbers: string | null;
  error_code: string | null;
  error_status: number | null;
  error_reason: string | null;
  claimed_at: Millis | null;
  unconfirmed_at: Millis | null;
  /** When Plivo's message list was last asked about this batch, and how often it knew nothing of it. */
  last_look_at: Millis | null;
  looks: number;
  /** Looks that could not tell: the list was refused, or what it showed may belong to another batch. */
  fruitless_looks: number;
  /** Since when no more delivery reports are waited for; null while they are. */
  reports_closed_at: Millis | null;
  status_updated_at: Millis;
};

export type BroadcastRecipientsTable = {
  broadcast_key: number;
  /** 0 for those who were refused at acceptance and are in no batch. */
  batch_number: number;
  position: number;
  recipient_number: string;
  status: RecipientStatus;
  plivo_message_uuid: string | null;
  /** Plivo's `Sequence` of the last report applied. */
  sequence: number | null;
  error_code: string | null;
  /** Only where the error code does not explain itself. */
  error_reason: string | null;
  units: number | null;
  /** Decimal text, as Plivo wrote it. */
  cost: string | null;
  /** When Plivo's message list was asked about this person, no report having come. */
  asked_at: Millis | null;
  status_updated_at: Millis;
};

export type PacingTable = {
  id: number;
  /** When the next Plivo call may start. */
  next_start_at: Millis;
  /** Set while an account fault (no credit, refused credentials) stops all dispatch. */
  fault_status: number | null;
  fault_code: string | null;
  fault_reason: string | null;
  fault_since: Millis | null;
  fault_tries: number;
  /** When the next try under a fault may be made. */
  fault_retry_at: Millis | null;
  /** JSON array: when the account's latest requests to the message list were made. */
  list_requests: string;
};

export type OptOutsTable = { recipient_number: string; source: string; opted_out_at: Millis };

export type Schema = {
  broadcasts: BroadcastsTable;
  batches: BatchesTable;
  broadcast_recipients: BroadcastRecipientsTable;
  pacing: PacingTable;
  opt_outs: OptOutsTable;
};
