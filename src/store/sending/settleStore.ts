import { sql, type Transaction } from 'kysely';
import { lockBatch, moveRecipients, transitionBatch, type BatchPatch, type BatchRef } from '../state/batchTransition';
import { CounterChanges, updateBroadcast, type BroadcastUpdate } from '../state/counts/counters';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** The claim in whose name an outcome is written; it counts only while no later claim was made. */
export type ClaimRef = { readonly broadcastKey: number; readonly number: number; readonly claimNumber: number };

/** Why a batch did not go, in words that are safe to show and to log. */
export type BatchError = { readonly code: string; readonly status: number | null; readonly reason: string };

export type AcceptedAnswer = {
  readonly apiId: string;
  readonly message: string;
  readonly messageUuids: readonly string[];
  readonly invalidNumbers: readonly string[];
};

/** When a call began and when it ended, by how long ago that is: the clock of the database is not ours. */
export type CallSpan = { readonly beganMsAgo: () => number; readonly endedMsAgo: () => number };

/** Each call returns false, with nothing written, when the batch has moved on: claimed anew or settled otherwise. */
export type SettleStore = {
  recordAccepted(claim: ClaimRef, answer: AcceptedAnswer, call?: CallSpan): Promise<boolean>;
  /** No call was made: back to the queue, with what the last one met. */
  recordNotMade(claim: ClaimRef): Promise<boolean>;
  /** Back to the queue for `retryInMs`; a refusal that concerns the line or the account counts as no try of the batch. */
  recordRefusedForNow(
    claim: ClaimRef,
    error: BatchError,
    options: { readonly retryInMs: number; readonly countsAsTry: boolean },
  ): Promise<boolean>;
  /** `pauseAt`: so many batches refused for good in a row pause their broadcast; 0 never does. */
  recordRefusedForGood(claim: ClaimRef, error: BatchError, options: { readonly pauseAt: number }): Promise<boolean>;
  /** Plivo calls every number of the batch invalid: its people are, and no other batch has reason to fear the same. */
  recordAllInvalid(claim: ClaimRef, error: BatchError): Promise<boolean>;
  /** As `recordRefusedForGood`, but only while the broadcast's caller waits to be told. */
  recordRefusedWhileAwaited(claim: ClaimRef, error: BatchError): Promise<boolean>;
  /** Nobody knows whether Plivo took it. Reports that came already are proof that it did: then the batch is sent. */
  recordUnknown(claim: ClaimRef, error: BatchError, call?: CallSpan): Promise<boolean>;
};

const IS_NO_TRY: BatchPatch = { attempts: sql<number>`attempts - 1` };

export function createSettleStore({ db, engine }: Database): SettleStore {
  const settle = (work: (tx: Transaction<Schema>) => Promise<boolean>) => inTransaction(db, work);
  return {
    recordAccepted: (claim, answer, call) => settle((tx) => recordAccepted(tx, engine, claim, answer, call)),
    recordNotMade: (claim) =>
      settle((tx) =>
        recordFailure(tx, engine, claim, 'refuseForNow', null, {
          patch: { next_attempt_at: engine.now, ...IS_NO_TRY },
        }),
      ),
    recordRefusedForNow: (claim, error, { retryInMs, countsAsTry }) =>
      settle((tx) =>
        recordFailure(tx, engine, claim, 'refuseForNow', error, {
          patch: {
            next_attempt_at: sql<number>`${engine.now} + ${retryInMs}`,
            refused_at: engine.now,
            refusals: sql<number>`refusals + 1`,
            ...(countsAsTry ? {} : IS_NO_TRY),
          },
        }),
      ),
    recordRefusedForGood: (claim, error, failuresInARow) =>
      settle((tx) => recordFailure(tx, engine, claim, 'refuseForGood', error, { update: { failuresInARow } })),
    recordAllInvalid: (claim, error) =>
      settle((tx) => recordFailure(tx, engine, claim, 'refuseForGood', error, { people: 'invalid' })),
    async recordRefusedWhileAwaited(claim, error) {
      try {
        return await settle(async (tx) => {
          const written = await recordFailure(tx, engine, claim, 'refuseForGood', error);
          if (written && !(await isAwaited(tx, engine, claim))) throw new NotAwaitedError();
          return written;
        });
      } catch (error) {
        if (error instanceof NotAwaitedError) return false;
        throw error;
      }
    },
    recordUnknown: (claim, error, call) => settle((tx) => recordUnknown(tx, engine, claim, error, call)),
  };
}

