import { sql, type Transaction } from 'kysely';
import type { PlannedBatch } from '../../domain/plan/broadcastPlan';
import type { SenderLoad } from '../../domain/plan/senderLoads';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import type { CanaryStatus } from '../../domain/states/canaryState';
import type { CountryShare } from '../../domain/money/costEstimate';
import { everyNumber, type Numbers } from '../../domain/numbers/numberList';
import { LEASE_MS } from '../state/lease';
import type { NewRetry } from './retryTaking';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** A checked and planned broadcast on its way into the database. */
export type NewBroadcast = {
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  readonly quietHours: string | null;
  readonly textHash: string;
  /** Nobody gets two texts of one topic; null where it is of none. */
  readonly topic: string | null;
  /** A few try out what others would be told: it counts for nobody. Absent where it is meant. */
  readonly isTest?: boolean;
  /** Whom of another broadcast it texts anew; absent where it is not made of one. */
  readonly retry?: NewRetry;
  /** When the first of them may go; milliseconds since 1970, null for at once. */
  readonly scheduledAt: number | null;
  /** At which time of their own clocks people are texted, as it was written; null where all go together. */
  readonly sendAtLocal: string | null;
  readonly encoding: string;
  /** The most that one person's text has. */
  readonly segmentsPerMessage: number;
  readonly segments: number;
  /** Where not all are told the same. */
  readonly personal: { readonly distinct: number; readonly leastSegments: number } | null;
  /** What it takes from saved lists and templates; absent where it takes nothing. */
  readonly saved?: {
    readonly template: { readonly name: string; readonly version: number } | null;
    readonly lists: readonly string[];
    readonly exceptLists: readonly string[];
  };
  /** People who were left out for one of the latter; they are in no other count. */
  readonly excepted?: number;
  readonly submitted: number;
  readonly duplicates: number;
  /** How many are in the batches. */
  readonly accepted: number;
  readonly invalid: readonly { readonly value: string; readonly reason: string }[];
  readonly optedOut: Numbers;
  readonly batches: NewBatches;
  /** How it was asked for, and how many people in how many of the batches go first; null where nobody waits for others. */
  readonly canary: {
    readonly recipients: number;
    readonly waitSeconds: number;
    readonly maxFailureRate: number;
    readonly picked: { readonly recipients: number; readonly batches: number };
  } | null;
  /** When quiet hours and people's clocks let the last of them go, and how many those are; null where they hold nothing back. */
  readonly held: { readonly until: number; readonly batches: number } | null;
  readonly countries: readonly CountryShare[];
  /** What goes through each sender; empty where it is all the broadcast's own. */
  readonly senders: readonly SenderLoad[];
  /** Of the estimated cost. */
  readonly currency: string | null;
  readonly idempotency: Idempotency | null;
  /** How long the caller will wait, if the broadcast turns out to be a single call; it then fails fast. */
  readonly waitMs: number;
};

/** Those of a canary come first, and of both parts those who may go first. */
export type NewBatches = { readonly length: number; slice(from: number, to: number): readonly NewBatch[] };

export type NewBatch = PlannedBatch & {
  /** Unguessable, for its callbacks. */
  readonly token: string;
};

export type Idempotency = { readonly key: string; readonly requestHash: string };

type LeftOut = { readonly value: string; readonly status: string; readonly reason: string | null };

/** Those who are in no batch are recorded too: nobody is ever missing from the sum. */
export const leftOutCount = ({ invalid, optedOut }: NewBroadcast): number => invalid.length + optedOut.length;

/** From one place to another, the invalid entries first; there may be as many as people. */
export const leftOutOf = ({ invalid, optedOut }: NewBroadcast, from: number, to: number): LeftOut[] => [
  ...invalid.slice(from, to).map(({ value, reason }) => ({ value, status: 'invalid', reason })),
  ...optedOut
    .slice(Math.max(0, from - invalid.length), Math.max(0, to - invalid.length))
    .map((value) => ({ value, status: 'optedOut', reason: null })),
];

/** How the broadcast begins. */
export async function beginning(
  tx: Transaction<Schema>,
  engine: Engine,
  { batches, scheduledAt }: NewBroadcast,
): Promise<BroadcastStatus> {
  const found = await sql<{ now: number }>`select ${engine.now} as now`.execute(tx);
  const isScheduled = scheduledAt !== null && scheduledAt > (found.rows[0]?.now ?? 0);
  // With nobody left to text there is nothing to wait for.
  return batches.length === 0 ? 'completed' : isScheduled ? 'scheduled' : 'queued';
}

