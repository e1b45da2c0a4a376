import { sql, type Kysely } from 'kysely';
import { waitsForNoCanary } from '../state/counts/canaryCounts';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { isAwaited } from './candidate';

/**
 * Milliseconds until the next batch is due that a claim did not find, less than none where it is; null when none waits. Read
 * are those that are to be tried again, and the first that is held back of each broadcast.
 */
export async function untilNextAttempt(
  db: Kysely<Schema>,
  engine: Engine,
  { onlyAwaited }: { readonly onlyAwaited: boolean },
): Promise<number | null> {
  const waits = sql`b.broadcast_key = c.broadcast_key and b.status = 'pending' and ${waitsForNoCanary}`;
  const found = await sql<{ free: number | null; again: number | null; held: number | null; now: number }>`
    select min(free) as free, min(again) as again, min(held) as held, ${engine.now} as now from (
      select
        (select min(b.next_attempt_at) from batches b where ${waits} and b.not_before is null) as free,
        (select min(b.next_attempt_at) from batches b where ${waits} and b.not_before <= ${engine.now}) as again,
        (select b.not_before from batches b where ${waits} and b.not_before > ${engine.now}
          order by b.not_before limit 1) as held
      from broadcasts c
      where c.status in ('queued', 'processing') and c.batches_pending > 0
        ${onlyAwaited ? sql`and ${isAwaited(engine)}` : sql``}) as waiting`.execute(db);
  const [row] = found.rows;
  if (row === undefined) return null;
  const times = [row.free, row.again, row.held].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times) - row.now;
}
