import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PlannedBatch } from '../domain/broadcastPlan';
import type { BroadcastStatus } from '../domain/broadcastState';
import type { CountryShare } from '../domain/costEstimate';
import { everyNumber, type Numbers } from '../domain/numberList';
import { inTransaction, type Database } from './database';
import type { Engine } from './engine';
import type { Schema } from './schema';

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
  /** Milliseconds since 1970; null for at once. */
  readonly scheduledAt: number | null;
  readonly encoding: string;
  readonly segmentsPerMessage: number;
  readonly submitted: number;
  readonly duplicates: number;
  /** How many are in the batches. */
  readonly accepted: number;
  readonly invalid: readonly { readonly value: string; readonly reason: string }[];
  readonly optedOut: Numbers;
  readonly batches: readonly NewBatch[];
  readonly countries: readonly CountryShare[];
  /** Of the estimated cost. */
  readonly currency: string | null;
  readonly idempotency: Idempotency | null;
  /** How long the caller will wait, if the broadcast turns out to be a single call; it then fails fast. */
  readonly waitMs: number;
};

export type NewBatch = PlannedBatch & {
  /** Unguessable, for its callbacks. */
  readonly token: string;
};

export type Idempotency = { readonly key: string; readonly requestHash: string };

/** The idempotency key was used before, by a broadcast that did not fail entirely. */
export type Known = {
  readonly kind: 'known';
  readonly id: string;
  readonly sameRequest: boolean;
  /** Its caller still waits for the answer. */
  readonly isAnswering: boolean;
  readonly firstAnswer: string | null;
};

export type Accepted =
  | { readonly kind: 'created' }
  /** This very broadcast was accepted already: an earlier try was committed after all. */
  | { readonly kind: 'repeated' }
  | Known;

export type AcceptStore = {
  /** Who of these people is on the opt-out list now. */
  optedOutAmong(numbers: readonly string[]): Promise<Set<string>>;
  /** The whole list where it has at most so many numbers, else null. */
  shortOptOutList(most: number): Promise<readonly string[] | null>;
  /** The broadcast that has used the key; null where it is free. */
  findKnown(idempotency: Idempotency): Promise<Known | null>;
  /**
   * Writes the broadcast whole or not at all; when it returns, no crash can lose it. A large one is written in steps,
   * between which others get their turn, and becomes visible with the last one.
   */
  accept(broadcast: NewBroadcast): Promise<Accepted>;
  /** Removes what processes left behind that died while they wrote; all of it where there is no other process. */
  removeAbandoned(options: { readonly isOnlyProcess: boolean }): Promise<void>;
  keepFirstAnswer(id: string, answer: string): Promise<void>;
};

const UNIQUE_VIOLATION = '23505';
/** PostgreSQL names the constraint, SQLite the column. */
const isTaken = (error: unknown, column: string) =>
  error instanceof Error &&
  'code' in error &&
  ((error.code === UNIQUE_VIOLATION && error.message.includes(`"broadcasts_${column}_key"`)) ||
    (error.code === 'SQLITE_CONSTRAINT_UNIQUE' && error.message.endsWith(`broadcasts.${column}`)));

/** Rows of their own take more than places in a batch: 15 ms. */
const LEFT_OUT_CHUNK = 2000;
/** Fifty batches of 1,000 take 10 ms. */
const BATCH_CHUNK = 50;
/** What is not longer is written in one transaction, 40 ms at most: more steps mean more waits for the disk. */
const MOST_AT_ONCE = 200;
/** Of two requests with one key, or of two tries of one request. */
const MOST_COLLISIONS = 3;
/** How long a step of a large broadcast may take; a writer that takes longer is given up. */
const LONGEST_STEP_MS = 60_000;

