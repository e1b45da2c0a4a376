import { sql, type Transaction } from 'kysely';
import type { BatchEvent } from '../../domain/states/batchState';
import type { BroadcastStatus } from '../../domain/states/broadcastState';
import type { TimeSpan } from '../../domain/outcome/reconciliation';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { moveRecipients, transitionBatch, type BatchPatch } from '../state/batchTransition';
import { CounterChanges, updateBroadcast } from '../state/counters';
import { inTransaction, type Database } from '../engine/database';
import { TEXTED_BEFORE } from '../state/duplicateGuard';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { numbersWithStatus } from '../sending/recipientNumbers';
import type { BatchError, ClaimRef } from '../sending/settleStore';
import { takeForLook, type CalledBatch } from './dueLook';

/** A batch of which nobody knows whether Plivo took it. */
export type UnsettledBatch = CalledBatch & {
  readonly broadcastId: string;
  readonly attempts: number;
  readonly looks: number;
  readonly fruitlessLooks: number;
};

/** When to look: milliseconds. */
export type LookSchedule = {
  /** Since the outcome was lost. */
  readonly firstAfterMs: number;
  /** Since the last look. */
  readonly nextAfterMs: number;
  /**
   * Of a call: where the sender was lost, it may only hang, and its call may still be under way if the shared clock was
   * set forward; between two looks it has time to end.
   */
  readonly timeoutMs: number;
};

/** Whose message the list showed; no uuid where it is one of several. */
export type NamedMessage = { readonly number: string; readonly uuid: string | null };

export type ReconcileStore = {
  /**
   * Takes the batch that has waited longest for a look, if one is due. No other instance gets it meanwhile.
   */
  takeDue(schedule: LookSchedule): Promise<UnsettledBatch | null>;
  /** Whom the batch may have texted, in order. */
  unknownRecipients(batch: ClaimRef): Promise<string[]>;
  /** What is known of one person's messages from other batches called within the window. */
  othersOf(
    number: string,
    batch: ClaimRef,
    window: TimeSpan,
  ): Promise<{ accounted: Set<string>; unnamedOthers: number }>;
  /** Which of the uuids belong to a known message of any batch called within the window. */
  accountedAmong(uuids: readonly string[], window: TimeSpan): Promise<Set<string>>;
  /** Other batches called within the window whose messages we cannot all name. */
  unnamedBatches(batch: ClaimRef, window: TimeSpan): Promise<number>;
  recordLook(batch: ClaimRef, kind: 'looks' | 'fruitless_looks'): Promise<void>;

  /** Each returns false, with nothing written, where the batch was claimed anew or settled otherwise. */
  prove(batch: ClaimRef, named: readonly NamedMessage[]): Promise<boolean>;
  /** Not sent: to be sent again, unless the broadcast was cancelled or the tries are used up. */
  disprove(batch: UnsettledBatch, options: { readonly maxAttempts: number }): Promise<boolean>;
  hold(batch: ClaimRef, error: BatchError): Promise<boolean>;
};

/** Something that happened later than now can only come from a clock that was set back; it is due then. */
const CLOCK_GRAIN_MS = 1000;
/** States of a batch that may have texted people without our knowing the uuids. */
const MAY_HAVE_TEXTED = sql.raw(`('sending', 'sent', 'unconfirmed', 'held')`);

