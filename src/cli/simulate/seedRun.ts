import type { Verdict } from '../../simulation/checks/verdict';
import type { SharedDatabase } from '../../simulation/database/sharedDatabase';
import { drawPlan } from '../../simulation/faults/drawPlan';
import type { FaultKind } from '../../simulation/faults/fault';
import { simulateWorld } from '../../simulation/simulateWorld';

export type SeedResult = { readonly seed: number; readonly owners: number; readonly verdict: Verdict };

/** What a worker is asked to play: seeds from `from` on. */
export type SeedRange = { readonly from: number; readonly count: number; readonly without: readonly FaultKind[] };

export async function playSeed(
  shared: SharedDatabase,
  seed: number,
  { without, write }: { readonly without: readonly FaultKind[]; readonly write?: (line: string) => void },
): Promise<SeedResult> {
  const plan = drawPlan(seed, { without });
  const verdict = await simulateWorld(plan, { shared, ...(write === undefined ? {} : { write }) });
  return { seed, owners: plan.owners, verdict };
}
