import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Choices } from '../choices';
import { planFaults } from './faultPlan';
import type { Instance } from '../../processes/instance';
import { CUTS, type Cut } from '../stage/cuttingProxy';
import { RESTART_MODES, type RestartMode } from '../stage/ownCluster';
import type { Stage, StartOptions } from '../stage/stage';
import { LONGEST_LEASE_MS } from '../stage/unlikeSettings';

/** What happened to a round. `held`: batches that were left to a person. */
export type TroubleCounts = {
  kills: number;
  faults: number;
  freezes: number;
  /** Times that the server ended all connections of the service. */
  breaks: number;
  restarts: number;
  /** Connections cut in an exchange, on the way to Plivo and on that to the database. */
  plivoCuts: number;
  databaseCuts: number;
  held: number;
};

export const noTrouble = (): TroubleCounts => ({
  kills: 0,
  faults: 0,
  freezes: 0,
  breaks: 0,
  restarts: 0,
  plivoCuts: 0,
  databaseCuts: 0,
  held: 0,
});

export type TroubleOptions = {
  readonly stage: Stage;
  readonly choices: Choices;
  readonly start: StartOptions;
  /** Where the connection to Plivo is cut once for sure; more is left to chance. */
  readonly sureCut: Cut;
  /** Freeze one instance for longer than its lease. */
  readonly freezes: boolean;
  /** Wait for the leases of the dead instead of letting the time pass at once. */
  readonly waitsForLeases: boolean;
  readonly counts: TroubleCounts;
};

/**
 * Kills, breaks, cuts, restarts and freezes at random moments, and lets Plivo stumble, for a few seconds; everybody is up
 * at the end.
 */
export async function makeTrouble(options: TroubleOptions): Promise<void> {
  const { stage, choices } = options;
  const frozen = options.freezes ? freeze(options, anyInstance(stage, choices)) : Promise.resolve();
  await Promise.all([letFaultsLoose(options), cutWayToPlivo(options), doDeeds(options), frozen]);
}

/** Nothing goes wrong from now on. */
export function makePeace({ simulator, ways }: Stage, counts: TroubleCounts): void {
  simulator.clearFaults();
  ways.plivo?.spare();
  counts.plivoCuts += ways.plivo?.cutsMade() ?? 0;
  counts.databaseCuts += ways.database?.cutsMade() ?? 0;
}

async function letFaultsLoose({ stage, choices, start, counts }: TroubleOptions): Promise<void> {
  for (const fault of planFaults(choices, start.withReports)) {
    stage.simulator.addFault(fault);
    counts.faults += fault.times ?? 1;
    await sleepFor(choices.between(0, 250));
  }
}

/** At whatever passes next. Without delivery reports every cut needs Plivo's list. */
async function cutWayToPlivo({ stage, choices, start, sureCut }: TroubleOptions): Promise<void> {
  const more = Array.from({ length: start.withReports ? choices.between(0, 2) : 0 }, () => choices.pick(CUTS));
  stage.ways.plivo?.cutNext(sureCut);
  for (const cut of more) {
    await sleepFor(choices.between(0, 600));
    stage.ways.plivo?.cutNext(cut);
  }
}

/** One after the other: a service that starts while its database is away may give up, and that is not looked for here. */
async function doDeeds(options: TroubleOptions): Promise<void> {
  const { stage, choices, start } = options;
  const times = (count: number, deed: () => Promise<void>) => Array.from({ length: count }, () => deed);
  const isPostgres = stage.engine === 'postgres';
  const deeds = [
    ...times(choices.between(1, start.withReports ? 4 : 2), () => kill(options, anyInstance(stage, choices))),
    ...times(isPostgres && choices.chance(0.4) ? 1 : 0, () => breakConnections(options)),
    ...times(isPostgres ? choices.between(1, 3) : 0, () => cutWayToDatabase(options)),
    ...(stage.restart === null ? [] : RESTART_MODES.map((mode) => () => restart(options, mode))),
  ]
    .map((deed) => ({ deed, at: choices.next() }))
    .sort((a, b) => a.at - b.at);
  for (const { deed } of deeds) {
    await sleepFor(choices.between(20, 500));
    await deed();
  }
}

/** `kill -9` and a new start; what can be left to the database's clock is. */
async function kill(
  { stage, choices, start, waitsForLeases, counts }: TroubleOptions,
  instance: Instance,
): Promise<void> {
  const pid = await instance.kill();
  if (pid === null) return;
  counts.kills++;
  if (!waitsForLeases) await stage.database.endLeasesOf(pid);
  if (stage.engine === 'postgres') await sleepFor(choices.between(0, 300));
  await stage.start(instance, start);
}

async function cutWayToDatabase({ stage, choices }: TroubleOptions): Promise<void> {
  stage.ways.database?.cutNext(choices.pick(CUTS));
  await sleepFor(choices.between(50, 300));
  stage.ways.database?.spare();
}

async function restart({ stage, counts }: TroubleOptions, mode: RestartMode): Promise<void> {
  await stage.restart?.(mode);
  counts.restarts++;
}

async function breakConnections({ stage, counts }: TroubleOptions): Promise<void> {
  await stage.database.breakConnections();
  counts.breaks++;
}

/** Others take over what it holds, where there are any; then it wakes up with whatever it was about to do. */
async function freeze({ choices, counts }: TroubleOptions, instance: Instance): Promise<void> {
  await sleepFor(choices.between(100, 1500));
  instance.freeze();
  counts.freezes++;
  await sleepFor(LONGEST_LEASE_MS + choices.between(200, 5000));
  instance.thaw();
}

const anyInstance = ({ instances }: Stage, choices: Choices): Instance => choices.pick(instances);