/** Undoes a transaction. */
class NotAwaitedError extends Error {}

/** Asked after the change, which holds the broadcast's row: `stopWaiting` comes either before or after all of it. */
async function isAwaited(tx: Transaction<Schema>, engine: Engine, claim: ClaimRef): Promise<boolean> {
  const found = await sql`
    select 1 from broadcasts where broadcast_key = ${claim.broadcastKey} and waiting_until > ${engine.now}`.execute(tx);
  return found.rows.length > 0;
}

/** Reckoned when the statement is made: what was waited for until then, a lock or a connection, counts. */
const callColumns = (engine: Engine, call: CallSpan | undefined): BatchPatch =>
  call === undefined
    ? {}
    : {
        called_at: sql<number>`${engine.now} - ${Math.round(call.beganMsAgo())}`,
        answered_at: sql<number>`${engine.now} - ${Math.round(call.endedMsAgo())}`,
      };

async function recordAccepted(
  tx: Transaction<Schema>,
  engine: Engine,
  claim: ClaimRef,
  answer: AcceptedAnswer,
  call?: CallSpan,
): Promise<boolean> {
  const changes = new CounterChanges();
  const columns = { ...answerColumns(answer), ...callColumns(engine, call) };
  const moved = await transitionBatch(tx, engine, claim, 'accept', changes, columns);
  // A report may have proved the batch before the answer came: the answer's details are still worth keeping.
  if (moved === null && !(await keepLateAnswer(tx, claim, columns))) return false;

  await moveRecipients(tx, engine, claim, ['unknown'], 'queued', changes);
  await markInvalid(tx, engine, claim, answer.invalidNumbers, changes);
  await bindOnlyUuid(tx, claim, answer.messageUuids);
  const twice = await noteEarlierTexts(tx, engine, claim, answer);
  await updateBroadcast(tx, engine, claim.broadcastKey, { changes, failuresInARow: 'end' });
  if (twice > 0)
    await sql`
      update broadcasts set texted_twice = texted_twice + ${twice} where broadcast_key = ${claim.broadcastKey}`.execute(
      tx,
    );
  return true;
}

/**
 * A report of an earlier call came while this one was under way: its message is not among those of this answer, so that
 * Plivo has texted the person twice. Returns of how many that is known.
 */
async function noteEarlierTexts(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey, number, claimNumber }: ClaimRef,
  { messageUuids, invalidNumbers }: AcceptedAnswer,
): Promise<number> {
  if (claimNumber < 2) return 0;
  const noted = await sql`
    update broadcast_recipients set second_message_uuid = plivo_message_uuid, plivo_message_uuid = null
    where broadcast_key = ${broadcastKey} and batch_number = ${number} and plivo_message_uuid is not null
      and second_message_uuid is null
      and plivo_message_uuid not in (select value from ${engine.stringRows(messageUuids)} as u)
      and ${messageUuids.length + invalidNumbers.length} >= (
        select count(*) from broadcast_recipients r
        where r.broadcast_key = ${broadcastKey} and r.batch_number = ${number}
          and r.status not in ('optedOut', 'cancelled'))`.execute(tx);
  return Number(noted.numAffectedRows ?? 0);
}

const answerColumns = (answer: AcceptedAnswer) => ({
  plivo_api_id: answer.apiId,
  plivo_message: answer.message,
  plivo_message_uuids: JSON.stringify(answer.messageUuids),
  plivo_invalid_numbers: JSON.stringify(answer.invalidNumbers),
  messages_taken: answer.messageUuids.length,
  error_code: null,
  error_status: null,
  error_reason: null,
});

async function keepLateAnswer(tx: Transaction<Schema>, claim: ClaimRef, columns: BatchPatch): Promise<boolean> {
  const kept = await tx
    .updateTable('batches')
    .set(columns)
    .where('broadcast_key', '=', claim.broadcastKey)
    .where('number', '=', claim.number)
    .where('claim_number', '=', claim.claimNumber)
    .where('status', '=', 'sent')
    .where('plivo_api_id', 'is', null)
    .executeTakeFirst();
  return kept.numUpdatedRows > 0n;
}