export function createAcceptStore({ db, engine }: Database): AcceptStore {
  const step = <T>(work: (tx: Transaction<Schema>) => Promise<T>) => inTransaction(db, work);
  /** SQLite answers at once, so that without a pause all steps would be one to everybody else. */
  const spacedStep: Step = async (work) => {
    await nextTurn();
    return await step(work);
  };
  const isVisible = async (id: string) => {
    const found = await db.selectFrom('broadcasts').select('hidden').where('id', '=', id).execute();
    return found[0]?.hidden === null;
  };
  return {
    async optedOutAmong(numbers) {
      const found = await sql<{ value: string }>`
        select r.value from ${engine.stringRows(numbers)} as r
        where exists (select 1 from opt_outs o where o.recipient_number = r.value)`.execute(db);
      return new Set(found.rows.map((row) => row.value));
    },

    async shortOptOutList(most) {
      const rows = await db
        .selectFrom('opt_outs')
        .select('recipient_number')
        .limit(most + 1)
        .execute();
      return rows.length > most ? null : rows.map((row) => row.recipient_number);
    },

    findKnown: (idempotency) => findKnown(db, engine, idempotency),

    async accept(broadcast) {
      const isLarge = broadcast.batches.length > MOST_AT_ONCE || leftOutOf(broadcast).length > LEFT_OUT_CHUNK;
      const attempt = () =>
        isLarge ? acceptInSteps(spacedStep, engine, broadcast) : step((tx) => acceptAtOnce(tx, engine, broadcast));
      for (let triesLeft = MOST_COLLISIONS; ; triesLeft--) {
        try {
          return await attempt();
        } catch (error) {
          if (triesLeft === 0) throw error;
          if (isTaken(error, 'id') && (await isVisible(broadcast.id))) return { kind: 'repeated' };
          // Two requests with one key at the same moment: the database lets one in, and the other then finds it.
          if (!isTaken(error, 'id') && !isTaken(error, 'idempotency_key')) throw error;
        }
      }
    },

    async removeAbandoned({ isOnlyProcess }) {
      const isAbandoned = isOnlyProcess ? sql`` : sql`and arriving_until < ${engine.now}`;
      await sql`delete from broadcasts where hidden = 'arriving' ${isAbandoned}`.execute(db);
    },

    async keepFirstAnswer(id, answer) {
      await db.updateTable('broadcasts').set({ first_answer: answer }).where('id', '=', id).execute();
    },
  };
}

