import { setTimeout as sleepFor } from 'node:timers/promises';
import { enterOwed } from '../people/broadcasts';
import { createCaller, type Caller, type Posted } from '../people/caller';
import { createChoices } from '../choices';
import type { Gap } from './gaps';
import { createLedger } from '../people/ledger';
import {
  BATCH_SIZE,
  CALL_LATENCY_MS,
  crashPointProgram,
  POINT_SETTINGS,
  REACHED_WITHIN_MS,
  untilCalled,
  untilOver,
  type PointResult,
} from './point';
import type { Stage, StartOptions } from '../stage/stage';

const BATCHES = 5;
/** Some batches are still waiting when the broadcast is cancelled. */
const SLOW_DISPATCH_MS = '250';

/** Brings a service to one gap, where it dies; starts another, waits for the end and holds the ledger against it. */
export async function runKillPoint(
  stage: Stage,
  check: () => Promise<readonly string[]>,
  gap: Gap,
): Promise<PointResult> {
  const began = performance.now();
  const ledger = createLedger(stage.simulator);
  const choices = createChoices(1, 0);
  const [instance] = stage.instances;
  const caller = createCaller(stage.instances, choices);
  const start: StartOptions = { withReports: gap.withReports, settings: () => POINT_SETTINGS };
  if (gap.fault !== undefined) stage.simulator.addFault(gap.fault);
  if (gap.dies === 'when Plivo has the call') stage.simulator.settings.latencyMs = CALL_LATENCY_MS;

  await stage.start(instance, {
    ...start,
    program: crashPointProgram(gap.name),
    settings: () =>
      gap.isCancelled === true ? { ...POINT_SETTINGS, PLIVO_BATCH_DELAY_MS: SLOW_DISPATCH_MS } : POINT_SETTINGS,
  });
  const pid = instance.pid();
  const numbers = ledger.freshNumbers(gap.isSmall === true ? BATCH_SIZE : BATCH_SIZE * BATCHES);
  const plan = {
    kind: gap.isCancelled === true ? 'cancelled' : 'plain',
    key: gap.name,
    numbers,
    invalid: [],
    startsInMs: 0,
  } as const;
  const posting = caller.post({ recipients: numbers, message: 'Crash test' }, gap.name, { prefer: 'respond-async' });
  const cancelling = gap.isCancelled === true ? cancel(stage, caller, posting) : Promise.resolve();

  if (typeof gap.dies === 'string' && (await untilCalled(stage.simulator))) await instance.kill();
  const isReached = await Promise.race([instance.gone().then(() => true), sleepFor(REACHED_WITHIN_MS, false)]);
  stage.simulator.settings.latencyMs = 0;
  const killed = (await instance.kill()) ?? pid;
  if (killed !== null) await stage.database.endLeasesOf(killed);
  await stage.start(instance, start);

  const [posted] = await Promise.all([posting, cancelling]);
  const hanging = await untilOver(caller, posted);
  await enterOwed({ stage, choices, caller, ledger, start }, { plan, posted });
  return {
    ...ledger.compare(),
    seconds: (performance.now() - began) / 1000,
    wrongs: [
      ...(isReached ? [] : ['the gap was not reached']),
      ...hanging,
      ...caller.strangeAnswers,
      // The one end that was wanted.
      ...stage.ownEnds.filter((how) => !how.includes('SIGKILL')),
      ...(await check()),
    ],
  };
}

/** As soon as something has gone; whoever answers in the end. */
async function cancel({ simulator }: Stage, caller: Caller, posting: Promise<Posted>): Promise<void> {
  const posted = await posting;
  while (simulator.calls().length === 0) await sleepFor(5);
  if (posted.kind === 'accepted') await caller.call('POST', `/broadcast/${posted.id}/cancel`);
}
