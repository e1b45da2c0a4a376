import { OPEN_BATCH_STATUSES, type BatchStatus } from './batchState';
import type { StateTable } from './stateTable';

export const BROADCAST_STATUSES = [
  'awaiting_approval',
  'scheduled',
  'queued',
  'processing',
  'paused',
  'completed',
  'partially_failed',
  'failed',
  'cancelled',
] as const;
export type BroadcastStatus = (typeof BROADCAST_STATUSES)[number];

const FINAL: ReadonlySet<BroadcastStatus> = new Set(['completed', 'partially_failed', 'failed', 'cancelled']);

/** Whether it has ended: nothing is sent any more unless a person says so. */
export const isFinal = (status: BroadcastStatus): boolean => FINAL.has(status);

/**
 * - `approve`, `reject`: a second person says so; `approveEarly`: and its time is still to come; `expire`: nobody has in time
 * - `due`: its time has come
 * - `start`: its first batch was claimed
 * - `pause`, `resume`, `cancel`: a person says so
 * - `putBack`: a person says go on, and its time is still to come
 * - `reopen`: a person has what failed sent again
 * - `complete`, `failInPart`, `fail`: its last open batch was settled
 */
export type BroadcastEvent =
  | 'approve'
  | 'approveEarly'
  | 'reject'
  | 'expire'
  | 'due'
  | 'start'
  | 'pause'
  | 'resume'
  | 'putBack'
  | 'cancel'
  | 'reopen'
  | 'complete'
  | 'failInPart'
  | 'fail';

const ENDS = { complete: 'completed', failInPart: 'partially_failed', fail: 'failed' } as const;

/** The life of a broadcast. The ends may still change among themselves: a late report can prove a "failed" batch sent. */
export const BROADCAST_STATES: StateTable<BroadcastStatus, BroadcastEvent> = {
  awaiting_approval: {
    approve: 'queued',
    approveEarly: 'scheduled',
    reject: 'cancelled',
    expire: 'cancelled',
    cancel: 'cancelled',
  },
  scheduled: { due: 'queued', cancel: 'cancelled', pause: 'paused' },
  queued: { start: 'processing', pause: 'paused', cancel: 'cancelled', ...ENDS },
  processing: { pause: 'paused', cancel: 'cancelled', ...ENDS },
  paused: { resume: 'queued', putBack: 'scheduled', cancel: 'cancelled', ...ENDS },
  completed: {},
  partially_failed: { reopen: 'processing', ...ENDS },
  failed: { reopen: 'processing', ...ENDS },
  cancelled: {},
};

/** How many batches of a broadcast are in each state. */
export type BatchCounts = Readonly<Record<BatchStatus, number>>;

/** How a broadcast ended, judged by its batches; null while one of them is still open. */
export function outcomeOf(batches: BatchCounts): 'complete' | 'failInPart' | 'fail' | null {
  if (OPEN_BATCH_STATUSES.some((status) => batches[status] > 0)) return null;
  const lost = batches.failed + batches.cancelled;
  if (lost === 0) return 'complete';
  return batches.sent > 0 ? 'failInPart' : 'fail';
}
