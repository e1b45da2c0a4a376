import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { ApprovalState } from '../../domain/states/approvalState';
import type { BatchStatus } from '../../domain/states/batchState';
import type { BatchCounts, BroadcastStatus } from '../../domain/states/broadcastState';
import type { CountryShare } from '../../domain/money/costEstimate';
import type { CanaryStatus } from '../../domain/states/canaryState';
import type { CanaryRules } from '../../domain/outcome/canaryVerdict';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { canaryCountsOf } from '../state/counts/canaryCounts';
import { batchCountsOf, recipientCountsOf } from '../state/counts/counts';
import type { Database } from '../engine/database';
import { pageOf, type Page } from '../engine/page';
import type { BroadcastsTable } from '../engine/schema';
import { selectBatches, toBatch, type Batch } from './batchReading';

/** A broadcast as it stands; times in milliseconds since 1970. */
export type Broadcast = {
  readonly broadcastKey: number;
  readonly id: string;
  readonly name: string | null;
  /** Whose it is, as it is shown, and by a name that no other key has; null where nobody had to say. */
  readonly createdBy: string | null;
  readonly creatorId: string | null;
  readonly status: BroadcastStatus;
  readonly encoding: string;
  /** Empty where it was masked. */
  readonly text: string;
  /** When numbers and texts were masked; null while they are there. */
  readonly anonymizedAt: number | null;
  /** The most that one person's text has. */
  readonly segmentsPerMessage: number;
  readonly segmentsTotal: number;
  /** Different texts, and the fewest segments of one; null where all are told the same. */
  readonly personal: { readonly distinct: number; readonly leastSegments: number } | null;
  readonly template: { readonly name: string; readonly version: number } | null;
  /** Names of saved lists whose people it is for, and is not for. */
  readonly lists: readonly string[];
  readonly exceptLists: readonly string[];
  /** People who were left out for the latter; they are in no other count. */
  readonly excepted: number;
  readonly submitted: number;
  readonly duplicates: number;
  readonly accepted: number;
  readonly invalidAtAcceptance: number;
  readonly optedOutAtAcceptance: number;
  readonly batchesTotal: number;
  readonly batches: BatchCounts;
  readonly recipients: Readonly<Record<RecipientStatus, number>>;
  readonly createdAt: number;
  /** When the first of its batches may go; null for at once. */
  readonly scheduledAt: number | null;
  /** At which time of their own clocks people are texted, as it was written; null where all go together. */
  readonly sendAtLocal: string | null;
  readonly processedAt: number | null;
  /** People of whom reports say that they have a second text of it. */
  readonly textedTwice: number;
  /** Why the service itself paused it. */
  readonly pauseReason: string | null;
  /** Its caller is being kept waiting for the answer. */
  readonly isAwaited: boolean;
  /** Those who go first, before the others may; null where nobody waits for others. */
  readonly canary: Canary | null;
  /** Null where nobody has to let it go. */
  readonly approval: Approval | null;
  /** When quiet hours and people's clocks let its last batches go, and how many those are; null where they hold nothing back. */
  readonly held: { readonly until: number; readonly batches: number } | null;
  readonly quietHours: string | null;
  readonly topic: string | null;
  /** A few try out what others would be told. */
  readonly isTest: boolean;
  /** The broadcast whose people it texts anew. */
  readonly retryOf: string | null;
  readonly mediaUrls: readonly string[] | null;
  /** Told of what becomes of it. */
  readonly callbackUrl: string | null;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  /** Of the estimated cost; null without prices. */
  readonly currency: string | null;
};

/** Whether a second person lets it go; times in milliseconds since 1970. */
export type Approval = {
  readonly state: ApprovalState;
  readonly digest: string;
  readonly until: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly reason: string | null;
};

/** As it was asked for, and as it stands. */
export type Canary = CanaryRules & {
  /** How many were asked for, and how many were picked, in how many batches: there may be fewer. */
  readonly recipients: number;
  readonly picked: number;
  readonly batches: number;
  readonly status: CanaryStatus;
  /** How many were reported on, and of these have failed: now, or when the rest was let go. */
  readonly reported: number;
  readonly failed: number;
  /** When it is judged; null while some of them are still to go. */
  readonly until: number | null;
};

/** A broadcast's people in one country; amounts in billionths of the currency unit. */
export type CountryBill = CountryShare & {
  /** What delivery reports add up to. */
  readonly billedUnits: number;
  readonly billedNanos: number;
};

