import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import {
  AbandonedError,
  batchChunkOf,
  beginArrival,
  giveUp,
  isLarge,
  isWriterGone,
  writeInSteps,
  type Step,
} from './arrival';
import { insertBatches } from './batchInsert';
import {
  insertBroadcast,
  insertCountries,
  insertLeftOut,
  insertSenders,
  leftOutCount,
  leftOutOf,
  settleCreator,
  type Idempotency,
  type NewBroadcast,
} from './broadcastInsert';
import { NotRetriedError, noteRetried, takePeople, type NotRetried } from './retryTaking';
import { OverDailyLimitError } from '../access/dailyUse';
import { isLapsed, LEASE_MS } from '../state/lease';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { tellStatus } from '../state/toldStatus';
import { isAnyHashed } from '../state/guards/hashedNumber';
import { optedOutAmong } from '../state/guards/optedOut';

/** The idempotency key was used before, by a broadcast that did not fail entirely. */
export type Known = {
  readonly kind: 'known';
  readonly id: string;
  /** Of the request that has used it. */
  readonly requestHash: string;
  /** Its caller still waits for the answer. */
  readonly isAnswering: boolean;
  readonly firstAnswer: string | null;
  /** Whose broadcast it is; null where it is nobody's. */
  readonly creatorId: string | null;
};

export type Accepted =
  | { readonly kind: 'created' }
  /** This very broadcast was accepted already: an earlier try was committed after all. */
  | { readonly kind: 'repeated' }
  | NotRetried
  | OverDailyLimit
  | Known;

/** Its key may not text so many people today: nothing was written. */
export type OverDailyLimit = {
  readonly kind: 'overDailyLimit';
  readonly limit: number;
  readonly left: number;
  readonly nextDayInMs: number;
};

export type AcceptStore = {
  /** Who of these people is on the opt-out list now. */
  optedOutAmong(numbers: readonly string[]): Promise<Set<string>>;
  /** The whole list where it has at most so many numbers, none of them hashed, else null. */
  shortOptOutList(most: number): Promise<readonly string[] | null>;
  /** The broadcast that has used the key; null where it is free. */
  findKnown(key: string): Promise<Known | null>;
  /**
   * Writes the broadcast whole or not at all; when it returns, no crash can lose it. A large one is written in steps,
   * between which others get their turn, and becomes visible with the last one.
   */
  accept(broadcast: NewBroadcast): Promise<Accepted>;
  /**
   * Ends what processes left behind that died while they wrote or kept a caller waiting, so that its idempotency keys are
   * free or answered; all of it where there is no other process.
   */
  removeAbandoned(options: { readonly isOnlyProcess: boolean }): Promise<void>;
  /** The caller of a broadcast of one call goes on waiting: to be said every second or so, until `stopWaiting`. */
  keepWaiting(id: string): Promise<void>;
  keepFirstAnswer(id: string, answer: string): Promise<void>;
};

const UNIQUE_VIOLATION = '23505';
/** PostgreSQL names the constraint, SQLite the column. */
const isTaken = (error: unknown, column: string) =>
  error instanceof Error &&
  'code' in error &&
  ((error.code === UNIQUE_VIOLATION && error.message.includes(`"broadcasts_${column}_key"`)) ||
    (error.code === 'SQLITE_CONSTRAINT_UNIQUE' && error.message.endsWith(`broadcasts.${column}`)));

/** Another retry of the same broadcast is being written; PostgreSQL names the index, SQLite the column. */
const isAnotherWritten = (error: unknown): boolean =>
  error instanceof Error && /broadcasts(?:_retrying"|\.retry_of_key)/.test(error.message);

/** Of two requests with one key, of two tries of one request, or of a writer with those who take it for dead. */
const MOST_COLLISIONS = 3;

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
    optedOutAmong: (numbers) => optedOutAmong(db, engine, numbers, nextTurn),

    async shortOptOutList(most) {
      const counted = await sql<{ rows: number }>`
        select count(*) as rows from (select 1 from opt_outs limit ${most + 1}) as list`.execute(db);
      if ((counted.rows[0]?.rows ?? 0) > most || (await isAnyHashed(db))) return null;
      const list = await wholeOptOutList(db, nextTurn);
      // Once more: whoever was hashed meanwhile may have been missed.
      return (await isAnyHashed(db)) ? null : list;
    },

    findKnown: (key) => findKnown(db, engine, key, sql``),

    async accept(broadcast) {
      const attempt = () =>
        isLarge(broadcast)
          ? acceptInSteps(spacedStep, engine, broadcast)
          : step((tx) => acceptAtOnce(tx, engine, broadcast));
      for (let triesLeft = MOST_COLLISIONS; ; triesLeft--) {
        try {
          return await attempt();
        } catch (error) {
          if (triesLeft === 0) throw error;
          if (error instanceof OverDailyLimitError) return overDailyLimit(error);
          if (error instanceof NotRetriedError) return { kind: 'notRetried', why: error.why };
          if (isAnotherWritten(error)) return { kind: 'notRetried', why: 'busy' };
          if (error instanceof AbandonedError) continue;
          if (isTaken(error, 'id') && (await isVisible(broadcast.id))) return { kind: 'repeated' };
          // Two requests with one key at the same moment: the database lets one in, and the other then finds it.
          if (!isTaken(error, 'id') && !isTaken(error, 'idempotency_key')) throw error;
        }
      }
    },

    async removeAbandoned({ isOnlyProcess }) {
      await giveUp(db, isOnlyProcess ? sql`true` : isWriterGone(engine));
      // Literals, so that the partial index is used.
      await sql`
        update broadcasts set waiting_until = null
        where waiting_until is not null and status <> 'failed' and hidden is null
          and ${isOnlyProcess ? sql`true` : isLapsed(engine, sql`waiting_until`)}`.execute(db);
    },

    async keepWaiting(id) {
      await sql`
        update broadcasts set waiting_until = ${engine.now} + ${LEASE_MS}
        where id = ${id} and waiting_until is not null and status <> 'failed'`.execute(db);
    },

    async keepFirstAnswer(id, answer) {
      await db.updateTable('broadcasts').set({ first_answer: answer }).where('id', '=', id).execute();
    },
  };
}

