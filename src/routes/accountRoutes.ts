import { Router, type RequestHandler } from 'express';
import type { AccountReader } from '../services/money/accountReader';
import type { BroadcastStore } from '../store/reading/broadcastStore';
import type { BudgetStore } from '../store/sending/budgetStore';
import type { FaultStore } from '../store/sending/faultStore';
import type { PacingStore } from '../store/sending/pacingStore';
import type { ListFaultStore } from '../store/settling/listFaultStore';
import { onlyParameters } from './parameters/query';
import {
  balanceView,
  faultsView,
  paceView,
  queueView,
  reserveView,
  sendersView,
  type PaceSettings,
  type SenderSettings,
} from './views/accountView';

export type AccountRoutesDeps = {
  readonly accountReader: AccountReader;
  readonly faults: Pick<FaultStore, 'current'>;
  readonly listFaults: Pick<ListFaultStore, 'current'>;
  readonly pacing: Pick<PacingStore, 'queueState' | 'senderQueues'>;
  readonly budgets: Pick<BudgetStore, 'current'>;
  readonly broadcasts: Pick<BroadcastStore, 'workloads'>;
  readonly config: PaceSettings & SenderSettings & { readonly minBalance: number | null };
  /** Where Plivo is to post what people write; null without a public address. */
  readonly inboundUrl: string | null;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** People who look at a page again and again ask Plivo no more than this; a Plivo that is silent is not waited for. */
const BALANCE = { maxAgeMs: 10_000, patienceMs: 3000 };

/** How the Plivo account is doing, as far as it decides whether texts go. */
export function accountRoutes(deps: AccountRoutesDeps): Router {
  const { accountReader, faults, listFaults, pacing, budgets, broadcasts, config, inboundUrl, methodNotAllowed } = deps;

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const [reading, budget, fault, listFault, queue, senderQueues, waiting] = await Promise.all([
      accountReader.read(BALANCE),
      budgets.current(),
      faults.current(),
      listFaults.current(),
      pacing.queueState(),
      pacing.senderQueues(),
      broadcasts.workloads(),
    ]);
    res.json({
      balance: balanceView(reading),
      reserve: reserveView(config.minBalance, budget),
      faults: faultsView(fault, listFault, queue.now),
      pace: paceView(config),
      queue: queueView(waiting, queue, config.pace),
      senders: sendersView(config, waiting, { freeAt: senderQueues, now: queue.now }),
      inboundUrl,
    });
  };

  const router = Router();
  router.route('/').get(show).all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
