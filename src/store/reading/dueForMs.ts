import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { waitsForNoCanary } from '../state/counts/canaryCounts';

/** Of so many broadcasts, those that have waited longest for their turn, the batches are looked at. */
const MOST_BROADCASTS = 500;

type Due = {
  readonly began_at: number;
  readonly now: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly held: number | null;
};

/**
 * For how many milliseconds the batch may have gone that has waited longest of those that may go now; null where none may.
 * A broadcast's batches wait from when it was queued, or went on after a pause, and what is to be tried again from then.
 *
 * Of each broadcast the first and the last batch that may go are read, and the first that was held back by people's clocks:
 * an index leads to each, so that neither many broadcasts nor large ones cost more. What was tried meanwhile stands at the
 * beginning, what has waited all the time at the end.
 */
export async function dueForMs(db: Kysely<Schema>, engine: Engine): Promise<number | null> {
  const mayGo = sql`
    b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${waitsForNoCanary}
    and b.next_attempt_at <= ${engine.now}`;
  const free = (order: RawBuilder<unknown>) => sql`
    (select b.next_attempt_at from batches b where ${mayGo} and b.not_before is null order by ${order} limit 1)`;
  const found = await sql<Due>`
    select c.status_updated_at as began_at, ${engine.now} as now,
      ${free(sql`b.number`)} as first, ${free(sql`b.number desc`)} as last,
      (select case when b.not_before > b.next_attempt_at then b.not_before else b.next_attempt_at end
        from batches b where ${mayGo} and b.not_before <= ${engine.now} order by b.not_before, b.number limit 1) as held
    from (
      select broadcast_key, status_updated_at, canary_state, canary_batches from broadcasts
      where status in ('queued', 'processing') and batches_pending > 0
      order by turn_at, broadcast_key limit ${sql.lit(MOST_BROADCASTS)}) as c`.execute(db);
  const waits = found.rows.flatMap(({ began_at: began, now, first, last, held }) =>
    [first, last, held].filter((due) => due !== null).map((due) => now - Math.max(due, began)),
  );
  return waits.length === 0 ? null : Math.max(0, ...waits);
}
