import type { Logger } from '../../../config/logger';
import type { UnconfirmedPolicy } from '../../../config/plivoConfig';
import { afterLook, type LookResult } from '../../domain/outcome/reconciliation';
import type { NamedMessage, ReconcileStore, UnsettledBatch } from '../../store/settling/reconcileStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';

export type LookSettlementDeps = {
  readonly reconciling: Pick<ReconcileStore, 'recordLook' | 'prove' | 'disprove' | 'hold'>;
  readonly changes: BroadcastChanges;
  readonly wakeDispatcher: () => void;
  readonly logger: Logger;
  readonly config: { readonly unconfirmed: UnconfirmedPolicy; readonly maxAttempts: number };
};

/** What follows from what Plivo's list shows of a batch. */
export type LookSettlement = {
  /** Writes down what a look brought, and does what follows. */
  afterLook(
    batch: UnsettledBatch,
    search: { readonly result: LookResult; readonly named: readonly NamedMessage[] },
  ): Promise<void>;
  /** Where nobody is to be asked: sends again, or leaves it to a person. */
  byPolicy(batch: UnsettledBatch): Promise<void>;
};

const COUNTER = {
  absent: 'looks',
  unclear: 'fruitless_looks',
  refused: 'fruitless_looks',
  busy: 'busy_looks',
} as const;

export function createLookSettlement(deps: LookSettlementDeps): LookSettlement {
  const { reconciling, changes, logger, config, wakeDispatcher } = deps;

  async function sendAgain(batch: UnsettledBatch, countsAlways = false): Promise<void> {
    if (await reconciling.disprove(batch, { maxAttempts: config.maxAttempts, countsAlways })) wakeDispatcher();
  }

  async function hold(batch: UnsettledBatch, { code, reason }: { code: string; reason: string }): Promise<void> {
    const held = await reconciling.hold(batch, { code, status: null, reason: `${reason} ${DECIDE}` });
    if (held) logger.error('A batch is held: a person must decide whether it was sent', logDataOf(batch));
  }

  return {
    async afterLook(batch, { result, named }) {
      if (result !== 'found') await reconciling.recordLook(batch, COUNTER[result]);
      const next = afterLook(result, countsAfter(batch, result));
      logger.info('Asked Plivo for a batch whose answer was lost', { ...logDataOf(batch), result, next });
      if (next === 'sent') await reconciling.prove(batch, named);
      if (next === 'not_sent') await sendAgain(batch);
      if (next === 'held') await hold(batch, REASONS[result === 'refused' || result === 'busy' ? result : 'unclear']);
      changes.publish(batch.broadcastId);
    },
    async byPolicy(batch) {
      if (config.unconfirmed === 'retry' && batch.attempts < config.maxAttempts) await sendAgain(batch, true);
      else await hold(batch, { code: 'held', reason: 'It is unknown whether Plivo took this batch.' });
      changes.publish(batch.broadcastId);
    },
  };
}

const countsAfter = ({ looks, fruitlessLooks, busyLooks }: UnsettledBatch, result: LookResult) => ({
  looks: looks + Number(result === 'absent'),
  fruitlessLooks: fruitlessLooks + Number(result === 'unclear' || result === 'refused'),
  busyLooks: busyLooks + Number(result === 'busy'),
});

const DECIDE = 'Decide with POST /broadcast/{id}/batches/{n}/resolve.';
const REASONS = {
  refused: {
    code: 'held',
    reason: 'It is unknown whether Plivo took this batch, and its message list cannot be read.',
  },
  unclear: { code: 'held', reason: 'It is unknown whether Plivo took this batch, and its message list does not tell.' },
  // Looked at on, now and then: see `LIST_AWAY` in the store.
  busy: {
    code: 'list_away',
    reason: 'It is unknown whether Plivo took this batch, and its message list cannot be asked at present.',
  },
} as const;

const logDataOf = ({ broadcastId, number }: UnsettledBatch) => ({ broadcastId, batch: number });
