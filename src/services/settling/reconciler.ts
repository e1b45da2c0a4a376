import type { EvidenceStore, KnownCall } from '../../store/settling/evidenceStore';
import type { ReconcileStore, UnsettledBatch } from '../../store/settling/reconcileStore';
import { createLoop, hasStopped, type Loop, type LoopDeps } from '../upkeep/loop';
import { createBatchSearch } from './batchSearch';
import { createClockWatch, type ClockWatch } from './watching/clockWatch';
import { lookAtControl, type Control } from './asking/controlCall';
import { countBatches } from './countSettlement';
import { filterOf } from './asking/inquiry';
import { createLookSettlement, type LookSettlement, type LookSettlementDeps } from './lookSettlement';
import type { MessageList } from './asking/messageList';

export type ReconcilerDeps = LoopDeps &
  LookSettlementDeps & {
    readonly reconciling: Pick<ReconcileStore, 'takeDue' | 'retake' | 'readClock' | 'latestCall'>;
    readonly evidence: EvidenceStore;
    readonly list: MessageList;
    readonly config: { readonly reconcileAfterMs: number };
    /** Between two looks for a batch go by so many milliseconds at least, whatever `reconcileAfterMs` is; a second. */
    readonly leastSpacingMs?: number;
  };

const LOOK_FOR_DUE_EVERY_MS = 1000;
/** Of batches that are due together so many are looked for by number before the others that are due get their turn. */
const SEARCHED_AT_ONCE = 10;
/** How far from a lost call an answered one may tell of the list. */
const CONTROL_MARGIN_MS = 10 * 60_000;

/**
 * Settles batches whose outcome is unknown. Delivery reports do so by themselves; this asks Plivo's message list when
 * none came, within a budget that all instances share: by counting where many wait, by number where that does not tell.
 * It leaves to a person what cannot be found out.
 */
export function createReconciler(deps: ReconcilerDeps): Loop {
  const { reconciling, config, leastSpacingMs = 1000 } = deps;
  const lookEveryMs = Math.min(
    deps.lookEveryMs ?? LOOK_FOR_DUE_EVERY_MS,
    leastSpacingMs,
    Math.max(50, config.reconcileAfterMs),
  );
  const settlement = createLookSettlement(deps);
  const clockWatch = createClockWatch({ clock: reconciling, timers: deps.timers });

  async function step(signal: AbortSignal): Promise<number> {
    await clockWatch.glance();
    const due = await reconciling.takeDue({
      firstAfterMs: config.unconfirmed === 'reconcile' ? config.reconcileAfterMs : 0,
      nextAfterMs: Math.max(config.reconcileAfterMs, leastSpacingMs),
    });
    if (config.unconfirmed === 'reconcile') await lookAtAll({ ...deps, clockWatch }, settlement, due, signal);
    else for (const batch of due) await settlement.byPolicy(batch);
    return due.length === 0 ? lookEveryMs : 0;
  }

  return createLoop(deps, { name: 'reconciler', step });
}

async function lookAtAll(
  deps: ReconcilerDeps & { readonly clockWatch: ClockWatch },
  settlement: LookSettlement,
  due: readonly UnsettledBatch[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = due;
  if (first === undefined) return;
  const batchSearch = createBatchSearch(deps);
  const calls = await callsAround(deps.evidence, due);
  const steadySince = await deps.clockWatch.steadySince();
  const control = await lookAtControl(deps, calls, { ...first, steadySince }, signal);
  if (hasStopped(signal)) return;
  if (control.kind === 'busy' || control.kind === 'refused') {
    for (const batch of due) await settlement.afterLook(batch, { result: control.kind, named: [] });
    return;
  }
  const { taken, absent } = await countBatches({ ...deps, batchSearch }, due, { calls, control }, signal);
  for (const batch of taken) await settlement.afterLook(batch, { result: 'found', named: [] });
  for (const batch of absent) await settlement.afterLook(batch, { result: 'absent', named: [] });
  const isCounted = new Set([...taken, ...absent]);
  await searchSome(
    deps,
    settlement,
    due.filter((batch) => !isCounted.has(batch)),
    control,
    signal,
  );
}

async function searchSome(
  deps: ReconcilerDeps,
  settlement: LookSettlement,
  open: readonly UnsettledBatch[],
  control: Control,
  signal: AbortSignal,
): Promise<void> {
  const batchSearch = createBatchSearch(deps);
  for (const waiting of open.slice(0, SEARCHED_AT_ONCE)) {
    if (hasStopped(signal)) return;
    // Its turn may have come long after it was taken.
    const batch = await deps.reconciling.retake(waiting);
    if (batch === null) continue;
    const search = await batchSearch.search(batch, control, signal);
    // Stopped while it waited for a request: that was no look.
    if (hasStopped(signal)) return;
    await settlement.afterLook(batch, search);
  }
}

/** Our own calls from the sender at about the same time. */
function callsAround(evidence: EvidenceStore, due: readonly UnsettledBatch[]): Promise<KnownCall[]> {
  const [first] = due;
  const times = due.flatMap(({ calledAt, longestMs }) => [calledAt, calledAt + longestMs]);
  const span = { from: Math.min(...times) - CONTROL_MARGIN_MS, to: Math.max(...times) + CONTROL_MARGIN_MS };
  // The list is asked without the sender where it cannot be searched by it; then it shows every sender's messages.
  const { fromNumber, powerpackUuid } =
    first === undefined ? { fromNumber: null, powerpackUuid: null } : filterOf(first);
  const isForAll = fromNumber === null && powerpackUuid === null;
  return evidence.callsWithin(span, first === undefined || isForAll ? null : first);
}