async function acceptAtOnce(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<Accepted> {
  const found = await findEarlier(tx, engine, broadcast);
  if (found !== null) return found;
  const broadcastKey = await insertBroadcast(tx, engine, broadcast);
  await insertLeftOut(tx, engine, broadcastKey, 0, leftOutOf(broadcast));
  for (let from = 0; from < broadcast.batches.length; from += BATCH_CHUNK)
    await insertBatches(tx, engine, broadcastKey, broadcast, from, broadcast.batches.slice(from, from + BATCH_CHUNK));
  await insertCountries(tx, engine, broadcastKey, broadcast.countries);
  return { kind: 'created' };
}

type Step = <T>(work: (tx: Transaction<Schema>) => Promise<T>) => Promise<T>;

/** A broadcast that is hidden until it is complete: a crash leaves nothing that anybody sees or sends. */
async function acceptInSteps(step: Step, engine: Engine, broadcast: NewBroadcast): Promise<Accepted> {
  const begun = await step(async (tx) => {
    const found = await findEarlier(tx, engine, broadcast);
    if (found !== null) return found;
    const broadcastKey = await insertBroadcast(tx, engine, broadcast);
    await setHidden(tx, engine, broadcastKey);
    await insertCountries(tx, engine, broadcastKey, broadcast.countries);
    return { kind: 'begun', broadcastKey } as const;
  });
  if (begun.kind !== 'begun') return begun;
  const { broadcastKey } = begun;
  try {
    const leftOut = leftOutOf(broadcast);
    for (let from = 0; from < leftOut.length; from += LEFT_OUT_CHUNK) {
      const chunk = leftOut.slice(from, from + LEFT_OUT_CHUNK);
      await step(async (tx) => {
        await setHidden(tx, engine, broadcastKey);
        await insertLeftOut(tx, engine, broadcastKey, from, chunk);
      });
    }
    for (let from = 0; from < broadcast.batches.length; from += BATCH_CHUNK) {
      const chunk = broadcast.batches.slice(from, from + BATCH_CHUNK);
      await step(async (tx) => {
        await setHidden(tx, engine, broadcastKey);
        await insertBatches(tx, engine, broadcastKey, broadcast, from, chunk);
      });
    }
  } catch (error) {
    await step((tx) => removeArriving(tx, broadcast.id)).catch(() => undefined);
    throw error;
  }
  await step((tx) => publish(tx, engine, broadcastKey, broadcast));
  return { kind: 'created' };
}

/** Somebody took the writer for dead and removed what it wrote. Nothing was accepted, and another try may succeed. */
class AbandonedError extends Error {
  readonly code = 'ABANDONED';
}

async function setHidden(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const set = await sql`
    update broadcasts set hidden = 'arriving', status = 'paused', arriving_until = ${engine.now} + ${LONGEST_STEP_MS}
    where broadcast_key = ${broadcastKey}`.execute(tx);
  if (set.numAffectedRows === 0n) throw new AbandonedError('A broadcast took too long to be written.');
}

async function publish(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
): Promise<void> {
  const { status } = await beginning(tx, engine, broadcast);
  const published = await sql`
    update broadcasts set hidden = null, arriving_until = null, status = ${status}, turn_at = ${engine.now}
    where broadcast_key = ${broadcastKey}`.execute(tx);
  if (published.numAffectedRows === 0n) throw new AbandonedError('A broadcast took too long to be written.');
}

const removeArriving = (tx: Transaction<Schema>, id: string) =>
  sql`delete from broadcasts where id = ${id} and hidden = 'arriving'`.execute(tx);

/** An earlier try of this very request, or another request with its idempotency key. */
async function findEarlier(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<Accepted | null> {
  await removeArriving(tx, broadcast.id);
  if (broadcast.idempotency !== null) await freeFailedKey(tx, broadcast.idempotency);
  const known = broadcast.idempotency === null ? null : await findKnown(tx, engine, broadcast.idempotency);
  return known?.id === broadcast.id ? { kind: 'repeated' } : known;
}

/** A key whose broadcast failed entirely is free again: it is taken from that broadcast. */
const freeFailedKey = (tx: Transaction<Schema>, { key }: Idempotency) =>
  tx
    .updateTable('broadcasts')
    .set({ idempotency_key: null })
    .where('idempotency_key', '=', key)
    .where('status', '=', 'failed')
    .execute();

async function findKnown(tx: Kysely<Schema>, engine: Engine, idempotency: Idempotency): Promise<Known | null> {
  const found = await sql<{
    id: string;
    status: string;
    request_hash: string;
    first_answer: string | null;
    is_waiting: boolean | number | null;
  }>`
    select id, status, request_hash, first_answer,
      coalesce(hidden = 'arriving', false) or waiting_until > ${engine.now} as is_waiting
    from broadcasts where idempotency_key = ${idempotency.key} ${engine.forUpdate}`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) return null;
  if (row.status === 'failed') return null;
  return {
    kind: 'known',
    id: row.id,
    sameRequest: row.request_hash === idempotency.requestHash,
    isAnswering: Boolean(row.is_waiting),
    firstAnswer: row.first_answer,
  };
}

type LeftOut = { readonly value: string; readonly status: string; readonly reason: string | null };

/** Those who are in no batch are recorded too: nobody is ever missing from the sum. */
const leftOutOf = ({ invalid, optedOut }: NewBroadcast): LeftOut[] => [
  ...invalid.map(({ value, reason }) => ({ value, status: 'invalid', reason })),
  ...everyNumber(optedOut).map((value) => ({ value, status: 'optedOut', reason: null })),
];

/** How the broadcast begins, and until when quiet hours hold the last of it back. */
async function beginning(tx: Transaction<Schema>, engine: Engine, { batches, scheduledAt }: NewBroadcast) {
  const found = await sql<{ now: number }>`select ${engine.now} as now`.execute(tx);
  const isScheduled = scheduledAt !== null && scheduledAt > (found.rows[0]?.now ?? 0);
  const heldUntil = batches.reduce((latest, { notBefore }) => Math.max(latest, notBefore ?? 0), 0);
  // With nobody left to text there is nothing to wait for.
  const status: BroadcastStatus = batches.length === 0 ? 'completed' : isScheduled ? 'scheduled' : 'queued';
  return { status, heldUntil: heldUntil === 0 ? null : heldUntil };
}

async function insertBroadcast(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<number> {
  const { batches, accepted, optedOut } = broadcast;
  const { status, heldUntil } = await beginning(tx, engine, broadcast);
  // Whoever waits for a call that is hours away waits in vain.
  const isAwaited = batches.length === 1 && heldUntil === null && status === 'queued' && broadcast.waitMs > 0;
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
      media_urls: broadcast.mediaUrls === null ? null : JSON.stringify(broadcast.mediaUrls),
      quiet_hours: broadcast.quietHours,
      text_hash: broadcast.textHash,
      held_until: heldUntil,
      held_batches: heldUntil === null ? 0 : batches.filter(({ notBefore }) => notBefore === heldUntil).length,
      currency: broadcast.currency,
      status,
      hidden: null,
      arriving_until: null,
      submitted: broadcast.submitted,
      duplicates: broadcast.duplicates,
      accepted,
      invalid_at_acceptance: broadcast.invalid.length,
      opted_out_at_acceptance: optedOut.length,
      recipients_queued: accepted,
      recipients_sent: 0,
      recipients_delivered: 0,
      recipients_undelivered: 0,
      recipients_failed: 0,
      recipients_invalid: broadcast.invalid.length,
      recipients_opted_out: optedOut.length,
      recipients_cancelled: 0,
      recipients_unknown: 0,
      batches_total: batches.length,
      batches_pending: batches.length,
      batches_sending: 0,
      batches_sent: 0,
      batches_unconfirmed: 0,
      batches_held: 0,
      batches_failed: 0,
      batches_cancelled: 0,
      idempotency_key: broadcast.idempotency?.key ?? null,
      request_hash: broadcast.idempotency?.requestHash ?? null,
      first_answer: null,
      waiting_until: isAwaited ? sql<number>`${engine.now} + ${broadcast.waitMs}` : null,
      turn_at: engine.now,
      failed_in_a_row: 0,
      pause_reason: null,
      created_at: engine.now,
      scheduled_at: broadcast.scheduledAt,
      processed_at: batches.length === 0 ? engine.now : null,
      status_updated_at: engine.now,
    })
    .returning('broadcast_key')
    .executeTakeFirstOrThrow();
  return inserted.broadcast_key;
}

