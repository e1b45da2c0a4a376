import { createChance, type Chance } from '../clockwork/chance';
import { createTimeline, type Timeline } from '../clockwork/timeline';
import { createWallClock, type WallClock } from '../clockwork/wallClock';
import type { SharedDatabase } from '../database/sharedDatabase';
import { createTurnLock, type TurnLock } from '../database/turnLock';
import type { WorldPlan } from '../faults/worldPlan';
import { createLine, type Line } from '../plivo/line';
import { createMessageListing, type ListFields } from '../plivo/messageListing';
import type { Report } from '../plivo/message';
import { createPlivoAccount, type PlivoAccount } from '../plivo/plivoAccount';
import type { Settling } from '../plivo/answers';
import { createMoments, type Moments } from './moments';
import { faultsOf, natureOf } from './natureOf';
import { createDatabaseTrouble, type DatabaseTrouble } from './databaseTrouble';
import { createTrace, NO_TRACE, type Trace } from './trace';
import { newWorldRecord, type WorldRecord } from './worldRecord';

/** What everything in a world stands on. */
export type Ground = {
  readonly plan: WorldPlan;
  readonly timeline: Timeline;
  /** For what has no stream of its own. */
  readonly chance: Chance;
  readonly clock: WallClock;
  readonly shared: SharedDatabase;
  readonly lock: TurnLock;
  readonly trouble: DatabaseTrouble;
  readonly line: Line;
  readonly account: PlivoAccount;
  readonly answerList: (fields: ListFields) => Settling;
  readonly moments: Moments;
  readonly record: WorldRecord;
  readonly trace: Trace;
};

export type GroundOptions = {
  readonly shared: SharedDatabase;
  /** Told of everything that happens; null where nobody wants to know. */
  readonly write: ((line: string) => void) | null;
  readonly post: (report: Report) => void;
};

const poisonedIn = (plan: WorldPlan) =>
  faultsOf(plan, 'poisoned person').map(({ person }) => plan.people[person] ?? '');

const CLOCK_WRONG_BY_MS = 120_000;
const PLIVO_CLOCK_WRONG_BY_MS = 800;

export function layGround(plan: WorldPlan, { shared, write, post }: GroundOptions): Ground {
  const order = createChance(plan.seed, 'order');
  const chance = createChance(plan.seed, 'world');
  const plivosChance = createChance(plan.seed, 'plivo');
  const timeline = createTimeline(order, plan.stretch);
  const nature = natureOf(plan, chance.between(-PLIVO_CLOCK_WRONG_BY_MS, PLIVO_CLOCK_WRONG_BY_MS));
  const account = createPlivoAccount({ timeline, chance: plivosChance, nature, post });
  return {
    plan,
    timeline,
    chance,
    shared,
    account,
    clock: createWallClock(timeline, chance.between(-CLOCK_WRONG_BY_MS, CLOCK_WRONG_BY_MS)),
    lock: createTurnLock(timeline, order),
    trouble: createDatabaseTrouble(timeline, chance, poisonedIn(plan)),
    line: createLine(plivosChance),
    answerList: createMessageListing(timeline, account, nature),
    moments: createMoments(timeline),
    record: newWorldRecord(),
    trace: write === null ? NO_TRACE : createTrace(timeline, write),
  };
}
