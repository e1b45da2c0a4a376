import { carryOut, enterOwed, planBroadcasts } from './people/broadcasts';
import { decideHeld } from './people/person';
import { createCaller } from './people/caller';
import type { Choices } from './choices';
import type { Ledger } from './people/ledger';
import { untilSettled } from './people/settle';
import type { Stage, StartOptions } from './stage/stage';
import { makeTrouble, type TroubleCounts } from './faults/trouble';

export type RoundResult = TroubleCounts & {
  readonly recipients: number;
  readonly tooMany: number;
  readonly missing: number;
  readonly seconds: number;
  /** All that must not be, in words without numbers or text. */
  readonly wrongs: readonly string[];
  readonly withReports: boolean;
};

export type RoundOptions = {
  readonly name: string;
  readonly stage: Stage;
  readonly ledger: Ledger;
  readonly choices: Choices;
  readonly recipients: number;
  /** Freezes an instance for longer than its lease and waits for the leases of the dead: about 15 s. */
  readonly isLong: boolean;
  readonly check: () => Promise<readonly string[]>;
};

const SETTLED_WITHIN_MS = 90_000;

/** Broadcasts under fire; then peace, until every batch is settled; then the account. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { stage, ledger, choices } = options;
  const began = performance.now();
  const withReports = choices.chance(0.8);
  const start: StartOptions = { withReports, batchSize: choices.between(50, 200) };
  const counts: TroubleCounts = { kills: 0, faults: 0, freezes: 0, breaks: 0, held: 0 };
  const before = ledger.compare();
  muddleCallbacks(stage, choices);
  const freezes = options.isLong && stage.instances.length > 1;
  const trouble = { stage, choices, start, freezes, waitsForLeases: options.isLong, counts };

  if (stage.last?.withReports !== withReports) await Promise.all(stage.instances.map((instance) => instance.stop()));
  stage.last = start;
  await Promise.all(stage.instances.map((instance) => stage.start(instance, start)));
  const caller = createCaller(stage.instances, choices);
  const context = { stage, choices, caller, ledger, start };
  const plans = planBroadcasts(context, options.name, options.recipients);
  const [sent] = await Promise.all([Promise.all(plans.map((plan) => carryOut(context, plan))), makeTrouble(trouble)]);

  stage.simulator.clearFaults();
  await Promise.all(stage.instances.map((instance) => stage.start(instance, start)));
  const ids = sent.flatMap(({ posted }) => (posted.kind === 'accepted' ? [posted.id] : []));
  const hanging = await untilSettled({
    caller,
    ids,
    limitMs: SETTLED_WITHIN_MS,
    onHeld: async (id) => {
      const plan = sent.find(({ posted }) => posted.kind === 'accepted' && posted.id === id)?.plan;
      if (plan !== undefined) counts.held += await decideHeld(caller, stage.simulator, id, plan);
    },
  });
  for (const one of sent) await enterOwed(context, one);

  const after = ledger.compare();
  return {
    ...counts,
    withReports,
    recipients: after.recipients - before.recipients,
    tooMany: after.tooMany - before.tooMany,
    missing: after.missing - before.missing,
    seconds: (performance.now() - began) / 1000,
    wrongs: [
      ...sent.flatMap(({ posted }) => (posted.kind === 'fault' ? [posted.reason] : [])),
      ...hanging.map((what) => `${what} after ${SETTLED_WITHIN_MS / 1000} s`),
      ...caller.strangeAnswers,
      ...stage.ownEnds.splice(0),
      ...(await options.check()),
    ],
  };
}

/** Delivery reports come twice, out of order, or never. */
function muddleCallbacks({ simulator }: Stage, choices: Choices): void {
  simulator.settings.callbackDuplicateShare = choices.pick([0, 0.1, 0.5]);
  simulator.settings.callbackReorderShare = choices.pick([0, 0.1, 0.5]);
  simulator.settings.callbackLossShare = choices.pick([0, 0, 0.05, 0.2]);
  simulator.settings.latencyMs = choices.pick([0, 0, 5, 40]);
}