async function insertLeftOut(
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

async function insertBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
  from: number,
  batches: readonly NewBatch[],
): Promise<void> {
  if (batches.length === 0) return;
  const rows = batches.map((batch, index) => {
    const { sender, powerpackUuid } = ownOrigin(batch, broadcast);
    const { recipients, zones } = batch;
    return sql`(${broadcastKey}, ${from + index + 1}, ${recipients.length}, ${JSON.stringify(everyNumber(recipients))},
                'pending', ${engine.now}, ${batch.token}, ${engine.now}, ${sender}, ${powerpackUuid},
                ${zones === null ? null : JSON.stringify(zones)}, ${batch.notBefore})`;
  });
  await sql`
    insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
      status_updated_at, sender, powerpack_uuid, zones, not_before)
    values ${sql.join(rows)}`.execute(tx);
}

/** Kept with the batch only where it is not the broadcast's. */
function ownOrigin({ origin }: NewBatch, broadcast: NewBroadcast) {
  if ('powerpackUuid' in origin) {
    return {
      sender: null,
      powerpackUuid: origin.powerpackUuid === broadcast.powerpackUuid ? null : origin.powerpackUuid,
    };
  }
  return { sender: origin.sender === broadcast.sender ? null : origin.sender, powerpackUuid: null };
}

async function insertCountries(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  countries: readonly CountryShare[],
): Promise<void> {
  if (countries.length === 0) return;
  const columns = { country: 'text', recipients: 'integer', segments: 'bigint', nanos: 'bigint' } as const;
  await sql`
    insert into broadcast_countries (broadcast_key, country, recipients, segments, estimated_nanos)
    select ${broadcastKey}, c.country, c.recipients, c.segments, c.nanos
    from ${engine.recordRows(countries, columns)} as c`.execute(tx);
}
