import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Choices } from '../choices';
import { planFaults } from './faultPlan';
import type { Instance } from '../../processes/instance';
import { LEASE_MS } from '../stage/serviceEnvironment';
import type { Stage, StartOptions } from '../stage/stage';

/** What happened to a round. `held`: batches that were left to a person. */
export type TroubleCounts = { kills: number; faults: number; freezes: number; breaks: number; held: number };

export type TroubleOptions = {
  readonly stage: Stage;
  readonly choices: Choices;
  readonly start: StartOptions;
  /** Freeze one instance for longer than its lease (several instances only). */
  readonly freezes: boolean;
  /** Wait for the leases of the dead instead of letting the time pass at once. */
  readonly waitsForLeases: boolean;
  readonly counts: TroubleCounts;
};

/** Kills, breaks and freezes at random moments, and lets Plivo stumble, for a few seconds; everybody is up at the end. */
export async function makeTrouble(options: TroubleOptions): Promise<void> {
  const { stage, choices, start, counts } = options;
  const kills = choices.between(1, start.withReports ? 4 : 2);
  const breaks = stage.engine === 'postgres' && choices.chance(0.4) ? 1 : 0;
  const deeds: (() => Promise<void>)[] = [
    ...Array.from({ length: kills }, () => () => kill(options, anyInstance(stage, choices))),
    ...Array.from({ length: breaks }, () => () => breakConnections(options)),
  ];
  deeds.sort(() => choices.next() - 0.5);

  const letFaultsLoose = async () => {
    for (const fault of planFaults(choices, start.withReports)) {
      stage.simulator.addFault(fault);
      counts.faults += fault.times ?? 1;
      await sleepFor(choices.between(0, 250));
    }
  };
  const doDeeds = async () => {
    for (const deed of deeds) {
      await sleepFor(choices.between(20, 500));
      await deed();
    }
  };
  const frozen = options.freezes ? freeze(options, anyInstance(stage, choices)) : Promise.resolve();
  await Promise.all([letFaultsLoose(), doDeeds(), frozen]);
}

/** `kill -9` and a new start; what can be left to the database's clock is. */
async function kill(
  { stage, choices, start, waitsForLeases, counts }: Omit<TroubleOptions, 'freezes'>,
  instance: Instance,
): Promise<void> {
  const pid = await instance.kill();
  if (pid === null) return;
  counts.kills++;
  if (!waitsForLeases) await stage.database.endLeasesOf(pid);
  if (stage.engine === 'postgres') await sleepFor(choices.between(0, 300));
  await stage.start(instance, start);
}

async function breakConnections({ stage, counts }: TroubleOptions): Promise<void> {
  await stage.database.breakConnections();
  counts.breaks++;
}

/** Others take over what it holds; then it wakes up with whatever it was about to do. */
async function freeze({ choices, counts }: TroubleOptions, instance: Instance): Promise<void> {
  await sleepFor(choices.between(100, 1500));
  instance.freeze();
  counts.freezes++;
  await sleepFor(LEASE_MS + choices.between(200, 5000));
  instance.thaw();
}

const anyInstance = ({ instances }: Stage, choices: Choices): Instance => choices.pick(instances);
