import type { UnconfirmedPolicy } from '../../../config/plivoConfig';
import { afterLook } from '../../domain/outcome/reconciliation';
import type { ReconcileStore, UnsettledBatch } from '../../store/settling/reconcileStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';
import { createBatchSearch } from './batchSearch';
import type { MessageList } from './messageList';

export type ReconcilerDeps = LoopDeps & {
  readonly reconciling: ReconcileStore;
  readonly list: MessageList;
  readonly changes: BroadcastChanges;
  readonly wakeDispatcher: () => void;
  readonly config: {
    readonly unconfirmed: UnconfirmedPolicy;
    readonly reconcileAfterMs: number;
    readonly timeoutMs: number;
    readonly maxAttempts: number;
  };
};

const LOOK_FOR_DUE_EVERY_MS = 1000;
const LEAST_SPACING_MS = 1000;

/**
 * Settles batches whose outcome is unknown. Delivery reports do so by themselves; this asks Plivo's message list when
 * none came, within a budget that all instances share, and leaves to a person what cannot be found out.
 */
export function createReconciler(deps: ReconcilerDeps): Loop {
  const { reconciling, changes, logger, config } = deps;
  const searchFor = createBatchSearch(deps);
  const lookEveryMs = Math.min(LOOK_FOR_DUE_EVERY_MS, Math.max(50, config.reconcileAfterMs));

  async function settleNext(signal: AbortSignal): Promise<boolean> {
    const batch = await reconciling.takeDue({
      firstAfterMs: config.unconfirmed === 'reconcile' ? config.reconcileAfterMs : 0,
      nextAfterMs: Math.max(config.reconcileAfterMs, LEAST_SPACING_MS),
      timeoutMs: config.timeoutMs,
    });
    if (batch === null) return false;
    if (config.unconfirmed === 'reconcile') await look(batch, signal);
    else if (config.unconfirmed === 'retry' && batch.attempts < config.maxAttempts) await sendAgain(batch);
    else await hold(batch, 'It is unknown whether Plivo took this batch.');
    changes.publish(batch.broadcastId);
    return true;
  }

  async function look(batch: UnsettledBatch, signal: AbortSignal): Promise<void> {
    const { result, named } = await searchFor(batch, signal);
    if (result === 'busy') return;
    const isAbsent = result === 'absent';
    if (result !== 'found') await reconciling.recordLook(batch, isAbsent ? 'looks' : 'fruitless_looks');
    const next = afterLook(result, {
      looks: batch.looks + (isAbsent ? 1 : 0),
      fruitlessLooks: batch.fruitlessLooks + (isAbsent ? 0 : 1),
    });
    logger.info('Asked Plivo for a batch whose answer was lost', { ...logDataOf(batch), result, next });
    if (next === 'sent') await reconciling.prove(batch, named);
    if (next === 'not_sent') await sendAgain(batch);
    if (next === 'held') await hold(batch, REASONS[result === 'refused' ? 'refused' : 'unclear']);
  }

  async function sendAgain(batch: UnsettledBatch): Promise<void> {
    if (await reconciling.disprove(batch, { maxAttempts: config.maxAttempts })) deps.wakeDispatcher();
  }

  async function hold(batch: UnsettledBatch, reason: string): Promise<void> {
    const held = await reconciling.hold(batch, { code: 'held', status: null, reason: `${reason} ${DECIDE}` });
    if (held) logger.error('A batch is held: a person must decide whether it was sent', logDataOf(batch));
  }

  return createLoop(deps, {
    name: 'reconciler',
    step: async (signal) => ((await settleNext(signal)) ? 0 : lookEveryMs),
  });
}

const DECIDE = 'Decide with POST /broadcast/{id}/batches/{n}/resolve.';
const REASONS = {
  refused: 'It is unknown whether Plivo took this batch, and its message list cannot be read.',
  unclear: 'It is unknown whether Plivo took this batch, and its message list does not tell.',
} as const;

const logDataOf = ({ broadcastId, number }: UnsettledBatch) => ({ broadcastId, batch: number });
