import { useRef } from 'preact/hooks';
import type { Broadcast, BroadcastStatus } from '../../api/types';

const LIVELY_MS = 2000;
const CALM_MS = 15_000;
/** Most reports have come by then. */
const REPORTS_COME_FOR_MS = 120_000;

const FINAL: readonly BroadcastStatus[] = ['completed', 'partially_failed', 'failed', 'cancelled'];

/** Whether it has come to its end, after which only reports on it come in. */
export const isFinal = ({ status }: Pick<Broadcast, 'status'>): boolean => FINAL.includes(status);

/** How often a broadcast is looked at: seldom once it has ended and few reports, or none, are to come. */
export function paceOf(broadcast: Broadcast): number {
  if (!isFinal(broadcast)) return LIVELY_MS;
  const { processedAt } = broadcast;
  const isLongAgo = processedAt !== null && Date.now() - Date.parse(processedAt) > REPORTS_COME_FOR_MS;
  return isReported(broadcast) || isLongAgo ? CALM_MS : LIVELY_MS;
}

const isReported = ({ delivery }: Broadcast): boolean => delivery.queued + delivery.sent + delivery.unknown === 0;

/** Whether it has changed while it was looked at, or may yet: then there is room kept for what may come, so that nothing jumps. */
export function useMoving(broadcast: Broadcast): boolean {
  const hasMoved = useRef(false);
  hasMoved.current ||= !isFinal(broadcast) || !isReported(broadcast);
  return hasMoved.current;
}