export function createReconcileStore({ db, engine }: Database): ReconcileStore {
  const settle = async (work: (tx: Transaction<Schema>) => Promise<BroadcastStatus | null>) =>
    (await inTransaction(db, work)) !== null;
  return {
    takeDue: (schedule) => inTransaction(db, (tx) => takeDue(tx, engine, schedule)),

    unknownRecipients: (batch) => numbersWithStatus(db, batch, 'unknown'),

    async othersOf(number, batch, window) {
      const rows = await sql<{ uuid: string | null; answered: string | null }>`
        select r.plivo_message_uuid as uuid, b.plivo_message_uuids as answered
        from broadcast_recipients r
        join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
        where r.recipient_number = ${number} and b.claimed_at between ${window.from} and ${window.to}
          and not (b.broadcast_key = ${batch.broadcastKey} and b.number = ${batch.number})
          and r.status not in ('optedOut', 'invalid')
          and (r.error_code is null or r.error_code <> ${TEXTED_BEFORE.code})
          and (r.plivo_message_uuid is not null or b.status in ${MAY_HAVE_TEXTED})`.execute(db);
      const accounted = new Set<string>();
      let unnamedOthers = 0;
      for (const { uuid, answered } of rows.rows) {
        if (uuid !== null) accounted.add(uuid);
        else if (answered !== null) for (const one of JSON.parse(answered) as string[]) accounted.add(one);
        else unnamedOthers++;
      }
      return { accounted, unnamedOthers };
    },

    accountedAmong: (uuids, window) => accountedAmong(db, engine, uuids, window),

    async unnamedBatches(batch, window) {
      const found = await sql<{ unnamed: number }>`
        select count(*) as unnamed from batches b
        where b.claimed_at between ${window.from} and ${window.to} and b.status in ${MAY_HAVE_TEXTED}
          and b.plivo_message_uuids is null
          and exists (
            select 1 from broadcast_recipients r
            where r.broadcast_key = b.broadcast_key and r.batch_number = b.number and r.status <> 'optedOut'
              and (r.error_code is null or r.error_code <> ${TEXTED_BEFORE.code}))
          and not (b.broadcast_key = ${batch.broadcastKey} and b.number = ${batch.number})`.execute(db);
      return found.rows[0]?.unnamed ?? 0;
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
    disprove: (batch, { maxAttempts }) => inTransaction(db, (tx) => disprove(tx, engine, batch, maxAttempts)),
    hold: (batch, error) => settle((tx) => move(tx, engine, batch, 'hold', [], 'unknown', errorColumns(error))),
  };
}

type Looks = { id: string; attempts: number; looks: number; fruitless_looks: number };

async function takeDue(
  tx: Transaction<Schema>,
  engine: Engine,
  { firstAfterMs, nextAfterMs, timeoutMs }: LookSchedule,
): Promise<UnsettledBatch | null> {
  const afterLostSender = Math.max(nextAfterMs, timeoutMs);
  const spacing = sql`case when b.error_code = 'sender_lost' then cast(${afterLostSender} as bigint) else ${nextAfterMs} end`;
  const found = await takeForLook(tx, engine, {
    columns: sql<Looks>`c.id, b.attempts, b.looks, b.fruitless_looks`,
    isDue: sql`b.status = 'unconfirmed'
      and (coalesce(b.last_look_at + ${spacing}, b.unconfirmed_at + ${firstAfterMs}) <= ${engine.now}
        or coalesce(b.last_look_at, b.unconfirmed_at) > ${engine.now} + ${CLOCK_GRAIN_MS})`,
    order: sql`coalesce(b.last_look_at, b.unconfirmed_at)`,
  });
  if (found === null) return null;
  const { called, columns } = found;
  return {
    ...called,
    broadcastId: columns.id,
    attempts: columns.attempts,
    looks: columns.looks,
    fruitlessLooks: columns.fruitless_looks,
  };
}

const ANSWERS_AT_ONCE = 50;

/** Bound uuids stand in an index; those of answers do not, and are read in slices of 50 batches (2 MB). */
async function accountedAmong(
  db: Database['db'],
  engine: Engine,
  uuids: readonly string[],
  window: TimeSpan,
): Promise<Set<string>> {
  const bound = await sql<{ value: string }>`
    select u.value from ${engine.stringRows(uuids)} as u
    where exists (select 1 from broadcast_recipients r where r.plivo_message_uuid = u.value)`.execute(db);
  const accounted = new Set(bound.rows.map((row) => row.value));
  const wanted = new Set(uuids.filter((uuid) => !accounted.has(uuid)));
  for (let offset = 0; wanted.size > 0; offset += ANSWERS_AT_ONCE) {
    const answers = await db
      .selectFrom('batches')
      .select('plivo_message_uuids')
      .where('claimed_at', '>=', window.from)
      .where('claimed_at', '<=', window.to)
      .where('plivo_message_uuids', 'is not', null)
      .orderBy('claimed_at', 'desc')
      .limit(ANSWERS_AT_ONCE)
      .offset(offset)
      .execute();
    for (const answer of answers) {
      for (const uuid of JSON.parse(answer.plivo_message_uuids ?? '[]') as string[]) {
        if (wanted.delete(uuid)) accounted.add(uuid);
      }
    }
    if (answers.length < ANSWERS_AT_ONCE) break;
  }
  return accounted;
}

const errorColumns = (error: BatchError): BatchPatch => ({
  error_code: error.code,
  error_status: error.status,
  error_reason: error.reason,
});

/** Null where the event does not apply, else the status of the broadcast, which stays locked until the commit. */
async function move(
  tx: Transaction<Schema>,
  engine: Engine,
  batch: ClaimRef,
  event: BatchEvent,
  from: readonly RecipientStatus[],
  to: RecipientStatus,
  patch: BatchPatch = {},
): Promise<BroadcastStatus | null> {
  const changes = new CounterChanges();
  const moved = await transitionBatch(tx, engine, batch, event, changes, patch);
  if (moved === null) return null;
  await moveRecipients(tx, engine, batch, from, to, changes);
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
  maxAttempts: number,
): Promise<boolean> {
  const isBack = {
    next_attempt_at: engine.now,
    looks: 0,
    fruitless_looks: 0,
    last_look_at: null,
    unconfirmed_at: null,
  };
  const status = await move(tx, engine, batch, 'disprove', ['unknown'], 'queued', isBack);
  if (status === null) return false;
  // A person cancelled the broadcast meanwhile: it stays cancelled.
  if (status === 'cancelled') {
    await move(tx, engine, batch, 'cancel', ['queued'], 'cancelled');
  } else if (batch.attempts >= maxAttempts) {
    const reason = `Plivo does not have this batch. Gave up after ${batch.attempts} tries.`;
    const patch = errorColumns({ code: 'tries_used_up', status: null, reason });
    await move(tx, engine, batch, 'giveUp', ['queued'], 'failed', patch);
  }
  return true;
}
