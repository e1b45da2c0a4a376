import { sql, type Transaction } from 'kysely';
import type { PlannedBatch } from '../../domain/plan/broadcastPlan';
import type { SenderLoad } from '../../domain/plan/senderLoads';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import type { CanaryStatus } from '../../domain/states/canaryState';
import type { CountryShare } from '../../domain/money/costEstimate';
import type { Numbers } from '../../domain/numbers/numberList';
import { LEASE_MS } from '../state/lease';
import type { NewRetry } from './retryTaking';
import { record } from '../access/auditLog';
import { countAgainstDay, type Creator } from '../access/dailyUse';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** A checked and planned broadcast on its way into the database. */
export type NewBroadcast = {
  readonly id: string;
  readonly name: string | null;
  /** Absent where it is nobody's. */
  readonly by?: Creator;
  readonly text: string;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  /** Told of what becomes of it; absent where nobody is. */
  readonly callbackUrl?: string | null;
  readonly quietHours: string | null;
  readonly textHash: string;
  /** Nobody gets two texts of one topic; null where it is of none. */
  readonly topic: string | null;
  /** A few try out what others would be told: it counts for nobody. Absent where it is meant. */
  readonly isTest?: boolean;
  /** Whom of another broadcast it texts anew; absent where it is not made of one. */
  readonly retry?: NewRetry;
  /** What a second person has to let go before, and until when they may; absent where nobody has to. */
  readonly approval?: { readonly digest: string; readonly withinMs: number };
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
  { batches, scheduledAt, approval }: NewBroadcast,
): Promise<BroadcastStatus> {
  const found = await sql<{ now: number }>`select ${engine.now} as now`.execute(tx);
  const isScheduled = scheduledAt !== null && scheduledAt > (found.rows[0]?.now ?? 0);
  // With nobody left to text there is nothing to wait for.
  if (batches.length === 0) return 'completed';
  if (approval !== undefined) return 'awaiting_approval';
  return isScheduled ? 'scheduled' : 'queued';
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
      callback_url: broadcast.callbackUrl ?? null,
      quiet_hours: broadcast.quietHours,
      text_hash: broadcast.textHash,
      topic: broadcast.topic,
      ...retryColumns(broadcast),
      is_test: Number(broadcast.isTest ?? false),
      ...creatorColumns(engine, broadcast),
      ...heldColumns(broadcast),
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

const heldColumns = ({ held }: NewBroadcast) => ({ held_until: held?.until ?? null, held_batches: held?.batches ?? 0 });

/** What only its course can tell. */
const NOTHING_YET = { first_answer: null, anonymized_at: null, failed_in_a_row: 0, pause_reason: null };

/** Who has made it, and whether another one has to let it go. */
const creatorColumns = (engine: Engine, broadcast: NewBroadcast) => ({
  created_by: broadcast.by?.name ?? null,
  creator_id: broadcast.by?.id ?? null,
  ...approvalColumns(engine, broadcast),
});

const retryColumns = ({ retry }: NewBroadcast) => ({
  retry_of: retry?.of ?? null,
  retry_of_key: retry?.ofKey ?? null,
  retry_root_key: retry?.rootKey ?? null,
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

function approvalColumns(engine: Engine, broadcast: NewBroadcast) {
  const { approval, batches } = broadcast;
  if (approval === undefined || batches.length === 0) return {};
  return {
    approval_state: 'pending' as const,
    approval_digest: approval.digest,
    approval_until: approvalUntil(engine, broadcast, approval.withinMs),
  };
}

/** Approved any later, the first of those who are texted by their own clock would be late already. */
function approvalUntil(engine: Engine, { sendAtLocal, scheduledAt }: NewBroadcast, withinMs: number) {
  const latest = sql<number>`${engine.now} + ${withinMs}`;
  if (sendAtLocal === null || scheduledAt === null) return latest;
  return sql<number>`
    case when ${scheduledAt} > ${engine.now} and ${scheduledAt} < ${latest}
      then cast(${scheduledAt} as bigint) else ${latest} end`;
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

/**
 * The last there is to do before others see the broadcast.
 *
 * @throws OverDailyLimitError
 */
export async function settleCreator(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<void> {
  const { id, by, accepted, retry, isTest = false, approval } = broadcast;
  await countAgainstDay(tx, engine, by, accepted);
  const details = {
    recipients: accepted,
    ...(retry === undefined ? {} : { retryOf: retry.of }),
    ...(isTest ? { test: true } : {}),
    ...(approval === undefined ? {} : { awaitsApproval: true }),
  };
  await record(tx, engine, { action: 'broadcast.created', subject: id, details });
}

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
