import { type RawBuilder, sql, type Kysely, type Transaction } from 'kysely';
import {
  beginning,
  insertBroadcast,
  insertCountries,
  insertLeftOut,
  insertSenders,
  leftOutCount,
  leftOutOf,
  settleCreator,
  type NewBroadcast,
} from './broadcastInsert';
import { insertBatches } from './batchInsert';
import { noteRetried, stepsOf, takePeople, takesManySteps } from './retryTaking';
import { isLapsed, LEASE_MS } from '../state/lease';
import { tellStatus } from '../state/toldStatus';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Runs one part of long work in a transaction of its own. */
export type Step = <T>(work: (tx: Transaction<Schema>) => Promise<T>) => Promise<T>;

/** Rows of their own take more than places in a batch: 15 ms. */
const LEFT_OUT_CHUNK = 500;
/** Fifty batches of 1,000 take 10 ms, and so do a thousand of one person. */
const BATCH_CHUNK = 50;
/** 20 ms: with half as many, waiting for the disk took as long as writing. */
const OWN_TEXTS_CHUNK = 2000;
export const batchChunkOf = ({ personal }: NewBroadcast): number => (personal === null ? BATCH_CHUNK : OWN_TEXTS_CHUNK);
/** So many are written in one transaction, 40 ms at most: more steps mean more waits for the disk. */
const MOST_AT_ONCE = 200;
const MOST_OWN_TEXTS_AT_ONCE = 4000;
const mostAtOnceOf = ({ personal }: NewBroadcast): number =>
  personal === null ? MOST_AT_ONCE : MOST_OWN_TEXTS_AT_ONCE;

/** Whether it is written in steps. */
export const isLarge = (broadcast: NewBroadcast): boolean =>
  broadcast.batches.length > mostAtOnceOf(broadcast) ||
  leftOutCount(broadcast) > LEFT_OUT_CHUNK ||
  takesManySteps(broadcast.retry);

/**
 * Writes a broadcast that is hidden until it is complete: a crash leaves nothing that anybody sees or sends. Each step
 * holds it for the time of a lease; whose lease has run out is taken for dead.
 *
 * @throws AbandonedError when that happened to this writer; NotRetriedError where its people cannot be had
 */
export async function writeInSteps(
  step: Step,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
): Promise<void> {
  try {
    await takeInSteps(step, engine, broadcastKey, broadcast);
    for (let from = 0; from < leftOutCount(broadcast); from += LEFT_OUT_CHUNK) {
      await step(async (tx) => {
        await hold(tx, engine, broadcastKey);
        await insertLeftOut(tx, engine, broadcastKey, from, leftOutOf(broadcast, from, from + LEFT_OUT_CHUNK));
      });
    }
    const atOnce = batchChunkOf(broadcast);
    const tokenAt = (place: number, random: string) => placedToken(broadcastKey, place, random);
    for (let from = 0; from < broadcast.batches.length; from += atOnce) {
      const batches = broadcast.batches.slice(from, from + atOnce);
      await step(async (tx) => {
        await hold(tx, engine, broadcastKey);
        await insertBatches(tx, engine, { broadcastKey, broadcast, from, batches, tokenAt });
      });
    }
    await step((tx) => publish(tx, engine, broadcastKey, broadcast));
  } catch (error) {
    // What was published after all is no longer arriving, and stays.
    await step((tx) => giveUp(tx, sql`id = ${broadcast.id}`)).catch(() => undefined);
    throw error;
  }
}

/** With the broadcast that is being written, whoever it has taken is set free. */
async function takeInSteps(
  step: Step,
  engine: Engine,
  retryKey: number,
  { retry, idempotency }: NewBroadcast,
): Promise<void> {
  if (retry === undefined) return;
  for (const from of stepsOf(retry)) {
    await step(async (tx) => {
      await takePeople(tx, engine, { retry, retryKey, freedKey: idempotency?.key ?? null }, from);
      await hold(tx, engine, retryKey);
    });
  }
}

const DIGITS = 36;
/** As many as a million batches need: what is longer is greater. */
const PLACE_LENGTH = 4;

/**
 * In the order of the batches, so that their index grows at its end: with random ones each thousand changed every page
 * of it, and writing 100,000 calls took twice as long. What an earlier try has left has another broadcast's.
 */
const placedToken = (broadcastKey: number, place: number, random: string): string =>
  `${broadcastKey.toString(DIGITS)}-${place.toString(DIGITS).padStart(PLACE_LENGTH, '0')}-${random}`;

/** The first step: from then on the id and the idempotency key are taken. Returns the broadcast's key. */
export async function beginArrival(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<number> {
  const broadcastKey = await insertBroadcast(tx, engine, broadcast);
  await sql`update broadcasts set hidden = 'arriving', status = 'paused' where broadcast_key = ${broadcastKey}`.execute(
    tx,
  );
  await hold(tx, engine, broadcastKey);
  await insertCountries(tx, engine, broadcastKey, broadcast.countries);
  await insertSenders(tx, engine, broadcastKey, broadcast.senders);
  return broadcastKey;
}

/** Somebody took the writer for dead and hid what it wrote for good. Nothing was accepted, and another try may succeed. */
export class AbandonedError extends Error {
  readonly code = 'ABANDONED';
}

async function hold(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<void> {
  const held = await sql`
    update broadcasts set arriving_until = ${engine.now} + ${LEASE_MS}
    where broadcast_key = ${broadcastKey} and hidden = 'arriving'`.execute(tx);
  if (held.numAffectedRows === 0n) throw new AbandonedError('A broadcast took too long to be written.');
}

async function publish(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
): Promise<void> {
  if (broadcast.retry !== undefined) await noteRetried(tx, broadcast.retry);
  await settleCreator(tx, engine, broadcast);
  const status = await beginning(tx, engine, broadcast);
  const published = await sql`
    update broadcasts set hidden = null, arriving_until = null, status = ${status}, turn_at = ${engine.now},
      waiting_until = case when waiting_until is not null then ${engine.now} + ${LEASE_MS} end
    where broadcast_key = ${broadcastKey} and hidden = 'arriving'`.execute(tx);
  if (published.numAffectedRows === 0n) throw new AbandonedError('A broadcast took too long to be written.');
  // It may have ended with its beginning, or wait for somebody.
  await tellStatus(tx, engine, broadcastKey);
}

/** Those whose writer is taken for dead. */
export const isWriterGone = (engine: Engine): RawBuilder<boolean> => isLapsed(engine, sql`arriving_until`);

/**
 * Hides for good what will never be complete, and sets its id and its key free; retention removes it, a little at a time.
 */
export async function giveUp(db: Kysely<Schema>, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    update broadcasts set hidden = 'leaving', id = 'given-up-' || broadcast_key, idempotency_key = null
    where hidden = 'arriving' and ${which}`.execute(db);
}
