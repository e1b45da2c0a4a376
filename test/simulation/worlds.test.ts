import { openSharedDatabase } from '../../src/simulation/database/sharedDatabase';
import { drawPlan } from '../../src/simulation/faults/drawPlan';
import { simulateWorld } from '../../src/simulation/simulateWorld';

/** Quick ones. CI plays some hundreds more: `npm run simulate`. */
const [FIRST, WORLDS] = [22, 14];

it(`nobody is texted twice or dropped in ${WORLDS} worlds`, async () => {
  const shared = await openSharedDatabase();
  const wrong: string[] = [];
  let [texts, people, several] = [0, 0, 0];
  for (let seed = FIRST; seed < FIRST + WORLDS; seed++) {
    const plan = drawPlan(seed);
    const verdict = await simulateWorld(plan, { shared });
    wrong.push(...verdict.wrongs.map(({ rule, what }) => `seed ${seed}: ${rule}: ${what}`));
    texts += verdict.texts;
    people += verdict.people;
    if (plan.owners > 1) several++;
  }
  expect(wrong).toEqual([]);
  expect(texts).toBeGreaterThan(people * 0.5);
  expect(several).toBeGreaterThan(2);
});
