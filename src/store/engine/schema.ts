import type { Generated } from 'kysely';
import type { ApprovalState } from '../../domain/states/approvalState';
import type { BatchStatus } from '../../domain/states/batchState';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import type { CanaryStatus } from '../../domain/states/canaryState';
import type { Keyword } from '../../domain/replies/keywords';
import type { ReviewDecision } from '../../domain/replies/review';
import type { OptOutEvent, OptOutSource } from '../../domain/states/optOut';
import type { DeliveryStatus, WebhookEvent } from '../../domain/states/webhookEvent';
import type { RecipientStatus } from '../../domain/states/recipientState';

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
    /** JSON array; makes it an MMS. */
    media_urls: string | null;
    /** Told of what becomes of it. */
    callback_url: string | null;
    /** `21:00-08:00`: nobody is texted within it, by their own clock. */
    quiet_hours: string | null;
    /** Digest of what is said, for finding broadcasts that say the same. */
    text_hash: string | null;
    /** Nobody gets two texts of one topic. */
    topic: string | null;
    /** 1: a few try out what others would be told. */
    is_test: number;
    /** Whose broadcast it is, as it is shown, and by a name that no other key has. */
    created_by: string | null;
    creator_id: string | null;
    /** Whether a second person lets it go; null where nobody has to. */
    approval_state: ApprovalState | null;
    /** Of what was accepted. */
    approval_digest: string | null;
    /** Until when somebody has to decide. */
    approval_until: Millis | null;
    /** Who has decided, as it is shown, when and why. */
    approval_by: string | null;
    approval_at: Millis | null;
    approval_reason: string | null;
    /** The broadcast whose people it texts anew: its public name, kept though it may be gone, and its key. */
    retry_of: string | null;
    retry_of_key: number | null;
    /** Of what all of its line was made in the end; null for what is no retry. */
    retry_root_key: number | null;
    /** 1: a retry has taken people of it, so that nothing else may stand for it. */
    retried: number;
    /** When the last of its batches may go, where quiet hours or people's clocks hold any back. */
    held_until: Millis | null;
    /** How many those are that go last. */
    held_batches: number;
    /** Of the estimated cost. */
    currency: string | null;
    encoding: string;
    /** The most that one person's text has. */
    segments_per_message: number;
    /** Different texts, and the fewest segments that one has; null where all are told the same. */
    distinct_texts: number | null;
    segments_least: number | null;
    /** Of all who were accepted. */
    segments_total: number;
    status: BroadcastStatus;
    template_name: string | null;
    template_version: number | null;
    /** JSON arrays of the names of saved lists, whose people it is for, and is not for. */
    lists: string | null;
    except_lists: string | null;
    /** People who were left out for the latter; they are in no other count. */
    excepted: number;
    /** `arriving`: written in steps, and not accepted yet; `leaving`: removed in steps. Nobody sees either. */
    hidden: 'arriving' | 'leaving' | null;
    /** When its writer is taken for dead. */
    arriving_until: Millis | null;
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
    /** JSON `{ recipients, waitSeconds, maxFailureRate }`: so many go first. Null where nobody waits for others. */
    canary: string | null;
    canary_state: CanaryStatus | null;
    /** Who was picked, and the batches that they are in: those up to this number. */
    canary_recipients: number | null;
    canary_batches: number | null;
    /** When it is judged; null while some of them are still to go. */
    canary_until: Millis | null;
    /** How many were reported on, and of these had failed, when the rest was let go; before, the counters tell. */
    canary_reported: number | null;
    canary_failed: number | null;
    /** People of whom reports say that they have a second text of it. */
    texted_twice: number;
    /** Why the service itself paused the broadcast; null where a person did. */
    pause_reason: string | null;
    created_at: Millis;
    /** When the first of its batches may go. */
    scheduled_at: Millis | null;
    /** `2030-01-31T09:00`: people are texted at that time of their own clocks; null where all go together. */
    send_at_local: string | null;
    processed_at: Millis | null;
    /** When its numbers and texts were masked. */
    anonymized_at: Millis | null;
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
  /** How often it could not be claimed since it last was. */
  claim_failures: number;
  /** When Plivo last refused it for now, and how often it has. */
  refused_at: Millis | null;
  refusals: number;
  /** Goes up with every claim; guards every write of the claim's holder. */
  claim_number: number;
  lease_owner: string | null;
  lease_expires_at: Millis | null;
  /** How long the lease was when it was taken: instances may be set differently. Milliseconds. */
  lease_ms: number | null;
  callback_token: string;
  /** Who it comes from, where not all of the broadcast come from whom it says. */
  sender: string | null;
  powerpack_uuid: string | null;
  /** What its people are told, and in how many segments, where that is not what the broadcast says. */
  message_text: string | null;
  segments: number | null;
  /** JSON array of the time zones its people may be in; null where there are no quiet hours. */
  zones: string | null;
  /** Held back until then by the quiet hours, or by `send_at_local`: a time by people's clocks, unlike `next_attempt_at`. */
  not_before: Millis | null;
  plivo_api_id: string | null;
  plivo_message: string | null;
  /** JSON arrays. */
  plivo_message_uuids: string | null;
  plivo_invalid_numbers: string | null;
  error_code: string | null;
  error_status: number | null;
  error_reason: string | null;
  claimed_at: Millis | null;
  /** When the last call of it began, and when it ended, by an answer or without one; null until it has. */
  called_at: Millis | null;
  answered_at: Millis | null;
  /** How many messages Plivo's answer names. */
  messages_taken: number | null;
  unconfirmed_at: Millis | null;
  /** When Plivo's message list was last asked about this batch, and how often it knew nothing of it. */
  last_look_at: Millis | null;
  looks: number;
  /** Looks that could not tell: the list was refused, or what it showed may belong to another batch. */
  fruitless_looks: number;
  /** Looks that were not made, as the list was away. */
  busy_looks: number;
  /** Since when no more delivery reports are waited for; null while they are. */
  reports_closed_at: Millis | null;
  status_updated_at: Millis;
};

