import { sql, type Kysely, type Transaction } from 'kysely';
import { whyStopped, type CanaryCounts, type CanaryRules } from '../../domain/outcome/canaryVerdict';
import { BROADCAST_STATES } from '../../domain/states/broadcastState';
import { CANARY_STATES, type CanaryEvent } from '../../domain/states/canaryState';
import { nextState } from '../../domain/states/stateTable';
import { canaryCountsOf } from '../state/counts/canaryCounts';
import { isCanaryUnderWay } from '../state/counts/canaryCourse';
import { writeStatus } from '../state/counts/counters';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable, Schema } from '../engine/schema';

/** A canary that was judged: the rest of its broadcast goes, or the broadcast is paused. */
export type JudgedCanary = CanaryCounts & {
  readonly broadcastId: string;
  /** Why the rest does not go; null where it does. */
  readonly whyStopped: string | null;
};

export type CanaryStore = {
  /**
   * Lets the time of those canaries run of which no batch is still to go, and judges those whose time is up. What is
   * paused is judged when it goes on.
   */
  judgeDue(): Promise<JudgedCanary[]>;
};

export function createCanaryStore({ db, engine }: Database): CanaryStore {
  return {
    async judgeDue() {
      const judged: JudgedCanary[] = [];
      for (const row of await readUnderWay(db, engine)) {
        if ((await dueEvent(db, row)) === null) continue;
        const one = await inTransaction(db, (tx) => takeStep(tx, engine, row.broadcast_key));
        if (one !== null) judged.push(one);
      }
      return judged;
    },
  };
}

type CanaryRow = Omit<BroadcastsTable, 'broadcast_key'> & { readonly broadcast_key: number; readonly now: number };

async function readUnderWay(db: Kysely<Schema>, engine: Engine): Promise<CanaryRow[]> {
  const found = await sql<CanaryRow>`
    select broadcasts.*, ${engine.now} as now from broadcasts where ${isCanaryUnderWay} order by broadcast_key`.execute(
    db,
  );
  return found.rows;
}

async function dueEvent(db: Kysely<Schema>, row: CanaryRow): Promise<'out' | 'back' | 'judge' | null> {
  const isOut = await areAllOut(db, row);
  if (row.canary_state === 'sending') return isOut ? 'out' : null;
  if (!isOut) return 'back';
  return (row.canary_until ?? 0) <= row.now ? 'judge' : null;
}

/** Those of a batch that cannot be claimed are not waited for: nothing is heard of them, which is judged. */
async function areAllOut(db: Kysely<Schema>, row: CanaryRow): Promise<boolean> {
  if (row.batches_sending > 0) return false;
  const canaryBatches = row.canary_batches ?? 0;
  if (row.batches_pending <= row.batches_total - canaryBatches) return true;
  const found = await sql`
    select 1 from batches where broadcast_key = ${row.broadcast_key} and number <= ${canaryBatches}
      and status = 'pending' and claim_failures = 0 limit 1`.execute(db);
  return found.rows.length === 0;
}

/** Under the lock of the broadcast's row, which whatever is counted holds too. */
async function takeStep(tx: Transaction<Schema>, engine: Engine, broadcastKey: number): Promise<JudgedCanary | null> {
  const found = await sql<CanaryRow>`
    select broadcasts.*, ${engine.now} as now from broadcasts
    where broadcast_key = ${broadcastKey} and ${isCanaryUnderWay} ${engine.forUpdate}`.execute(tx);
  const row = found.rows[0];
  const event = row === undefined ? null : await dueEvent(tx, row);
  if (row === undefined || event === null) return null;
  if (event === 'judge') return await judge(tx, engine, row);
  await write(tx, row, event, { canary_until: event === 'out' ? await timeIsUpAt(tx, row) : null });
  return null;
}

/**
 * Its people have their time from the end of its last call on, however late it is seen that all are out; the claim of one that
 * goes anew takes it back.
 */
async function timeIsUpAt(tx: Transaction<Schema>, row: CanaryRow): Promise<number> {
  const found = await sql<{ at: number | null }>`
    select max(case when answered_at > claimed_at then answered_at else claimed_at end) as at from batches
    where broadcast_key = ${row.broadcast_key} and number <= ${row.canary_batches}`.execute(tx);
  // A time in the future is left over from a clock that was set back.
  return Math.min(found.rows[0]?.at ?? row.now, row.now) + waitMsOf(row);
}

const waitMsOf = (row: CanaryRow): number => rulesOf(row).waitSeconds * 1000;

async function judge(tx: Transaction<Schema>, engine: Engine, row: CanaryRow): Promise<JudgedCanary> {
  const counts = canaryCountsOf(row);
  const why = whyStopped(counts, rulesOf(row));
  const known = { canary_reported: counts.reported, canary_failed: counts.failed };
  await write(tx, row, why === null ? 'pass' : 'stop', { ...known, ...(why === null ? {} : { pause_reason: why }) });
  const paused = why === null ? null : nextState(BROADCAST_STATES, row.status, 'pause');
  if (paused !== null) await writeStatus(tx, engine, row.broadcast_key, row.status, paused);
  return { ...counts, broadcastId: row.id, whyStopped: why };
}

async function write(
  tx: Transaction<Schema>,
  { broadcast_key: broadcastKey, canary_state: state }: CanaryRow,
  event: CanaryEvent,
  patch: Partial<Pick<BroadcastsTable, 'canary_until' | 'canary_reported' | 'canary_failed' | 'pause_reason'>>,
): Promise<void> {
  const next = state === null ? null : nextState(CANARY_STATES, state, event);
  if (next === null) throw new Error('The canary is not in a state in which this can happen.');
  await tx
    .updateTable('broadcasts')
    .set({ ...patch, canary_state: next })
    .where('broadcast_key', '=', broadcastKey)
    .execute();
}

function rulesOf({ canary }: CanaryRow): CanaryRules {
  if (canary === null) throw new Error('The broadcast has no canary.');
  return JSON.parse(canary) as CanaryRules;
}
