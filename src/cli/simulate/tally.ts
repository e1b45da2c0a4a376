import type { SeedResult } from './seedRun';

/** What all worlds come to. */
export type Tally = {
  worlds: number;
  worldsOfSeveral: number;
  people: number;
  texts: number;
  least: number;
  most: number;
  held: number;
  lateStops: number;
  calls: number;
  statements: number;
  virtualMs: number;
  readonly faults: Map<string, number>;
  /** Worlds by the rule that is broken in them. */
  readonly wrongs: Map<string, number>;
  readonly wrongSeeds: number[];
};

export const newTally = (): Tally => ({
  worlds: 0,
  worldsOfSeveral: 0,
  people: 0,
  texts: 0,
  least: Infinity,
  most: 0,
  held: 0,
  lateStops: 0,
  calls: 0,
  statements: 0,
  virtualMs: 0,
  faults: new Map(),
  wrongs: new Map(),
  wrongSeeds: [],
});

export function addResult(tally: Tally, { seed, owners, verdict }: SeedResult): void {
  tally.worlds++;
  if (owners > 1) tally.worldsOfSeveral++;
  tally.held += verdict.heldBatches;
  for (const name of ['people', 'texts', 'lateStops', 'calls', 'statements', 'virtualMs'] as const)
    tally[name] += verdict[name];
  const { least, most } = verdict.textsPerPerson;
  if (most > 0) tally.least = Math.min(tally.least, least);
  tally.most = Math.max(tally.most, most);
  for (const [kind, count] of verdict.faults) add(tally.faults, kind, count);
  for (const rule of new Set(verdict.wrongs.map((wrong) => wrong.rule))) add(tally.wrongs, rule, 1);
  if (verdict.wrongs.length > 0) tally.wrongSeeds.push(seed);
}

const add = (map: Map<string, number>, key: string, count: number) => map.set(key, (map.get(key) ?? 0) + count);