export type BroadcastRecipientsTable = {
  broadcast_key: number;
  /** 0 for those who were refused at acceptance and are in no batch. */
  batch_number: number;
  position: number;
  /** What was, or is to be, sent. */
  recipient_number: string;
  /** The phone's canonical number where that is another; only in broadcasts of older versions. */
  canonical_number: string | null;
  status: RecipientStatus;
  plivo_message_uuid: string | null;
  /** Of a message that is not among those of the batch's own answer: evidence of a second text. */
  second_message_uuid: string | null;
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
  /** Set while something stops dispatch as a whole: the line, the account, calls that are lost one after the other. */
  fault_status: number | null;
  fault_code: string | null;
  fault_reason: string | null;
  fault_since: Millis | null;
  fault_tries: number;
  /** When the next try under a fault may be made. */
  fault_retry_at: Millis | null;
  /** How long that pause was when it began: a longer wait can only come from a clock that was set back. */
  fault_pause_ms: number | null;
  /** Until when one call feels whether the fault is over, and no other may; null when none does. */
  fault_probe_until: Millis | null;
  /** Until when Plivo has asked not to be called; null where it has not. */
  fault_asked_until: Millis | null;
  /** Since when Plivo's message list cannot be asked, and why; null while it can. */
  list_fault_since: Millis | null;
  list_fault_code: string | null;
  /** When an instance was last at work, and the last time in which none was: texts that came in then are posted again later. */
  alive_at: Millis | null;
  deaf_from: Millis | null;
  deaf_until: Millis | null;
  /** Up to when this store knows what was sent. */
  dispatched_until: Millis | null;
  /** Where it is a copy that was put back: the time of which it knows nothing, and the last broadcast that it had then. */
  doubt_from: Millis | null;
  doubt_until: Millis | null;
  doubt_key: number | null;
  /** When Plivo will have sent all it was handed, by the account's rate. */
  queue_free_at: Millis;
  /** By what the clock said then, it is seen when the clock was set back since. */
  queue_written_at: Millis;
  /** JSON array: when the account's latest requests to the message list were made. */
  list_requests: string;
  /** Billionths of the account's currency that may still be handed over; null without a limit, or while it is not known. */
  budget_left: number | null;
  /** What the account had when it was last asked, and what was denied since: the same billionths. */
  budget_balance: number | null;
  budget_needed: number;
  /** By which broadcast. */
  budget_needed_by: number | null;
  /** JSON: see `HandedOver`. */
  budget_handed: string;
  budget_read_at: Millis | null;
  /** Until when one instance asks, and no other may; null when none does. */
  budget_asked_until: Millis | null;
};

