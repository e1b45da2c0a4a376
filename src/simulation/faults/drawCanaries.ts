import { createChance } from '../clockwork/chance';
import type { Fault } from './fault';
import { isOnlyOne, type WorldPlan } from './worldPlan';

const SHARE = 0.1;
/** What is judged goes by the clock; and whom Plivo bars alone may keep a canary from going for as long as the account is looked after. */
const WITHOUT: readonly Fault['kind'][] = ['clock step', 'barred person'];

/** Broadcasts some of whose people go first. */
export function withCanaries(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'canaries');
  if (!chance.happens(SHARE)) return plan;
  const broadcasts = plan.broadcasts.map((broadcast) => ({
    ...broadcast,
    canary:
      isOnlyOne(plan, broadcast) && chance.happens(0.9)
        ? {
            recipients: chance.anyMagnitude(1, Math.max(2, broadcast.people.length)),
            waitSeconds: chance.pick([30, 120, 600]),
            maxFailureRate: chance.pick([0, 0.1, 0.2, 0.5]),
          }
        : null,
  }));
  const settings = { ...plan.settings, hasPublicUrl: true, retentionDays: 0 };
  return { ...plan, broadcasts, settings, faults: plan.faults.filter(({ kind }) => !WITHOUT.includes(kind)) };
}
