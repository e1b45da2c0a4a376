import type { RequestHandler } from 'express';
import { patternOf } from '../middleware/requestLog';
import type { Planning } from '../services/accepting/planning/planning';
import type { ReceiptService } from '../services/hearing/receiptService';
import type { Tracing } from '../services/measuring/tracing';
import type { PlivoService } from '../services/plivo/plivoService';
import type { ClaimRef } from '../store/sending/settleStore';
import type { Store } from '../store/store';

/** What listens; null or nothing where nobody does, and then all is as it was. */
type Listener = Tracing | null | undefined;

/** `handle`, with a span around each request that it takes. */
export function tracedRequests(handle: RequestHandler, tracing: Listener): RequestHandler {
  if (!tracing) return handle;
  return (req, res, next) => {
    const span = tracing.request(req.method, req.headers);
    // Also where the caller has gone before the answer.
    res.on('close', () => span.answered(patternOf(req), res.statusCode));
    span.run(() => void handle(req, res, next));
  };
}

/** The same planning, with a span for each plan. */
export function tracedPlanning(planning: Planning, tracing: Listener): Planning {
  if (!tracing) return planning;
  return {
    ...planning,
    plan: (request, ...rest) =>
      tracing.within(
        'plan',
        {},
        () => planning.plan(request, ...rest),
        ({ segments }) => ({
          'broadcast.recipients': request.recipients.valid.length,
          'broadcast.segments': segments,
        }),
      ),
  };
}

/** The same Plivo, with a span for each call. */
export function tracedPlivo(plivo: PlivoService, tracing: Listener): PlivoService {
  if (!tracing) return plivo;
  return {
    ...plivo,
    send: (request) =>
      tracing.within(
        'call Plivo',
        { 'batch.recipients': request.recipients.length },
        () => plivo.send(request),
        ({ kind }) => ({ 'plivo.outcome': kind }),
      ),
    listMessages: (query) =>
      tracing.within(
        'ask Plivo',
        {},
        () => plivo.listMessages(query),
        ({ kind }) => ({ 'plivo.outcome': kind }),
      ),
  };
}

/** The same receipts, with a span for each report. */
export function tracedReceipts(receipts: ReceiptService, tracing: Listener): ReceiptService {
  if (!tracing) return receipts;
  return {
    receive: (report) =>
      tracing.within(
        'take report',
        { 'report.status': report.status },
        () => receipts.receive(report),
        (result) => ({
          'report.result': result,
        }),
      ),
  };
}

/** The same store, with a span for each broadcast that is kept, each batch that is claimed, and each that is settled. */
export function tracedStore(store: Store, tracing: Listener): Store {
  if (!tracing) return store;
  const { accepting, claims, settling } = store;
  const settle = (outcome: string, claim: ClaimRef, write: () => Promise<boolean>) =>
    tracing.within('settle', { ...batchOf(claim), 'batch.outcome': outcome }, write, (isWritten) => ({
      'batch.is_written': isWritten,
    }));
  return {
    ...store,
    accepting: {
      ...accepting,
      accept: (broadcast) =>
        tracing.within('keep broadcast', { 'broadcast.id': broadcast.id }, () => accepting.accept(broadcast)),
    },
    claims: {
      ...claims,
      // Most looks find nothing to do, and are not worth a span.
      async claimNextBatch(options) {
        const began = Date.now();
        const result = await claims.claimNextBatch(options);
        if (result?.kind !== 'claimed') return result;
        const { claim } = result;
        const told = { ...batchOf(claim), 'broadcast.id': claim.broadcastId, 'batch.attempt': claim.attempt };
        tracing.over('claim', began, { ...told, 'batch.recipients': claim.recipients.length });
        return result;
      },
    },
    settling: {
      ...settling,
      recordAccepted: (claim, ...rest) => settle('accepted', claim, () => settling.recordAccepted(claim, ...rest)),
      recordRefusedForNow: (claim, ...rest) =>
        settle('refused for now', claim, () => settling.recordRefusedForNow(claim, ...rest)),
      recordRefusedForGood: (claim, ...rest) =>
        settle('refused for good', claim, () => settling.recordRefusedForGood(claim, ...rest)),
      recordUnknown: (claim, ...rest) => settle('unknown', claim, () => settling.recordUnknown(claim, ...rest)),
    },
  };
}

const batchOf = ({ broadcastKey, number }: ClaimRef) => ({ 'broadcast.key': broadcastKey, 'batch.number': number });