/** What Plivo has waiting for a sender whose rate is known, as `queue_free_at` and `queue_written_at` of the account. */
export type SenderQueuesTable = {
  /** The sender, whichever way it is spelled. */
  queue: string;
  free_at: Millis;
  written_at: Millis;
};

/** A broadcast's people in one country: what was expected, and what delivery reports add up to. */
export type BroadcastCountriesTable = {
  broadcast_key: number;
  /** ISO 3166; '001' for numbers of no country. */
  country: string;
  recipients: number;
  segments: number;
  /** Billionths of the currency unit; null without a price. */
  estimated_nanos: number | null;
  /** What of it is carriers' fees; null where none are known. */
  estimated_fee_nanos: number | null;
  units: number;
  cost_nanos: number;
};

/** What goes through one sender of a broadcast, where not all of it comes from whom the broadcast says. */
export type BroadcastSendersTable = {
  broadcast_key: number;
  /** Or the uuid of a Powerpack. */
  sender: string;
  batches_total: number;
  batches_pending: number;
  segments_total: number;
};

export type OptOutsTable = {
  recipient_number: string;
  source: OptOutSource;
  opted_out_at: Millis;
  /** The import that put the number there and can take it back. */
  import_id: string | null;
};

export type OptOutEventsTable = {
  event_key: Generated<number>;
  recipient_number: string;
  event: OptOutEvent;
  source: OptOutSource;
  note: string | null;
  import_id: string | null;
  created_at: Millis;
};

/** Who has the text of a topic, or may have it: kept beyond the broadcast, and so without number or name. */
export type TopicTextsTable = {
  topic_hash: string;
  /** Of this topic alone: that of another topic is another. */
  person_hash: string;
  /** The one that texts them; it may be gone. */
  broadcast_key: number;
};

/** Whom of a broadcast a retry has taken, or had taken: see `state/retriedTexts.ts`. */
export type RetriedTextsTable = {
  broadcast_key: number;
  batch_number: number;
  position: number;
  retry_key: number;
};

/** What was made once and is the same for all instances. */
export type SecretsTable = { name: 'topics' | 'inbound' | 'move'; value: string };

/** How far what older versions stored was looked through for numbers that are not canonical. */
export type NumberReviewsTable = {
  table_name: string;
  /** By which rules; others make it begin anew. */
  rules: number;
  reached: string | null;
  done_at: Millis | null;
};

/** Imports that are taken back, in steps, or will be unless they come to their end. */
export type OptOutUndosTable = {
  import_id: string;
  note: string | null;
  /** Null while the import itself is under way: only its death makes it one that is taken back. */
  asked_at: Millis | null;
  /** How many it has taken off the list. */
  removed: number;
  /** Until when whoever does it is not taken for dead. */
  working_until: Millis;
  /** Null while some may still be on the list. */
  done_at: Millis | null;
};

export type InboundMessagesTable = {
  inbound_key: Generated<number>;
  plivo_message_uuid: string;
  from_number: string;
  to_number: string;
  message_text: string;
  /** Plivo's `MessageIntent`. */
  intent: string | null;
  keyword: Keyword | null;
  /** 1: a person should read it, and has not yet. */
  needs_review: number;
  /** What a person made of it; null where nobody was asked or has answered. */
  reviewed_as: ReviewDecision | null;
  reviewed_at: Millis | null;
  created_at: Millis;
};

