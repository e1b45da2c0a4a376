import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { BatchEvent } from '../../domain/states/batchState';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import type { LookCounts } from '../../domain/outcome/reconciliation';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { moveRecipients, transitionBatch, type BatchPatch, type MoveReason } from '../state/batchTransition';
import { LIST_AWAY } from '../state/openCalls';
import { CounterChanges, updateBroadcast } from '../state/counts/counters';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { errorColumns, type BatchError, type ClaimRef } from '../sending/settleStore';
import { takeForLook, type CalledBatch } from './dueLook';

/** A batch of which nobody knows whether Plivo took it. */
export type UnsettledBatch = CalledBatch &
  LookCounts & {
    readonly broadcastId: string;
    readonly attempts: number;
    /** Whom the call was to text. */
    readonly people: number;
  };

/** When to look: milliseconds. */
export type LookSchedule = {
  /** Since the outcome was lost. */
  readonly firstAfterMs: number;
  /** Since the last look. */
  readonly nextAfterMs: number;
};

/** Whose message the list showed; no uuid where it is one of several. */
export type NamedMessage = { readonly number: string; readonly uuid: string | null };

export type ReconcileStore = {
  /** The time by the database's clock. */
  readClock(): Promise<number>;
  /** The latest moment at which a call was claimed or made, by the same clock as it was then; null where there was none. */
  latestCall(): Promise<number | null>;
  /**
   * Takes the batch that has waited longest for a look, if one is due, and with it those others that are due, come from
   * the same sender and were called about then: one look may settle them all. No other instance gets them meanwhile.
   */
  takeDue(schedule: LookSchedule): Promise<UnsettledBatch[]>;
  /** Begins the look anew, since the turn of the batch has come only now; null where it is another's, or settled. */
  retake(batch: UnsettledBatch): Promise<UnsettledBatch | null>;
  recordLook(batch: ClaimRef, kind: 'looks' | 'fruitless_looks' | 'busy_looks'): Promise<void>;

  /** Each returns false, with nothing written, where the batch was claimed anew or settled otherwise. */
  prove(batch: ClaimRef, named: readonly NamedMessage[]): Promise<boolean>;
  /** Not sent: to be sent again, unless the broadcast was cancelled or the tries are used up. */
  disprove(
    batch: UnsettledBatch,
    options: {
      readonly maxAttempts: number;
      /** Whoever sends again without asking counts every try; else one in an outage, in which all are lost, counts as none. */
      readonly countsAlways?: boolean;
    },
  ): Promise<boolean>;
  hold(batch: ClaimRef, error: BatchError): Promise<boolean>;
};

/** Something that happened later than now can only come from a clock that was set back; it is due then. */
const CLOCK_GRAIN_MS = 1000;
export function createReconcileStore({ db, engine }: Database): ReconcileStore {
  const settle = async (work: (tx: Transaction<Schema>) => Promise<BroadcastStatus | null>) =>
    (await inTransaction(db, work)) !== null;
  return {
    async readClock() {
      const { rows } = await sql<{ now: number }>`select ${engine.now} as now`.execute(db);
      return rows[0]?.now ?? NaN;
    },

    async latestCall() {
      // Each by an index; a call is made a moment after its claim, which matters only while its outcome is unknown.
      const { rows } = await sql<{ at: number | null }>`
        select max(claimed_at) as at from batches where claimed_at is not null
        union all select max(called_at) from batches where status = 'sending'
        union all select max(called_at) from batches where status in ('unconfirmed', 'held')`.execute(db);
      const times = rows.flatMap(({ at }) => at ?? []);
      return times.length === 0 ? null : Math.max(...times);
    },

    takeDue: (schedule) => inTransaction(db, (tx) => takeDue(tx, engine, schedule)),

    async retake(batch) {
      const retaken = await sql<{ last_look_at: number }>`
        update batches set last_look_at = ${engine.now}
        where broadcast_key = ${batch.broadcastKey} and number = ${batch.number}
          and claim_number = ${batch.claimNumber} and last_look_at = ${batch.lookedAt} and status in ('unconfirmed', 'held')
        returning last_look_at`.execute(db);
      const [row] = retaken.rows;
      return row === undefined ? null : { ...batch, lookedAt: row.last_look_at };
    },

    async recordLook(batch, kind) {
      await db
        .updateTable('batches')
        .set({ [kind]: sql`${sql.ref(kind)} + 1` })
        .where('broadcast_key', '=', batch.broadcastKey)
        .where('number', '=', batch.number)
        .where('claim_number', '=', batch.claimNumber)
        .execute();
    },

    prove: (batch, named) =>
      settle(async (tx) => {
        const status = await move(tx, engine, batch, 'prove', ['unknown', 'failed', 'cancelled'], 'queued');
        if (status !== null) for (const { number, uuid } of named) await bindUuid(tx, batch, number, uuid);
        return status;
      }),
    disprove: (batch, options) => inTransaction(db, (tx) => disprove(tx, engine, batch, options)),
    hold: (batch, error) => settle((tx) => move(tx, engine, batch, 'hold', [], 'unknown', errorColumns(error))),
  };
}

