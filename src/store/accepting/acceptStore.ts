import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import {
  beginning,
  insertBatches,
  insertBroadcast,
  insertCountries,
  insertLeftOut,
  leftOutOf,
  type Idempotency,
  type NewBroadcast,
} from './broadcastInsert';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { optedOutAmong } from '../state/optedOut';

/** The idempotency key was used before, by a broadcast that did not fail entirely. */
export type Known = {
  readonly kind: 'known';
  readonly id: string;
  /** Of the request that has used it. */
  readonly requestHash: string;
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
  findKnown(key: string): Promise<Known | null>;
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

export function createAcceptStore({ db, engine, nextTurn }: Database): AcceptStore {
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
    optedOutAmong: (numbers) => optedOutAmong(db, engine, numbers),

    async shortOptOutList(most) {
      const rows = await db
        .selectFrom('opt_outs')
        .select('recipient_number')
        .limit(most + 1)
        .execute();
      return rows.length > most ? null : rows.map((row) => row.recipient_number);
    },

    findKnown: (key) => findKnown(db, engine, key, sql``),

    async accept(broadcast) {
      const leftOut = broadcast.invalid.length + broadcast.optedOut.length;
      const isLarge = broadcast.batches.length > MOST_AT_ONCE || leftOut > LEFT_OUT_CHUNK;
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
  const { idempotency } = broadcast;
  const known = idempotency === null ? null : await findKnown(tx, engine, idempotency.key, engine.forUpdate);
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

async function findKnown(
  db: Kysely<Schema>,
  engine: Engine,
  key: string,
  lock: RawBuilder<unknown>,
): Promise<Known | null> {
  const found = await sql<{
    id: string;
    status: string;
    request_hash: string;
    first_answer: string | null;
    is_waiting: boolean | number | null;
  }>`
    select id, status, request_hash, first_answer,
      coalesce(hidden = 'arriving', false) or waiting_until > ${engine.now} as is_waiting
    from broadcasts where idempotency_key = ${key} ${lock}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return null;
  if (row.status === 'failed') return null;
  return {
    kind: 'known',
    id: row.id,
    requestHash: row.request_hash,
    isAnswering: Boolean(row.is_waiting),
    firstAnswer: row.first_answer,
  };
}
