import { carryOut, enterOwed, planBroadcasts, wrongTexts, type Sent } from './people/broadcasts';
import { decideHeld } from './people/person';
import { createCaller, type Caller } from './people/caller';
import type { Choices } from './choices';
import type { Ledger } from './people/ledger';
import { untilSettled } from './people/settle';
import type { Stage, StartOptions } from './stage/stage';
import { CUTS } from './stage/cuttingProxy';
import { drawSettings, SMALLEST_BATCH } from './stage/unlikeSettings';
import { makePeace, makeTrouble, noTrouble, type TroubleCounts } from './faults/trouble';

export type RoundResult = TroubleCounts & {
  readonly recipients: number;
  readonly tooMany: number;
  readonly missing: number;
  readonly seconds: number;
  /** All that must not be, in words without numbers or text. */
  readonly wrongs: readonly string[];
  readonly withReports: boolean;
  /** Processes that were not set alike worked on the same broadcasts. */
  readonly isUnlike: boolean;
};

export type RoundOptions = {
  readonly number: number;
  readonly name: string;
  readonly stage: Stage;
  readonly ledger: Ledger;
  readonly choices: Choices;
  readonly recipients: number;
  /** Freezes an instance for longer than its lease and waits for the leases of the dead: about 15 s. */
  readonly isLong: boolean;
  readonly check: () => Promise<readonly string[]>;
};

const STILL_MS = 90_000;
/** A server that restarts is to come back before everything has gone. */
const SLOW_DISPATCH = { PLIVO_BULK_MESSAGE_LIMIT: String(SMALLEST_BATCH), PLIVO_BATCH_DELAY_MS: '60' };

/** Broadcasts under fire; then peace, until every batch is settled; then the account. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { stage, ledger, choices, isLong } = options;
  const began = performance.now();
  const start = await setOut(options);
  const counts = noTrouble();
  const before = ledger.compare();
  const unlike = new Set(stage.settings.values());
  const caller = createCaller(stage.instances, choices);
  const context = { stage, choices, caller, ledger, start };
  const plans = planBroadcasts(context, options.name, options.recipients);
  const sureCut = CUTS[options.number % CUTS.length] ?? CUTS[0];
  const [sent] = await Promise.all([
    Promise.all(plans.map((plan) => carryOut(context, plan))),
    makeTrouble({ stage, choices, start, sureCut, freezes: isLong, waitsForLeases: isLong, counts }),
  ]);
  for (const settings of stage.settings.values()) unlike.add(settings);

  const hanging = await bringToRest(options, start, { sent, caller, counts });
  for (const one of sent) await enterOwed(context, one);

  const after = ledger.compare();
  return {
    ...counts,
    withReports: start.withReports,
    isUnlike: unlike.size > 1,
    recipients: after.recipients - before.recipients,
    tooMany: after.tooMany - before.tooMany,
    missing: after.missing - before.missing,
    seconds: (performance.now() - began) / 1000,
    wrongs: [
      ...sent.flatMap(({ posted }) => (posted.kind === 'fault' ? [posted.reason] : [])),
      ...sent.flatMap((one) => wrongTexts(context, one)),
      ...hanging,
      ...caller.strangeAnswers,
      ...stage.ownEnds.splice(0),
      ...(await options.check()),
    ],
  };
}

/** Everybody is up, and set as the round wants it. */
async function setOut({ stage, choices }: RoundOptions): Promise<StartOptions> {
  const withReports = choices.chance(0.8);
  const slow = stage.restart === null ? {} : SLOW_DISPATCH;
  const start: StartOptions = { withReports, settings: () => ({ ...drawSettings(choices), ...slow }) };
  muddleCallbacks(stage, choices);
  if (stage.last?.withReports !== withReports) await Promise.all(stage.instances.map((instance) => instance.stop()));
  stage.last = start;
  await Promise.all(stage.instances.map((instance) => stage.start(instance, start)));
  return start;
}

type UnderWay = { readonly sent: readonly Sent[]; readonly caller: Caller; readonly counts: TroubleCounts };

/** Peace, until nothing is open any more; returns what is when that takes too long. */
async function bringToRest(
  { stage }: RoundOptions,
  start: StartOptions,
  { sent, caller, counts }: UnderWay,
): Promise<string[]> {
  makePeace(stage, counts);
  await Promise.all(stage.instances.map((instance) => stage.start(instance, start)));
  const plans = new Map(
    sent.flatMap(({ plan, posted }) => (posted.kind === 'accepted' ? [[posted.id, plan] as const] : [])),
  );
  const hanging = await untilSettled({
    caller,
    ids: [...plans.keys()],
    stillMs: STILL_MS,
    onHeld: async (id) => {
      const plan = plans.get(id);
      if (plan !== undefined) counts.held += await decideHeld(caller, stage.simulator, id, plan);
    },
  });
  return hanging.map((what) => `${what}, unchanged for ${STILL_MS / 1000} s`);
}

/** Delivery reports come twice, out of order, or never. */
function muddleCallbacks({ simulator }: Stage, choices: Choices): void {
  simulator.settings.callbackDuplicateShare = choices.pick([0, 0.1, 0.5]);
  simulator.settings.callbackReorderShare = choices.pick([0, 0.1, 0.5]);
  simulator.settings.callbackLossShare = choices.pick([0, 0, 0.05, 0.2]);
  simulator.settings.latencyMs = choices.pick([0, 0, 5, 40]);
}
