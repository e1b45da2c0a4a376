import { createChance } from '../clockwork/chance';
import { isOnlyOne, type WorldPlan } from './worldPlan';

const HOUR_MS = 3_600_000;
const SHARE = 0.1;

/** Where people live, by the beginnings of their numbers, and how far their clocks are ahead of UTC's as worlds begin. */
const PLACES = [
  { prefix: '+4477009', digits: 5, aheadMs: 0 },
  { prefix: '+49151', digits: 8, aheadMs: HOUR_MS },
  { prefix: '+35840', digits: 7, aheadMs: 2 * HOUR_MS },
] as const;
/** So far the clocks of all are apart. */
export const CLOCKS_APART_MS = 2 * HOUR_MS;

/** `person`: digits. What `zonesOf` of the service says is not asked: this is what is held against it. */
export function clockAheadMs(person: string): number {
  const place = PLACES.find(({ prefix }) => person.startsWith(prefix.slice(1)));
  if (place === undefined) throw new Error('Nobody knows what their clock shows.');
  return place.aheadMs;
}

/** Broadcasts by the clocks of their people, who live in three zones. */
export function withLocalTimes(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'local times');
  if (!chance.happens(SHARE)) return plan;
  const first = chance.between(10_000, 80_000);
  const people = plan.people.map((_, person) => {
    const { prefix, digits } = PLACES[person % PLACES.length] ?? PLACES[0];
    return `${prefix}${String(first + person).padStart(digits, '1')}`;
  });
  const broadcasts = plan.broadcasts.map((broadcast) =>
    isOnlyOne(plan, broadcast) && chance.happens(0.8)
      ? { ...broadcast, sendInMs: null, localInMs: chance.anyMagnitude(60_000, HOUR_MS) }
      : broadcast,
  );
  // Who is texted before their time goes by the clock.
  const faults = plan.faults.filter(({ kind }) => kind !== 'clock step');
  return { ...plan, people, broadcasts, faults };
}
