import { createChance } from '../clockwork/chance';
import type { Fault } from './fault';
import { isOnlyOne, type WorldPlan } from './worldPlan';

const SHARE = 0.08;
const MINUTE_MS = 60_000;
/**
 * What a copy cannot know: a STOP or a cancellation since (who wrote is held by Plivo's list of what came in, which these worlds
 * do not have), and what time it is where a clock was set.
 */
const WITHOUT: readonly Fault['kind'][] = ['clock step', 'handset', 'cancel'];

/** The database is put back from a copy that was made while it was working, and whoever does that says so. */
export function withRestoredCopy(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'restores');
  if (!chance.happens(SHARE) || !isPlain(plan)) return plan;
  const submitted = Math.max(...plan.broadcasts.map(({ submitAtMs }) => submitAtMs));
  const restored: Fault = {
    kind: 'restored copy',
    when: { atMs: submitted + chance.anyMagnitude(100, 2 * MINUTE_MS) },
    forMs: chance.anyMagnitude(500, 30 * MINUTE_MS),
    downMs: chance.anyMagnitude(100, 10 * MINUTE_MS),
  };
  return { ...plan, faults: [...plan.faults.filter(({ kind }) => !WITHOUT.includes(kind)), restored] };
}

/** Nothing hangs on what was known since the copy: who has which text of several, what was reported of those who went first. */
const isPlain = (plan: WorldPlan): boolean =>
  plan.retries.length === 0 &&
  plan.settings.textCaps === null &&
  plan.settings.duplicateWindowHours === 0 &&
  plan.settings.retentionDays === 0 &&
  plan.broadcasts.every((one) => one.topic === null && one.canary === null && isOnlyOne(plan, one));