type Looks = {
  id: string;
  attempts: number;
  looks: number;
  fruitless_looks: number;
  busy_looks: number;
  people: number;
};

const LOOKS = sql<Looks>`
  c.id, b.attempts, b.looks, b.fruitless_looks, b.busy_looks, (
    select count(*) from broadcast_recipients r
    where r.broadcast_key = b.broadcast_key and r.batch_number = b.number and r.status = 'unknown') as people`;

/** Batches of one origin that were called within this time are looked at together. */
const TOGETHER_MS = 30 * 60_000;
const MOST_TOGETHER = 2000;
/** A batch that is held because the list was away is looked at more rarely: the list may be back. */
const HELD_SPACING = 10;

async function takeDue(tx: Transaction<Schema>, engine: Engine, schedule: LookSchedule): Promise<UnsettledBatch[]> {
  const isDue = isDueAt(engine, schedule);
  const order = sql`coalesce(b.last_look_at, b.unconfirmed_at)`;
  if (await isWorthWaiting(tx, engine, schedule)) return [];
  const [first] = await takeForLook(tx, engine, { columns: LOOKS, isDue, order, limit: 1 });
  if (first === undefined) return [];
  const { sender, powerpackUuid, calledAt } = first.called;
  const equals = engine.kind === 'postgres' ? sql`is not distinct from` : sql`is`;
  const others = await takeForLook(tx, engine, {
    columns: LOOKS,
    isDue: sql`${isDue} and b.claimed_at between ${calledAt - TOGETHER_MS} and ${calledAt + TOGETHER_MS}
      and coalesce(b.sender, case when b.powerpack_uuid is null then c.sender end) ${equals} ${sender}
      and coalesce(b.powerpack_uuid, case when b.sender is null then c.powerpack_uuid end) ${equals} ${powerpackUuid}`,
    order,
    limit: MOST_TOGETHER,
  });
  return [first, ...others].map(({ called, columns }) => ({
    ...called,
    broadcastId: columns.id,
    attempts: columns.attempts,
    looks: columns.looks,
    fruitlessLooks: columns.fruitless_looks,
    busyLooks: columns.busy_looks,
    people: columns.people,
  }));
}

/**
 * Batches are lost one after the other, and a look settles many as cheaply as one: where others have their first look to
 * come, those that are due wait for them, once the time of a first look at the most.
 */
async function isWorthWaiting(tx: Transaction<Schema>, engine: Engine, schedule: LookSchedule): Promise<boolean> {
  const { firstAfterMs, nextAfterMs } = schedule;
  const found = await sql<{ to_come: number; overdue: number }>`
    select
      coalesce(sum(case when last_look_at is null and unconfirmed_at <= ${engine.now}
        and unconfirmed_at + ${firstAfterMs} > ${engine.now} then 1 else 0 end), 0) as to_come,
      coalesce(sum(case when coalesce(last_look_at + ${nextAfterMs}, unconfirmed_at + ${firstAfterMs})
        <= ${engine.now} - ${firstAfterMs} then 1 else 0 end), 0) as overdue
    from batches where status in ('unconfirmed', 'held') and status = 'unconfirmed'`.execute(tx);
  const [counts] = found.rows;
  return counts !== undefined && counts.to_come > 0 && counts.overdue === 0;
}

/**
 * Where the sender was lost, it may only hang, and its call may still be under way if the shared clock was set forward;
 * between two looks it has time to end.
 */