/** The broadcast's own row, its counters at the beginning; returns its key. */
export async function insertBroadcast(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcast: NewBroadcast,
): Promise<number> {
  const { batches, held, personal } = broadcast;
  const status = await beginning(tx, engine, broadcast);
  // Whoever waits for a call that is hours away waits in vain.
  const isAwaited = batches.length === 1 && held === null && status === 'queued' && broadcast.waitMs > 0;
  const inserted = await tx
    .insertInto('broadcasts')
    .values({
      id: broadcast.id,
      name: broadcast.name,
      message_text: broadcast.text,
      sender: broadcast.sender,
      powerpack_uuid: broadcast.powerpackUuid,
      expiry_seconds: broadcast.expirySeconds,
      encoding: broadcast.encoding,
      segments_per_message: broadcast.segmentsPerMessage,
      segments_total: broadcast.segments,
      distinct_texts: personal?.distinct ?? null,
      segments_least: personal?.leastSegments ?? null,
      media_urls: broadcast.mediaUrls === null ? null : JSON.stringify(broadcast.mediaUrls),
      quiet_hours: broadcast.quietHours,
      text_hash: broadcast.textHash,
      topic: broadcast.topic,
      ...retryColumns(broadcast),
      is_test: Number(broadcast.isTest ?? false),
      held_until: held?.until ?? null,
      held_batches: held?.batches ?? 0,
      currency: broadcast.currency,
      status,
      hidden: null,
      arriving_until: null,
      ...NOTHING_YET,
      ...savedColumns(broadcast),
      ...canaryColumns(broadcast),
      submitted: broadcast.submitted,
      duplicates: broadcast.duplicates,
      accepted: broadcast.accepted,
      invalid_at_acceptance: broadcast.invalid.length,
      opted_out_at_acceptance: broadcast.optedOut.length,
      ...countersAtBeginning(broadcast),
      idempotency_key: broadcast.idempotency?.key ?? null,
      request_hash: broadcast.idempotency?.requestHash ?? null,
      // Renewed for as long as the caller is being kept waiting.
      waiting_until: isAwaited ? sql<number>`${engine.now} + ${LEASE_MS}` : null,
      turn_at: engine.now,
      created_at: engine.now,
      scheduled_at: broadcast.scheduledAt,
      send_at_local: broadcast.sendAtLocal,
      processed_at: batches.length === 0 ? engine.now : null,
      status_updated_at: engine.now,
    })
    .returning('broadcast_key')
    .executeTakeFirstOrThrow();
  return inserted.broadcast_key;
}

/** What only its course can tell. */
const NOTHING_YET = { first_answer: null, failed_in_a_row: 0, pause_reason: null };

const retryColumns = ({ retry }: NewBroadcast) => ({
  retry_of: retry?.of ?? null,
  retry_of_key: retry?.ofKey ?? null,
  retried: 0,
});

const savedColumns = ({ saved, excepted = 0 }: NewBroadcast) => ({
  template_name: saved?.template?.name ?? null,
  template_version: saved?.template?.version ?? null,
  lists: saved === undefined ? null : JSON.stringify(saved.lists),
  except_lists: saved === undefined ? null : JSON.stringify(saved.exceptLists),
  excepted,
});

function canaryColumns({ canary, batches }: NewBroadcast) {
  if (canary === null) return {};
  const { picked, ...asked } = canary;
  const state: CanaryStatus = picked.batches === batches.length ? 'unneeded' : 'sending';
  return {
    canary: JSON.stringify(asked),
    canary_state: state,
    canary_recipients: picked.recipients,
    canary_batches: picked.batches,
  };
}

/** Who is in a batch is queued, who is left out has their end; no batch has been touched. */
const countersAtBeginning = ({ batches, accepted, invalid, optedOut }: NewBroadcast) => ({
  recipients_queued: accepted,
  recipients_sent: 0,
  recipients_delivered: 0,
  recipients_undelivered: 0,
  recipients_failed: 0,
  recipients_invalid: invalid.length,
  recipients_opted_out: optedOut.length,
  recipients_cancelled: 0,
  recipients_unknown: 0,
  texted_twice: 0,
  batches_total: batches.length,
  batches_pending: batches.length,
  batches_sending: 0,
  batches_sent: 0,
  batches_unconfirmed: 0,
  batches_held: 0,
  batches_failed: 0,
  batches_cancelled: 0,
});

/** `from`: the place of the first of them among all that are left out. */
export async function insertLeftOut(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  from: number,
  leftOut: readonly LeftOut[],
): Promise<void> {
  if (leftOut.length === 0) return;
  const rows = leftOut.map((row, index) => ({ ...row, position: from + index }));
  await sql`
    insert into broadcast_recipients
      (broadcast_key, batch_number, position, recipient_number, status, error_reason, status_updated_at)
    select ${broadcastKey}, 0, r.position, r.value, r.status, r.reason, ${engine.now}
    from ${engine.recordRows(rows, { value: 'text', status: 'text', reason: 'text', position: 'integer' })} as r`.execute(
    tx,
  );
}

