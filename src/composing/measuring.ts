import type { Metrics } from '../services/measuring/metrics';
import type { ReceiptService } from '../services/hearing/receiptService';
import type { PlivoService } from '../services/plivo/plivoService';
import { describeErrorCode } from '../domain/outcome/plivoErrorCodes';
import type { Timers } from '../domain/time/timers';
import type { AddressWatch } from '../services/settling/watching/addressWatch';
import type { Store } from '../store/store';

type Clocks = { readonly timers: Pick<Timers, 'monotonicMs'>; readonly clock: () => number };

/** The same Plivo; what is sent and asked is measured, and what the account has is noted. */
export function measuredPlivo(plivo: PlivoService, metrics: Metrics, { timers, clock }: Clocks): PlivoService {
  const stopwatch = () => {
    const before = timers.monotonicMs();
    return () => (timers.monotonicMs() - before) / 1000;
  };
  return {
    ...plivo,
    async send(request) {
      const seconds = stopwatch();
      const outcome = await plivo.send(request);
      metrics.plivoCalled(outcome.kind, seconds());
      return outcome;
    },
    async listMessages(query) {
      const seconds = stopwatch();
      const outcome = await plivo.listMessages(query);
      metrics.plivoAsked('messages', outcome.kind === 'listed' ? 'answered' : 'refused', seconds());
      return outcome;
    },
    async readAccount() {
      const seconds = stopwatch();
      const outcome = await plivo.readAccount();
      metrics.plivoAsked('account', outcome.kind === 'account' ? 'answered' : 'refused', seconds());
      if (outcome.kind === 'account') metrics.balanceRead({ nanos: outcome.account.balanceNanos, readAt: clock() });
      return outcome;
    },
  };
}

/** The same Plivo; whatever its list shows is looked through for strangers. */
export const watchedPlivo = (plivo: PlivoService, watch: AddressWatch): PlivoService => ({
  ...plivo,
  async listMessages(query) {
    const outcome = await plivo.listMessages(query);
    // While the database is away, the next look will do.
    if (outcome.kind === 'listed') await watch.look(outcome.messages).catch(() => undefined);
    return outcome;
  },
});

/** The same store; who opts out, what people write and what is told to others is counted once it is committed. */
export function measuredStore(store: Store, metrics: Metrics): Store {
  const { optOuts, inbound, deliveries } = store;
  return {
    ...store,
    optOuts: {
      ...optOuts,
      async add(number, by) {
        const isNew = await optOuts.add(number, by);
        metrics.optedOut(by.source, Number(isNew));
        return isNew;
      },
      async import(importId, numbers) {
        const added = await optOuts.import(importId, numbers);
        metrics.optedOut('import', added);
        return added;
      },
    },
    inbound: {
      ...inbound,
      async keep(message, heard) {
        const result = await inbound.keep(message, heard);
        if (result.kind !== 'kept') return result;
        metrics.textCameIn(result.keyword);
        if (result.keyword === 'optOut') metrics.optedOut('keyword', Number(result.changed));
        return result;
      },
      async review(messageUuid, as) {
        const result = await inbound.review(messageUuid, as);
        if (result.kind === 'reviewed' && result.isNew && as === 'optOut') metrics.optedOut('api', 1);
        return result;
      },
    },
    deliveries: {
      ...deliveries,
      async settle(claim, attempt) {
        const settled = await deliveries.settle(claim, attempt);
        if (settled !== null) metrics.webhookTried(settled.status);
        return settled;
      },
    },
  };
}

/**
 * The same receipts, counted. `handsOn`: what is not taken is received once more on another way, which counts it then.
 */
export function measuredReceipts(
  receipts: ReceiptService,
  { metrics, clock }: { readonly metrics: Metrics; readonly clock: () => number },
  { handsOn }: { readonly handsOn: boolean },
): ReceiptService {
  return {
    async receive(report) {
      const { happenedAt = null, errorCode } = report;
      try {
        const result = await receipts.receive(report);
        const isTaken = result === 'applied' || result === 'ignored';
        if (isTaken || !handsOn)
          metrics.reported(report, result, isTaken && happenedAt !== null ? clock() - happenedAt : null);
        if (result === 'applied' && errorCode !== null && describeErrorCode(errorCode).follow === 'opt_out')
          metrics.optedOut('plivo', 1);
        return result;
      } catch (error) {
        if (!handsOn) metrics.reported(report, 'failed', null);
        throw error;
      }
    },
  };
}
