import { sql, type RawBuilder, type Transaction } from 'kysely';
import { LIKE_ERASED } from '../../domain/numbers/erasedNumber';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { standsForNothing } from './standing';

/** Where a person stands in their broadcast. */
export type Place = { readonly batch: number; readonly position: number };

/**
 * Whether the retry `c` lets its people go: it texted nobody and never will, and nothing else can be sent in its place. It
 * was never complete; or it was cancelled before anything of it went; or all of it failed, and its caller was told so or
 * its idempotency key stands for another request, or will: `freedKey` is the key of the request that asks; or it is being
 * removed.
 */
export const letsGo = (freedKey: string | null): RawBuilder<boolean> => sql`(
  (c.hidden = 'leaving' and c.arriving_until is not null)
  or (c.status = 'cancelled' and c.batches_cancelled = c.batches_total)
  or (c.status = 'failed' and c.retried = 0 and (
    c.hidden = 'leaving' or ${standsForNothing()} ${freedKey === null ? sql`` : sql`or c.idempotency_key = ${freedKey}`})))`;

/** By whom somebody was taken has let them go; `taken` names the row of `retried_texts`. */
const isLetGo = (taken: string, freedKey: string | null): RawBuilder<boolean> => sql`exists (
  select 1 from broadcasts c where c.broadcast_key = ${sql.ref(`${taken}.retry_key`)} and ${letsGo(freedKey)})`;

/** Whether a retry has taken the person of the row `r`. */
export const isTakenByRetry = (freedKey: string | null): RawBuilder<boolean> => sql`exists (
  select 1 from retried_texts t
  where t.broadcast_key = r.broadcast_key and t.batch_number = r.batch_number and t.position = r.position
    and not ${isLetGo('t', freedKey)})`;

/** States in which a person has no text and will get none, unless they are sent one anew. */
export const RETRIABLE = ['undelivered', 'failed'] as const;
export type RetriableStatus = (typeof RETRIABLE)[number];

/** Whether the person of the row `r` may be texted anew, by what is known of their text: with a second one, nobody knows. */
export const isRetriable = (statuses: readonly RetriableStatus[]): RawBuilder<boolean> =>
  sql`(r.batch_number > 0 and r.second_message_uuid is null and r.status in (${sql.join(statuses)})
    and r.recipient_number not like ${LIKE_ERASED})`;

type Taking = {
  readonly broadcastKey: number;
  readonly retryKey: number;
  readonly places: readonly Place[];
  readonly freedKey: string | null;
};

const PLACE_COLUMNS = { batch: 'integer', position: 'integer' } as const;

/**
 * Takes these people for the retry; false where another one has somebody of them, or somebody is named twice, as who changed
 * under the eyes of their reader is. The caller has locked their rows.
 */
export async function takeForRetry(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey, retryKey, places, freedKey }: Taking,
): Promise<boolean> {
  const taken = await sql`
    insert into retried_texts (broadcast_key, batch_number, position, retry_key)
    select ${broadcastKey}, p.batch, p.position, ${retryKey}
    from (select distinct batch, position from ${engine.recordRows(places, PLACE_COLUMNS)} as named) as p
    where true order by p.batch, p.position
    on conflict (broadcast_key, batch_number, position) do update set retry_key = excluded.retry_key
      where ${isLetGo('retried_texts', freedKey)}`.execute(tx);
  return Number(taken.numAffectedRows ?? 0) === places.length;
}

/**
 * How many of these people may be texted anew by a retry. On PostgreSQL it locks them, each batch before its people and all
 * in one order, so that neither a resend nor another retry comes in between.
 */
export async function lockForRetry(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey, places, freedKey }: Omit<Taking, 'retryKey'>,
  statuses: readonly RetriableStatus[],
): Promise<number> {
  const locks = engine.kind === 'postgres' ? sql`for update of b, r` : sql``;
  const found = await sql`
    select r.position from ${engine.recordRows(places, PLACE_COLUMNS)} as p
    join batches b on b.broadcast_key = ${broadcastKey} and b.number = p.batch
    join broadcast_recipients r
      on r.broadcast_key = ${broadcastKey} and r.batch_number = p.batch and r.position = p.position
    where ${isRetriable(statuses)} and not ${isTakenByRetry(freedKey)}
    order by b.number, r.position ${locks}`.execute(tx);
  return found.rows.length;
}

/** Whether a retry has taken somebody of the batch `b`. */
export const isBatchRetried = (): RawBuilder<boolean> => sql`exists (
  select 1 from retried_texts t
  where t.broadcast_key = b.broadcast_key and t.batch_number = b.number and not ${isLetGo('t', null)})`;
