import type { Broadcast, BroadcastStatus } from '../../api/types';

const LIVELY_MS = 2000;
const CALM_MS = 15_000;
/** Most reports have come by then. */
const REPORTS_COME_FOR_MS = 120_000;

const FINAL: readonly BroadcastStatus[] = ['completed', 'partially_failed', 'failed', 'cancelled'];

/** How often a broadcast is looked at: seldom once it has ended and few reports, or none, are to come. */
export function paceOf({ status, delivery, processedAt }: Broadcast): number {
  if (!FINAL.includes(status)) return LIVELY_MS;
  const isReported = delivery.queued + delivery.sent + delivery.unknown === 0;
  const isLongAgo = processedAt !== null && Date.now() - Date.parse(processedAt) > REPORTS_COME_FOR_MS;
  return isReported || isLongAgo ? CALM_MS : LIVELY_MS;
}
