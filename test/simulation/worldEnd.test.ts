import { openSharedDatabase } from '../../src/simulation/database/sharedDatabase';
import { drawPlan } from '../../src/simulation/faults/drawPlan';
import { layGround } from '../../src/simulation/ground/ground';
import { createWorldEnd } from '../../src/simulation/ground/worldEnd';

it('a world is not over in the middle of a transaction, whatever that has written so far', async () => {
  const shared = await openSharedDatabase();
  shared.empty();
  const ground = layGround({ ...drawPlan(1), faults: [] }, { shared, write: null, post: () => undefined });
  const end = createWorldEnd(ground, () => 0);
  shared.run('begin', []);
  let committedAt: number | null = null;
  ground.timeline.after(60_000, null, () => {
    shared.run('commit', []);
    committedAt = ground.timeline.now();
  });
  end.watch();
  await ground.timeline.play(end.isOver);
  expect(committedAt).not.toBeNull();
  expect(end.wasCutOff()).toBe(false);
});