/** `from`: how many batches stand before these. */
export async function insertBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
  from: number,
  batches: readonly NewBatch[],
): Promise<void> {
  if (batches.length === 0) return;
  await (broadcast.personal === null ? insertLargeCalls : insertOwnTexts)(tx, engine, {
    broadcastKey,
    broadcast,
    from,
    batches,
  });
}

type Insertion = {
  readonly broadcastKey: number;
  readonly broadcast: NewBroadcast;
  readonly from: number;
  readonly batches: readonly NewBatch[];
};

/** A few long arrays of people: each as a parameter, which nobody has to take apart. */
async function insertLargeCalls(tx: Transaction<Schema>, engine: Engine, insertion: Insertion): Promise<void> {
  const { broadcastKey, broadcast, from, batches } = insertion;
  const rows = batches.map((batch, index) => {
    const { sender, powerpackUuid } = ownOrigin(batch, broadcast);
    const { recipients } = batch;
    return sql`(${broadcastKey}, ${from + index + 1}, ${recipients.length}, ${JSON.stringify(everyNumber(recipients))},
                'pending', ${engine.now}, ${batch.token}, ${engine.now}, ${sender}, ${powerpackUuid},
                ${zonesOf(batch)}, ${batch.notBefore})`;
  });
  await sql`
    insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
      status_updated_at, sender, powerpack_uuid, zones, not_before)
    values ${sql.join(rows)}`.execute(tx);
}

/** Many short rows: one parameter for all of them, as each parameter costs more than what it holds. */
async function insertOwnTexts(tx: Transaction<Schema>, engine: Engine, insertion: Insertion): Promise<void> {
  const { broadcastKey, broadcast, from, batches } = insertion;
  const rows = batches.map((batch, index) => ({
    number: from + index + 1,
    size: batch.recipients.length,
    recipients: JSON.stringify(everyNumber(batch.recipients)),
    token: batch.token,
    zones: zonesOf(batch),
    not_before: batch.notBefore,
    text: batch.own?.text ?? null,
    segments: batch.own?.segments ?? null,
    ...ownOrigin(batch, broadcast),
  }));
  await sql`
    insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
      status_updated_at, sender, powerpack_uuid, zones, not_before, message_text, segments)
    select ${broadcastKey}, r.number, r.size, r.recipients, 'pending', ${engine.now}, r.token, ${engine.now}, r.sender,
      r."powerpackUuid", r.zones, r.not_before, r.text, r.segments
    from ${engine.recordRows(rows, OWN_COLUMNS)} as r`.execute(tx);
}

const OWN_COLUMNS = {
  number: 'integer',
  size: 'integer',
  recipients: 'text',
  token: 'text',
  zones: 'text',
  not_before: 'bigint',
  text: 'text',
  segments: 'integer',
  sender: 'text',
  powerpackUuid: 'text',
} as const;

const zonesOf = ({ zones }: NewBatch): string | null => (zones === null ? null : JSON.stringify(zones));

/** Each batch says it where not all come from whom the broadcast says. */
function ownOrigin({ origin }: NewBatch, { senders }: NewBroadcast) {
  if (senders.length === 0) return { sender: null, powerpackUuid: null };
  return 'sender' in origin
    ? { sender: origin.sender, powerpackUuid: null }
    : { sender: null, powerpackUuid: origin.powerpackUuid };
}

export async function insertSenders(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  senders: readonly SenderLoad[],
): Promise<void> {
  if (senders.length === 0) return;
  const columns = { sender: 'text', calls: 'integer', units: 'bigint' } as const;
  await sql`
    insert into broadcast_senders (broadcast_key, sender, batches_total, batches_pending, segments_total)
    select ${broadcastKey}, s.sender, s.calls, s.calls, s.units
    from ${engine.recordRows(senders, columns)} as s`.execute(tx);
}

/** The estimate; reports add to it what was billed. */
export async function insertCountries(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  countries: readonly CountryShare[],
): Promise<void> {
  if (countries.length === 0) return;
  const columns = {
    country: 'text',
    recipients: 'integer',
    segments: 'bigint',
    nanos: 'bigint',
    feeNanos: 'bigint',
  } as const;
  await sql`
    insert into broadcast_countries (broadcast_key, country, recipients, segments, estimated_nanos, estimated_fee_nanos)
    select ${broadcastKey}, c.country, c.recipients, c.segments, c.nanos, c."feeNanos"
    from ${engine.recordRows(countries, columns)} as c`.execute(tx);
}