/** What a broadcast still has to send from one sender: calls to be made, and the units that they hand over. */
export type Workload = {
  readonly broadcastKey: number;
  /** Or the uuid of a Powerpack. */
  readonly sender: string;
  readonly calls: number;
  readonly units: number;
  readonly isPersonal: boolean;
  /** Its time has not come yet. */
  readonly isScheduled: boolean;
};

export type BroadcastQuery = {
  readonly status: BroadcastStatus | null;
  readonly isTest?: boolean;
  /** Only those of this one. */
  readonly creatorId?: string;
  readonly limit: number;
  readonly after: number | null;
};

export type BroadcastStore = {
  find(id: string): Promise<Broadcast | null>;
  /** Newest first, after the broadcast with the given key; tests are listed for themselves. */
  list(query: BroadcastQuery): Promise<Page<Broadcast>>;
  /** By number, after the given number. */
  batches(
    broadcastKey: number,
    query: { readonly limit: number; readonly after: number; readonly status?: BatchStatus | null },
  ): Promise<Page<Batch>>;
  /** Batches that failed, whose outcome is not known or which could not be claimed, by number. */
  batchesInTrouble(broadcastKey: number, limit: number): Promise<Batch[]>;
  /** Most people first. */
  countries(broadcastKey: number): Promise<CountryBill[]>;
  /** Of every broadcast that is under way or scheduled. */
  workloads(): Promise<Workload[]>;
  /**
   * The caller no longer waits, so that the broadcast no longer fails fast. Atomic with the failing: what `find`
   * returns afterwards is final in that respect. One that has failed by then stays marked as awaited: its caller is told.
   */
  stopWaiting(id: string): Promise<void>;
};

export function createBroadcastStore(database: Database): BroadcastStore {
  const { db } = database;
  return {
    async find(id) {
      const row = await db
        .selectFrom('broadcasts')
        .selectAll()
        .where('id', '=', id)
        .where('hidden', 'is', null)
        .executeTakeFirst();
      return row === undefined ? null : toBroadcast(row);
    },

    async list({ status, isTest = false, creatorId, limit, after }) {
      let query = db
        .selectFrom('broadcasts')
        .selectAll()
        .where('hidden', 'is', null)
        // Literals, so that the partial index is used.
        .where(isTest ? sql<boolean>`is_test = 1` : sql<boolean>`is_test = 0`)
        .orderBy('broadcast_key', 'desc')
        .limit(limit + 1);
      if (status !== null) query = query.where('status', '=', status);
      if (creatorId !== undefined) query = query.where('creator_id', '=', creatorId);
      if (after !== null) query = query.where('broadcast_key', '<', after);
      return pageOf((await query.execute()).map(toBroadcast), limit, (broadcast) => broadcast.broadcastKey);
    },

    async batches(broadcastKey, { limit, after, status = null }) {
      let query = selectBatches(database, broadcastKey)
        .where('number', '>', after)
        .limit(limit + 1);
      if (status !== null) query = query.where('status', '=', sql.lit(status));
      // The few of many are found by their partial index, which has to be told that it holds them.
      if (status !== null && TROUBLED.includes(status)) query = query.where(IN_TROUBLE);
      const rows = await query.execute();
      return pageOf(rows.map(toBatch), limit, (batch) => batch.number);
    },

    async batchesInTrouble(broadcastKey, limit) {
      const rows = await selectBatches(database, broadcastKey).where(IN_TROUBLE).limit(limit).execute();
      return rows.map(toBatch);
    },

    async countries(broadcastKey) {
      const rows = await db
        .selectFrom('broadcast_countries')
        .selectAll()
        .where('broadcast_key', '=', broadcastKey)
        .orderBy('recipients', 'desc')
        .orderBy('country')
        .execute();
      return rows.map((row) => ({
        country: row.country,
        recipients: row.recipients,
        segments: row.segments,
        nanos: row.estimated_nanos,
        feeNanos: row.estimated_fee_nanos,
        billedUnits: row.units,
        billedNanos: row.cost_nanos,
      }));
    },

    async workloads() {
      // Literals, so that the partial indexes are used.
      const underWay = sql`c.status in ('queued', 'processing') and c.batches_pending > 0`;
      const found = await sql<WorkloadRow>`
        ${selectWorkloads(underWay)} union all ${selectWorkloads(sql`c.status = 'scheduled'`)}`.execute(db);
      return found.rows.map(toWorkload);
    },

    async stopWaiting(id) {
      await db
        .updateTable('broadcasts')
        .set({ waiting_until: null })
        .where('id', '=', id)
        .where('waiting_until', 'is not', null)
        .where('status', '<>', 'failed')
        .execute();
    },
  };
}