/** Plivo may give back numbers without the "+" (it keeps digits only). */
async function markInvalid(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: BatchRef,
  invalidNumbers: readonly string[],
  changes: CounterChanges,
): Promise<void> {
  if (invalidNumbers.length === 0) return;
  const numbers = invalidNumbers.map((number) => `+${number.replace(/\D/g, '')}`);
  const marked = await sql`
    update broadcast_recipients
    set status = 'invalid', status_updated_at = ${engine.now}, error_reason = 'Plivo refused the number as invalid.'
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and recipient_number in (select value from ${engine.stringRows(numbers)} as r)`.execute(tx);
  changes.moveRecipients('queued', 'invalid', Number(marked.numAffectedRows ?? 0));
}

/** The order of Plivo's uuids means nothing, so only a call for one person tells whose it is. */
async function bindOnlyUuid(tx: Transaction<Schema>, ref: BatchRef, messageUuids: readonly string[]): Promise<void> {
  const [uuid] = messageUuids;
  if (uuid === undefined || messageUuids.length > 1) return;
  await sql`
    update broadcast_recipients set plivo_message_uuid = ${uuid}
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and plivo_message_uuid is null
      and 1 = (select count(*) from broadcast_recipients s where s.broadcast_key = ${ref.broadcastKey}
               and s.batch_number = ${ref.number} and s.status not in ('optedOut', 'invalid', 'cancelled'))
      and not exists (select 1 from broadcast_recipients o where o.plivo_message_uuid = ${uuid})`.execute(tx);
}

/** How a batch keeps why it did not go. */
export const errorColumns = ({ code, status, reason }: BatchError) => ({
  error_code: code,
  error_status: status,
  error_reason: reason,
});

/** What becomes of the recipients of a batch that was not sent, or of which that is not known. */
const RECIPIENTS_AFTER = {
  refuseForNow: { from: ['unknown'], to: 'queued' },
  refuseForGood: { from: ['queued', 'unknown'], to: 'failed' },
  lose: { from: ['queued'], to: 'unknown' },
} as const;

type FailureExtras = {
  readonly patch?: BatchPatch;
  readonly update?: BroadcastUpdate;
  /** What becomes of its people, where that is not what usually does. */
  readonly people?: RecipientStatus;
};

async function recordFailure(
  tx: Transaction<Schema>,
  engine: Engine,
  claim: BatchRef,
  event: keyof typeof RECIPIENTS_AFTER,
  error: BatchError | null,
  { patch = {}, update = {}, people }: FailureExtras = {},
): Promise<boolean> {
  const changes = new CounterChanges();
  // What Plivo has is sent, whatever it said to this call: another try would text people twice.
  await lockBatch(tx, engine, claim);
  if (await isProven(tx, claim)) {
    const proven = await transitionBatch(tx, engine, claim, 'prove', changes);
    if (proven !== null) await updateBroadcast(tx, engine, claim.broadcastKey, { changes });
    return proven !== null;
  }
  const moved = await transitionBatch(tx, engine, claim, event, changes, {
    ...patch,
    ...(error === null ? {} : errorColumns(error)),
  });
  if (moved === null) return false;
  const { from, to } = RECIPIENTS_AFTER[event];
  const why = event === 'refuseForGood' ? error : null;
  await moveRecipients(tx, engine, claim, from, people ?? to, changes, why);
  await updateBroadcast(tx, engine, claim.broadcastKey, { ...update, changes });
  return true;
}

/** As `SettleStore.recordUnknown`, within a transaction. */
export async function recordUnknown(
  tx: Transaction<Schema>,
  engine: Engine,
  claim: BatchRef,
  error: BatchError,
  call?: CallSpan,
): Promise<boolean> {
  const patch = {
    ...callColumns(engine, call),
    unconfirmed_at: engine.now,
    last_look_at: null,
    looks: 0,
    fruitless_looks: 0,
  };
  return await recordFailure(tx, engine, claim, 'lose', error, { patch });
}

/** A report came for one of the batch's people: Plivo took this call or an earlier one. Under the batch's lock, or one that is being written is missed. */
async function isProven(tx: Transaction<Schema>, claim: BatchRef): Promise<boolean> {
  const proof = await sql`
    select 1 from broadcast_recipients
    where broadcast_key = ${claim.broadcastKey} and batch_number = ${claim.number} and plivo_message_uuid is not null
    limit 1`.execute(tx);
  return proof.rows.length > 0;
}