const overDailyLimit = ({ limit, left, nextDayInMs }: OverDailyLimitError): OverDailyLimit => ({
  kind: 'overDailyLimit',
  limit,
  left,
  nextDayInMs,
});

/** So many numbers take 5 ms. */
const LIST_CHUNK = 5000;

async function wholeOptOutList(db: Kysely<Schema>, nextTurn: Database['nextTurn']): Promise<string[]> {
  const numbers: string[] = [];
  for (;;) {
    const rows = await db
      .selectFrom('opt_outs')
      .select('recipient_number')
      .where('recipient_number', '>', numbers.at(-1) ?? '')
      .orderBy('recipient_number')
      .limit(LIST_CHUNK)
      .execute();
    for (const row of rows) numbers.push(row.recipient_number);
    if (rows.length < LIST_CHUNK) return numbers;
    await nextTurn();
  }
}

async function acceptAtOnce(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<Accepted> {
  const found = await findEarlier(tx, engine, broadcast);
  if (found !== null) return found;
  const { retry } = broadcast;
  const broadcastKey = await insertBroadcast(tx, engine, broadcast);
  if (retry !== undefined) {
    await takePeople(tx, engine, { retry, retryKey: broadcastKey, freedKey: broadcast.idempotency?.key ?? null });
    await noteRetried(tx, retry);
  }
  await insertLeftOut(tx, engine, broadcastKey, 0, leftOutOf(broadcast, 0, leftOutCount(broadcast)));
  const atOnce = batchChunkOf(broadcast);
  for (let from = 0; from < broadcast.batches.length; from += atOnce)
    await insertBatches(tx, engine, {
      broadcastKey,
      broadcast,
      from,
      batches: broadcast.batches.slice(from, from + atOnce),
    });
  await insertCountries(tx, engine, broadcastKey, broadcast.countries);
  await insertSenders(tx, engine, broadcastKey, broadcast.senders);
  await settleCreator(tx, engine, broadcast);
  // It may have ended with its beginning, or wait for somebody.
  await tellStatus(tx, engine, broadcastKey);
  return { kind: 'created' };
}

async function acceptInSteps(step: Step, engine: Engine, broadcast: NewBroadcast): Promise<Accepted> {
  const begun = await step(
    async (tx) => (await findEarlier(tx, engine, broadcast)) ?? (await beginArrival(tx, engine, broadcast)),
  );
  if (typeof begun !== 'number') return begun;
  await writeInSteps(step, engine, begun, broadcast);
  return { kind: 'created' };
}

/** An earlier try of this very request, or another request with its idempotency key. */
async function findEarlier(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<Accepted | null> {
  const { id, idempotency } = broadcast;
  await giveUp(tx, sql`id = ${id}`);
  if (idempotency === null) return null;
  await freeKey(tx, engine, idempotency);
  const known = await findKnown(tx, engine, idempotency.key, engine.forUpdate);
  return known?.id === id ? { kind: 'repeated' } : known;
}

/** A key whose broadcast failed entirely, or will never be complete, is free again: it is taken from that broadcast. */
async function freeKey(tx: Transaction<Schema>, engine: Engine, { key }: Idempotency): Promise<void> {
  await giveUp(tx, sql`idempotency_key = ${key} and ${isWriterGone(engine)}`);
  await tx
    .updateTable('broadcasts')
    .set({ idempotency_key: null })
    .where('idempotency_key', '=', key)
    .where('status', '=', 'failed')
    .where('retried', '=', 0)
    .execute();
}

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
    hidden: 'arriving' | 'leaving' | null;
    retried: number;
    creator_id: string | null;
    is_writer_gone: boolean | number | null;
    is_waiter_gone: boolean | number | null;
  }>`
    select id, status, request_hash, first_answer, hidden, retried, creator_id, ${isWriterGone(engine)} as is_writer_gone,
      ${isLapsed(engine, sql`waiting_until`)} as is_waiter_gone
    from broadcasts where idempotency_key = ${key} ${lock}`.execute(db);
  const row = found.rows[0];
  // What failed entirely sets its key free, but for that of which a retry stands in for it.
  if (row === undefined || (row.status === 'failed' && row.retried === 0)) return null;
  const isArriving = row.hidden === 'arriving';
  if (isArriving && row.is_writer_gone) return null;
  return {
    kind: 'known',
    id: row.id,
    requestHash: row.request_hash,
    // Null where nobody waits.
    isAnswering: isArriving || (row.is_waiter_gone !== null && !row.is_waiter_gone),
    firstAnswer: row.first_answer,
    creatorId: row.creator_id,
  };
}