function toCanary(row: Selectable<BroadcastsTable>): Canary | null {
  if (row.canary === null || row.canary_state === null) return null;
  const isOver = row.canary_state === 'passed' || row.canary_state === 'released';
  const counts = canaryCountsOf(row);
  return {
    ...(JSON.parse(row.canary) as CanaryRules & { recipients: number }),
    picked: row.canary_recipients ?? 0,
    batches: row.canary_batches ?? 0,
    status: row.canary_state,
    reported: isOver ? (row.canary_reported ?? 0) : counts.reported,
    failed: isOver ? (row.canary_failed ?? 0) : counts.failed,
    until: row.canary_until,
  };
}

function toApproval(row: Selectable<BroadcastsTable>): Approval | null {
  if (row.approval_state === null) return null;
  return {
    state: row.approval_state,
    digest: row.approval_digest ?? '',
    until: row.approval_until ?? 0,
    decidedBy: row.approval_by,
    decidedAt: row.approval_at,
    reason: row.approval_reason,
  };
}

type WorkloadRow = {
  broadcast_key: number;
  sender: string | null;
  pending: number;
  total: number;
  segments: number;
  is_personal: boolean | number;
  is_scheduled: boolean | number;
};

/** A broadcast of several senders is several of them. */
const TROUBLED: readonly BatchStatus[] = ['unconfirmed', 'held', 'failed'];
/** Literals, so that the partial index is used. */
const IN_TROUBLE = sql<boolean>`(status in ('unconfirmed', 'held', 'failed') or (status = 'pending' and claim_failures > 0))`;

const selectWorkloads = (which: RawBuilder<unknown>) => sql`
  select c.broadcast_key, coalesce(s.sender, c.sender, c.powerpack_uuid) as sender,
    coalesce(s.batches_pending, c.batches_pending) as pending, coalesce(s.batches_total, c.batches_total) as total,
    coalesce(s.segments_total, c.segments_total) as segments, c.distinct_texts is not null as is_personal,
    c.status = 'scheduled' as is_scheduled
  from broadcasts c left join broadcast_senders s on s.broadcast_key = c.broadcast_key and s.batches_pending > 0
  where ${which}`;

const toWorkload = (row: WorkloadRow): Workload => ({
  broadcastKey: row.broadcast_key,
  sender: row.sender ?? '',
  calls: row.pending,
  units: (row.pending / row.total) * row.segments,
  isPersonal: Boolean(row.is_personal),
  isScheduled: Boolean(row.is_scheduled),
});

function toBroadcast(row: Selectable<BroadcastsTable>): Broadcast {
  return {
    broadcastKey: row.broadcast_key,
    id: row.id,
    name: row.name,
    createdBy: row.created_by,
    creatorId: row.creator_id,
    status: row.status,
    encoding: row.encoding,
    text: row.message_text,
    anonymizedAt: row.anonymized_at,
    segmentsPerMessage: row.segments_per_message,
    segmentsTotal: row.segments_total,
    personal:
      row.distinct_texts === null
        ? null
        : { distinct: row.distinct_texts, leastSegments: row.segments_least ?? row.segments_per_message },
    template:
      row.template_name === null || row.template_version === null
        ? null
        : { name: row.template_name, version: row.template_version },
    lists: row.lists === null ? [] : (JSON.parse(row.lists) as string[]),
    exceptLists: row.except_lists === null ? [] : (JSON.parse(row.except_lists) as string[]),
    excepted: row.excepted,
    submitted: row.submitted,
    duplicates: row.duplicates,
    accepted: row.accepted,
    invalidAtAcceptance: row.invalid_at_acceptance,
    optedOutAtAcceptance: row.opted_out_at_acceptance,
    batchesTotal: row.batches_total,
    batches: batchCountsOf(row),
    recipients: recipientCountsOf(row),
    createdAt: row.created_at,
    scheduledAt: row.scheduled_at,
    sendAtLocal: row.send_at_local,
    processedAt: row.processed_at,
    textedTwice: row.texted_twice,
    pauseReason: row.status === 'paused' ? row.pause_reason : null,
    isAwaited: row.waiting_until !== null,
    canary: toCanary(row),
    approval: toApproval(row),
    held: row.held_until === null ? null : { until: row.held_until, batches: row.held_batches },
    quietHours: row.quiet_hours,
    topic: row.topic,
    isTest: row.is_test === 1,
    retryOf: row.retry_of,
    callbackUrl: row.callback_url,
    mediaUrls: row.media_urls === null ? null : (JSON.parse(row.media_urls) as string[]),
    sender: row.sender,
    powerpackUuid: row.powerpack_uuid,
    currency: row.currency,
  };
}
