import { smallerPlans } from './faults/smallerPlans';
import type { WorldPlan } from './faults/worldPlan';

/**
 * Takes parts of a plan away as long as what is left goes wrong all the same. Each smaller plan is another world, with
 * other chances, so that not every part that has no share in it can be taken away.
 */
export async function shrinkPlan(
  plan: WorldPlan,
  { isStillWrong, mostTries }: { isStillWrong: (plan: WorldPlan) => Promise<boolean>; mostTries: number },
): Promise<WorldPlan> {
  let smallest = plan;
  let triesLeft = mostTries;
  for (let hasShrunk = true; hasShrunk;) {
    hasShrunk = false;
    for (const smaller of smallerPlans(smallest)) {
      if (triesLeft-- <= 0) return smallest;
      if (!(await isStillWrong(smaller))) continue;
      smallest = smaller;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}
