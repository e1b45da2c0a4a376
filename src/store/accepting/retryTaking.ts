import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { lockForRetry, takeForRetry, type Place, type RetriableStatus } from '../state/retriedTexts';
import { standsForNothing } from '../state/standing';

/** Whom a new broadcast texts anew. */
export type NewRetry = {
  /** The broadcast that they are of. */
  readonly of: string;
  readonly ofKey: number;
  /** The one that all of its line was made of. */
  readonly rootKey: number;
  /** How they ended there. */
  readonly statuses: readonly RetriableStatus[];
  /** All of them: those who are left out of it have been taken, too. */
  readonly people: { readonly length: number; slice(from: number, to: number): readonly Place[] };
};

/**
 * Why a retry was not accepted: somebody of it no longer stands as it was read; another retry of the broadcast is being
 * written; the broadcast is gone, or may not be sent anew.
 */
export type NotRetried = { readonly kind: 'notRetried'; readonly why: 'outdated' | 'busy' | 'closed' };

/** Undoes what was written of a retry. */
export class NotRetriedError extends Error {
  constructor(readonly why: NotRetried['why']) {
    super('The retry was not accepted.');
  }
}

/** So many are taken in one transaction: 20 ms. */
const PEOPLE_AT_ONCE = 1000;

/** Whether its people are taken in steps. */
export const takesManySteps = (retry: NewRetry | undefined): boolean => (retry?.people.length ?? 0) > PEOPLE_AT_ONCE;

type Retrying = { readonly retry: NewRetry; readonly retryKey: number; readonly freedKey: string | null };

/** @throws NotRetriedError where not all of them can be had */
export async function takePeople(
  tx: Transaction<Schema>,
  engine: Engine,
  { retry, retryKey, freedKey }: Retrying,
  from = 0,
): Promise<void> {
  const { ofKey: broadcastKey, statuses, people } = retry;
  const places = people.slice(from, from + PEOPLE_AT_ONCE);
  const there = await lockForRetry(tx, engine, { broadcastKey, places, freedKey }, statuses);
  if (there !== places.length) throw new NotRetriedError('outdated');
  if (!(await takeForRetry(tx, engine, { broadcastKey, retryKey, places, freedKey })))
    throw new NotRetriedError('outdated');
}

/** Where each step of taking them begins. */
export function* stepsOf({ people }: NewRetry): Generator<number> {
  for (let from = 0; from < people.length; from += PEOPLE_AT_ONCE) yield from;
}

/**
 * With the retry's being there, the broadcast stands for what becomes of those people: its idempotency key cannot be used
 * again. Both are decided by its row.
 *
 * @throws NotRetriedError where its key was used again, or its caller was told that nobody will be texted
 */
export async function noteRetried(tx: Transaction<Schema>, { ofKey }: NewRetry): Promise<void> {
  const noted = await sql`
    update broadcasts set retried = 1
    where broadcast_key = ${ofKey} and hidden is null and not ${standsForNothing()}`.execute(tx);
  if (noted.numAffectedRows === 0n) throw new NotRetriedError('closed');
}
