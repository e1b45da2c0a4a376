import { openSharedDatabase, type SharedDatabase } from '../../simulation/database/sharedDatabase';
import { drawPlan } from '../../simulation/faults/drawPlan';
import type { FaultKind } from '../../simulation/faults/fault';
import { shrinkPlan } from '../../simulation/shrinkPlan';
import { simulateWorld } from '../../simulation/simulateWorld';
import { closingLines, planLines, wrongLines } from './report';
import { playSeed, type SeedResult } from './seedRun';
import { addResult, newTally } from './tally';
import { playOnWorkers } from './workers';

export type SimulationOptions = {
  readonly from: number;
  readonly count: number;
  readonly without: readonly FaultKind[];
  /** Prints every happening, and plays in this process alone. */
  readonly isTraced: boolean;
  /** What is left of a wrong world is printed step by step too. */
  readonly isSmallTraced: boolean;
  /** How many wrong worlds are made smaller. */
  readonly shrinks: number;
  readonly workers: number;
  readonly print: (line: string) => void;
};

const MOST_TRIES = 150;

/** Returns true when nothing is wrong in any world. */
export async function runSimulation(options: SimulationOptions): Promise<boolean> {
  const { print } = options;
  const tally = newTally();
  const began = performance.now();
  const wrong: SeedResult[] = [];
  const take = (result: SeedResult) => {
    addResult(tally, result);
    if (result.verdict.wrongs.length === 0) return;
    wrong.push(result);
    for (const line of wrongLines(result)) print(line);
  };
  await play(options, take);
  const seconds = (performance.now() - began) / 1000;
  if (options.shrinks > 0 && wrong.length > 0) await showSmallest(options, wrong.slice(0, options.shrinks));
  for (const line of ['', ...closingLines(tally, seconds)]) print(line);
  if (wrong.length > 0)
    print(
      `\nRepeat one step by step with --seed: ${tally.wrongSeeds
        .sort((a, b) => a - b)
        .slice(0, 20)
        .join(' ')}`,
    );
  return wrong.length === 0;
}

async function play(options: SimulationOptions, onResult: (result: SeedResult) => void): Promise<void> {
  const { from, count, without, isTraced, workers, print } = options;
  if (!isTraced && workers > 1) {
    await playOnWorkers({ from, count, without, workers, onResult });
    return;
  }
  const shared = await openSharedDatabase();
  for (let seed = from; seed < from + count; seed++) {
    if (isTraced) for (const line of [`seed ${seed}`, ...planLines(drawPlan(seed, { without }))]) print(line);
    onResult(await playSeed(shared, seed, { without, ...(isTraced ? { write: print } : {}) }));
  }
}

async function showSmallest(
  { without, print, isSmallTraced }: SimulationOptions,
  results: readonly SeedResult[],
): Promise<void> {
  const shared = await openSharedDatabase();
  for (const { seed, verdict } of results) {
    const rules = new Set(verdict.wrongs.map(({ rule }) => rule));
    const smallest = await shrinkPlan(drawPlan(seed, { without }), {
      mostTries: MOST_TRIES,
      isStillWrong: async (plan) => await breaks(shared, plan, rules),
    });
    print(`\nseed ${seed} (${[...rules].join(', ')}) with all taken away that can be:`);
    for (const line of planLines(smallest)) print(line);
    if (isSmallTraced) await simulateWorld(smallest, { shared, write: print });
  }
}

async function breaks(
  shared: SharedDatabase,
  plan: Parameters<typeof simulateWorld>[0],
  rules: ReadonlySet<string>,
): Promise<boolean> {
  const { wrongs } = await simulateWorld(plan, { shared });
  return wrongs.some(({ rule }) => rules.has(rule));
}
