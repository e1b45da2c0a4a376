import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import { CLAIM_TO_MESSAGE_MS } from './limits';
import type { Wrong } from './verdict';

/** A copy does not know what was handed over since; and a call may arrive minutes after its turn, when others have had theirs. */
const UNBOUNDED = ['restored copy', 'other time-outs', 'late acceptance'] as const;

/** Plivo never has more of a sender than it can send within the horizon, as what waits for too long is dropped. */
export function paces({ plan, account }: Ground): Wrong[] {
  if (plan.settings.senderRates === null || UNBOUNDED.some((kind) => faultsOf(plan, kind).length > 0)) return [];
  return plan.settings.senderRates.split(',').flatMap((written) => {
    const [sender = '', rate] = written.split(':');
    const loadMs = 1000 / Number(rate);
    // Nobody knows what others hand over.
    const ours = account.messages.filter(({ from, isOthers }) => !isOthers && from === sender.slice(1));
    const times = ours.map(({ at }) => at);
    const mostMs = Math.max(plan.settings.horizonSeconds * 1000, loadMs) + CLAIM_TO_MESSAGE_MS;
    const worst = longestQueueMs(times, loadMs);
    if (worst <= mostMs) return [];
    const what = `…${sender.slice(-4)}: ${Math.round(worst / 1000)} s of texts, ${Math.round(mostMs / 1000)} s at most`;
    return [{ rule: 'no sender gets too much', what }];
  });
}

/** `times`: when each text was handed over. */
function longestQueueMs(times: readonly number[], loadMs: number): number {
  let [freeAt, worst] = [0, 0];
  for (const at of times.toSorted((a, b) => a - b)) {
    freeAt = Math.max(freeAt, at) + loadMs;
    worst = Math.max(worst, freeAt - at);
  }
  return worst;
}