/** A version of a list's people. */
export type ListVersionsTable = {
  version_key: Generated<number>;
  /**
   * `arriving`: written in steps, and nobody's yet; `leaving`: no longer a list's, and kept for those who still read it;
   * `removing`: removed in steps.
   */
  state: 'arriving' | 'current' | 'leaving' | 'removing';
  /** JSON array: the names of the fields, in the order of their values. */
  fields: string;
  /** When the writer of an arriving one is taken for dead, and until when a leaving one is kept. */
  until: Millis | null;
};

export type ListChunksTable = {
  version_key: number;
  /** The range of numbers, as their digits, begins here; it ends where that of the next chunk begins. */
  from_number: number;
  /** JSON array, see `domain/lists/listPeople.ts`. */
  people: string;
};

export type ListsTable = {
  list_key: Generated<number>;
  name: string;
  version_key: number;
  /** How many people are on it. */
  recipients: number;
  /** Goes up with every change of it. */
  revision: number;
  created_at: Millis;
  updated_at: Millis;
};

export type TemplatesTable = {
  template_key: Generated<number>;
  name: string;
  /** The latest. Versions go on counting when a template is made anew, so that one never means two texts. */
  version: number;
  created_at: Millis;
  deleted_at: Millis | null;
};

export type TemplateVersionsTable = {
  template_key: number;
  version: number;
  message_text: string;
  created_at: Millis;
};

/** Where others are told, once something is to be remembered of it. */
export type WebhookAddressesTable = {
  url: string;
  /** 1: everything is told there; one at most. */
  is_default: number;
  /** JSON array of events; null where it is not that one. */
  wanted: string | null;
  /** Nothing was taken there since; null where the last was. */
  failing_since: Millis | null;
  /** Nothing is told there any more, until somebody says so. */
  put_aside_at: Millis | null;
  /** 1: it was put aside, and what waited for it has failed. */
  is_given_up: Generated<number>;
};

export type WebhookDeliveriesTable = {
  /** Ascending, for one broadcast in the order in which things happened. */
  delivery_key: Generated<number>;
  /** Public, and the same at every try. */
  id: string;
  broadcast_key: number | null;
  broadcast_id: string | null;
  /** Of the one person that it names. */
  recipient_number: string | null;
  url: string;
  /** Of the address: one receiver takes only so much at once. */
  origin: string;
  event: WebhookEvent;
  /** JSON, as it goes over the line: what is signed must not be written anew. */
  payload: string;
  status: DeliveryStatus;
  /** Since it was last to be told anew. */
  tries: Generated<number>;
  /** JSON array of `{ at, status, error, durationMs }`, the latest last. */
  attempts: Generated<string>;
  /** Why it was given up. */
  error_reason: string | null;
  /** During a try, when its lease ends; where another of its broadcast is first, when that is looked at again. */
  next_attempt_at: Millis;
  /** Of the try under way. */
  lease_id: string | null;
  lease_expires_at: Millis | null;
  created_at: Millis;
  status_updated_at: Millis;
};

export type Schema = {
  webhook_addresses: WebhookAddressesTable;
  webhook_deliveries: WebhookDeliveriesTable;
  broadcasts: BroadcastsTable;
  batches: BatchesTable;
  broadcast_recipients: BroadcastRecipientsTable;
  pacing: PacingTable;
  sender_queues: SenderQueuesTable;
  broadcast_countries: BroadcastCountriesTable;
  broadcast_senders: BroadcastSendersTable;
  opt_outs: OptOutsTable;
  opt_out_events: OptOutEventsTable;
  opt_out_undos: OptOutUndosTable;
  number_reviews: NumberReviewsTable;
  topic_texts: TopicTextsTable;
  retried_texts: RetriedTextsTable;
  secrets: SecretsTable;
  inbound_messages: InboundMessagesTable;
  lists: ListsTable;
  list_versions: ListVersionsTable;
  list_chunks: ListChunksTable;
  templates: TemplatesTable;
  template_versions: TemplateVersionsTable;
};