function isDueAt(engine: Engine, { firstAfterMs, nextAfterMs }: LookSchedule): RawBuilder<unknown> {
  const spacing = sql`
    case when b.status = 'held' then cast(${HELD_SPACING * nextAfterMs} as bigint)
      when b.error_code = 'sender_lost' and b.lease_ms > ${nextAfterMs} then b.lease_ms
      else cast(${nextAfterMs} as bigint) end`;
  // The list of states as it stands in the partial index.
  return sql`b.status in ('unconfirmed', 'held') and (b.status = 'unconfirmed' or b.error_code = ${LIST_AWAY})
    and (coalesce(b.last_look_at + ${spacing}, b.unconfirmed_at + ${firstAfterMs}) <= ${engine.now}
      or coalesce(b.last_look_at, b.unconfirmed_at) > ${engine.now} + ${CLOCK_GRAIN_MS})`;
}

/** Null where the event does not apply, else the status of the broadcast, which stays locked until the commit. */
async function move(
  tx: Transaction<Schema>,
  engine: Engine,
  batch: ClaimRef,
  event: BatchEvent,
  from: readonly RecipientStatus[],
  to: RecipientStatus,
  patch: BatchPatch = {},
  why: MoveReason | null = null,
): Promise<BroadcastStatus | null> {
  const changes = new CounterChanges();
  const moved = await transitionBatch(tx, engine, batch, event, changes, patch);
  if (moved === null) return null;
  await moveRecipients(tx, engine, batch, from, to, changes, why);
  return await updateBroadcast(tx, engine, batch.broadcastKey, { changes });
}

/** A message that was found names its recipient, and then never counts for another batch. */
async function bindUuid(tx: Transaction<Schema>, batch: ClaimRef, number: string, uuid: string | null): Promise<void> {
  if (uuid === null) return;
  await sql`
    update broadcast_recipients set plivo_message_uuid = ${uuid}
    where broadcast_key = ${batch.broadcastKey} and batch_number = ${batch.number}
      and recipient_number = ${number} and plivo_message_uuid is null
      and not exists (select 1 from broadcast_recipients o where o.plivo_message_uuid = ${uuid})`.execute(tx);
}

async function disprove(
  tx: Transaction<Schema>,
  engine: Engine,
  batch: UnsettledBatch,
  { maxAttempts, countsAlways = false }: { readonly maxAttempts: number; readonly countsAlways?: boolean },
): Promise<boolean> {
  const isOwnTry = countsAlways || (await wereNeighboursTaken(tx, batch));
  const isBack = {
    next_attempt_at: engine.now,
    looks: 0,
    fruitless_looks: 0,
    busy_looks: 0,
    last_look_at: null,
    unconfirmed_at: null,
    ...(isOwnTry ? {} : { attempts: sql<number>`attempts - 1` }),
  };
  const status = await move(tx, engine, batch, 'disprove', ['unknown'], 'queued', isBack);
  if (status === null) return false;
  // A person cancelled the broadcast meanwhile: it stays cancelled.
  if (status === 'cancelled') {
    await move(tx, engine, batch, 'cancel', ['queued'], 'cancelled');
  } else if (isOwnTry && batch.attempts >= maxAttempts) {
    const reason = `Plivo does not have this batch. Gave up after ${batch.attempts} tries.`;
    const error = { code: 'tries_used_up', status: null, reason };
    await move(tx, engine, batch, 'giveUp', ['queued'], 'failed', errorColumns(error), error);
  }
  return true;
}

/** Around its call, in milliseconds. */
const THEN_MS = 60_000;

/** A batch that is lost in an outage, as its neighbours are, has not used up a try: one that is lost between taken ones has. */
async function wereNeighboursTaken(tx: Transaction<Schema>, batch: UnsettledBatch): Promise<boolean> {
  const { broadcastKey, number, calledAt } = batch;
  const isNeighbour = sql`not (broadcast_key = ${broadcastKey} and number = ${number})
    and (called_at is not null or refused_at is not null or messages_taken is not null)`;
  const before = await sql<{ is_taken: boolean | number }>`
    select messages_taken is not null as is_taken from batches
    where claimed_at between ${calledAt - THEN_MS} and ${calledAt} and ${isNeighbour}
    order by claimed_at desc limit 1`.execute(tx);
  const after = await sql<{ is_taken: boolean | number }>`
    select messages_taken is not null as is_taken from batches
    where claimed_at between ${calledAt} and ${calledAt + THEN_MS} and ${isNeighbour}
    order by claimed_at limit 1`.execute(tx);
  const neighbours = [...before.rows, ...after.rows];
  return neighbours.length > 0 && neighbours.every(({ is_taken: isTaken }) => isTaken);
}
