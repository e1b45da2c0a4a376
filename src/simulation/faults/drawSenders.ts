import { createChance } from '../clockwork/chance';
import type { WorldPlan } from './worldPlan';

const SHARE = 0.1;
/** Who broadcasts come from, where they say nothing. */
export const SENDER = '+14155550100';
export const OTHER_SENDER = '+14155550109';

/** Broadcasts from two senders, each with a rate of its own, to which Plivo is to be handed no more than it can send in a while. */
export function withSenders(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'senders');
  if (!chance.happens(SHARE) || plan.settings.hasPowerpack) return plan;
  // Who sends the same text again sends it from the same number.
  const senders = new Map(plan.broadcasts.map(({ text }) => [text, chance.pick([null, OTHER_SENDER])]));
  const broadcasts = plan.broadcasts.map((one) => ({ ...one, sender: senders.get(one.text) ?? null }));
  const senderRates = `${SENDER}:${chance.pick([0.2, 1, 10])},${OTHER_SENDER}:${chance.pick([0.1, 0.25, 2])}`;
  const settings = { ...plan.settings, senderRates, horizonSeconds: chance.pick([20, 60, 600]) };
  // How much is waiting with Plivo goes by the clock.
  return { ...plan, broadcasts, settings, faults: plan.faults.filter(({ kind }) => kind !== 'clock step') };
}
