import { sql, type Transaction } from 'kysely';
import { handOver, type HandOver, type HandOverVerdict } from '../../domain/time/handOver';
import { backlogMs, loadMs } from '../../domain/time/pacing';
import { parseQuietHours } from '../../domain/time/quietHours';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { unitsOf, type Candidate } from './candidate';
import type { Line } from './lines';

/** Whether the batch may go now as to the quiet hours of its people, or when to look again. */
export function handOverOf({ batch, broadcast, now }: Candidate, lines: readonly Line[]): HandOverVerdict {
  if (broadcast.quiet_hours === null || batch.zones === null) return { kind: 'now', horizonMs: Infinity };
  const hours = parseQuietHours(broadcast.quiet_hours);
  if (hours === null) throw new Error('The quiet hours of the broadcast cannot be read.');
  const units = unitsOf({ batch, broadcast }, batch.size);
  return handOver({
    hours,
    zones: JSON.parse(batch.zones) as string[],
    now,
    heldUntil: batch.not_before,
    queue: lastOf(lines.map(({ pace, queue }) => ({ backlogMs: backlogMs(queue, now), loadMs: loadMs(pace, units) }))),
  });
}

type Waiting = NonNullable<HandOver['queue']>;

/** The queue that the last text is the last to leave. */
const lastOf = (queues: readonly Waiting[]): Waiting | null =>
  queues.reduce<Waiting | null>((last, one) => (last === null || endOf(one) > endOf(last) ? one : last), null);

const endOf = (queue: Waiting): number => queue.backlogMs + queue.loadMs;

/**
 * Holds back, until then, what waits for people of the same zones and is not smaller. What is smaller may still leave
 * before it is quiet.
 */
export async function deferBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  { batch }: Candidate,
  until: number,
): Promise<void> {
  const skipLocked = engine.kind === 'postgres' ? sql`for update skip locked` : sql``;
  const deferred = await sql`
    update batches set not_before = ${until}
    where broadcast_key = ${batch.broadcast_key} and number in (
      select number from batches
      where broadcast_key = ${batch.broadcast_key} and status = 'pending' and zones = ${batch.zones}
        and size >= ${batch.size} ${skipLocked})`.execute(tx);
  await sql`
    update broadcasts set held_until = cast(${until} as bigint), held_batches = ${Number(deferred.numAffectedRows ?? 0)}
      + case when held_until = ${until} then held_batches else 0 end
    where broadcast_key = ${batch.broadcast_key} and coalesce(held_until, 0) <= ${until}`.execute(tx);
}
