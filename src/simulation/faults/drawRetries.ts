import { createChance, type Chance } from '../clockwork/chance';
import type { Fault } from './fault';
import type { PlannedRetry, WorldPlan } from './worldPlan';

const RETRIES_SHARE = 0.15;
const STATUSES: readonly [PlannedRetry['statuses'], ...PlannedRetry['statuses'][]] = [
  ['undelivered', 'failed'],
  ['failed'],
  ['undelivered'],
];
/** After the broadcast: most reports come within seconds. */
const AFTER_MS = { least: 3000, most: 50 * 60_000 } as const;

/**
 * Somebody has those texted anew who failed, once, or several at the same moment or one after the other; now and then a
 * process dies while one is being accepted.
 */
export function withRetries(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'retries');
  if (!chance.happens(RETRIES_SHARE)) return plan;
  const of = chance.between(0, plan.broadcasts.length - 1);
  const broadcast = plan.broadcasts[of];
  // Whether texts wait for a canary or a clock is judged by when they go, which a retry's do anew.
  if (broadcast?.canary !== null || broadcast.localInMs !== null) return plan;
  const begin = broadcast.submitAtMs + (broadcast.sendInMs ?? 0) + chance.anyMagnitude(AFTER_MS.least, AFTER_MS.most);
  const together = chance.happens(0.6);
  const retries = Array.from({ length: chance.pick([1, 2, 2, 3]) }, (_, place): PlannedRetry => ({
    of,
    atMs: begin + (together ? chance.between(0, 30) : place * chance.anyMagnitude(1000, 10 * 60_000)),
    key: chance.happens(0.7) ? `retry ${place + 1}` : null,
    waitMs: chance.pick([null, 0, 2000]),
    statuses: chance.pick(STATUSES),
  }));
  const faults = chance.happens(0.4) ? [...plan.faults, crashDuring(chance, plan, begin)] : plan.faults;
  return { ...plan, retries, faults };
}

const crashDuring = (chance: Chance, { owners }: WorldPlan, atMs: number): Fault => ({
  kind: 'crash',
  owner: chance.between(0, owners - 1),
  when: { atMs: atMs + chance.between(0, 200) },
  isHeard: chance.happens(0.5),
  downMs: chance.anyMagnitude(100, 60_000),
});
