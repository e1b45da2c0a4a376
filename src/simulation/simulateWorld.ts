import type { Foundation } from '../composing/foundation';
import { checkWorld } from './checks/checkWorld';
import type { Verdict } from './checks/verdict';
import { createChance } from './clockwork/chance';
import type { SharedDatabase } from './database/sharedDatabase';
import type { WorldPlan } from './faults/worldPlan';
import type { Report } from './plivo/message';
import { createCallers } from './people/callers';
import { createCaretaker } from './people/caretaker';
import { layGround } from './ground/ground';
import { arrangeFaults } from './arrangeFaults';
import { createPeople } from './people/people';
import { createPostman } from './people/postman';
import { createProcesses } from './processes/processes';
import { createRestoring } from './people/restoring';
import { createRetriers } from './people/retriers';
import { createReportPosts } from './people/reportPosts';
import { createWorldEnd } from './ground/worldEnd';

export type SimulateOptions = {
  readonly shared: SharedDatabase;
  /** Told of everything that happens, one line each. */
  readonly write?: (line: string) => void;
  /** Puts something else in the place of what each process stands on: a planted mistake must be found. */
  readonly tamper?: (foundation: Foundation) => Foundation;
};

/** Plays a world from its first moment until nothing stirs in it any more, and judges what has become of everybody. */
export async function simulateWorld(plan: WorldPlan, { shared, write, tamper }: SimulateOptions): Promise<Verdict> {
  shared.empty();
  const chance = createChance(plan.seed, 'people');
  // Plivo is part of the ground that its posts are carried over.
  let post: (report: Report) => void = () => undefined;
  const ground = layGround(plan, { shared, write: write ?? null, post: (report) => post(report) });
  const processes = createProcesses(ground, chance, tamper);
  const postman = createPostman(ground, processes, chance);
  post = createReportPosts(ground, postman, chance);
  const callers = createCallers(ground, processes, chance);
  const people = createPeople(ground, processes, postman, chance);
  const retriers = createRetriers(ground, processes, createChance(plan.seed, 'retriers'));
  const end = createWorldEnd(
    ground,
    () => callers.underWay() + retriers.underWay() + people.underWay() + postman.underWay(),
  );

  processes.startAll();
  const restoring = createRestoring(ground, processes, callers);
  arrangeFaults(ground, { processes, people, restoring }, chance);
  callers.begin();
  retriers.begin();
  createCaretaker(ground, processes, chance).begin();
  end.watch();
  await ground.timeline.play(end.isOver);
  return await checkWorld(ground, end.wasCutOff());
}
