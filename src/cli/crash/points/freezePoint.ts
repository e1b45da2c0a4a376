import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { createChoices } from '../choices';
import { enterOwed } from '../people/broadcasts';
import { createCaller } from '../people/caller';
import { createLedger } from '../people/ledger';
import { LEASE_MS } from '../stage/serviceEnvironment';
import type { Stage, StartOptions } from '../stage/stage';
import { AT_PLIVO, FROZEN_FILE, type Freeze } from './freezes';
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

const PAST_LEASE_MS = LEASE_MS + 500;
/** What a process that wakes up was about to do, it does within this time. */
const AWAKE_MS = 1500;
/** No delivery report tells what became of the call: others have to find out, and may then send the batch again. */
const START: StartOptions = { withReports: false, settings: () => POINT_SETTINGS };

/**
 * Brings a process to the place where it stops, for longer than its lease. On PostgreSQL another one takes over and brings
 * the broadcast to its end before the first wakes up with what it was about to do; on SQLite it was alone.
 */
export async function runFreezePoint(
  stage: Stage,
  check: () => Promise<readonly string[]>,
  freeze: Freeze,
): Promise<PointResult> {
  const began = performance.now();
  const { simulator, instances } = stage;
  const [sleeper, ...others] = instances;
  const ledger = createLedger(simulator);
  const choices = createChoices(1, 0);
  const numbers = ledger.freshNumbers(BATCH_SIZE);
  const plan = { kind: 'plain', key: freeze.name, numbers, invalid: [], startsInMs: 0 } as const;

  if (freeze.stops === AT_PLIVO) simulator.settings.latencyMs = CALL_LATENCY_MS;
  await stage.start(sleeper, { ...START, program: crashPointProgram(freeze.name) });
  const poster = createCaller(instances, choices);
  const posting = poster.post({ recipients: numbers, message: 'Crash test' }, freeze.name, { prefer: 'respond-async' });
  const isReached = await untilFrozen(stage, freeze);
  simulator.settings.latencyMs = 0;
  await Promise.all([...others.map((other) => stage.start(other, START)), sleepFor(PAST_LEASE_MS)]);
  if (others.length === 0) sleeper.thaw();

  const posted = await posting;
  const caller = createCaller(isOneOrMore(others) ? others : instances, choices);
  const hanging = await untilOver(caller, posted);
  sleeper.thaw();
  await sleepFor(AWAKE_MS);
  await enterOwed({ stage, choices, caller, ledger, start: START }, { plan, posted });
  return {
    ...ledger.compare(),
    seconds: (performance.now() - began) / 1000,
    wrongs: [
      ...(isReached ? [] : ['it did not come to where it is to stop']),
      ...hanging,
      ...poster.strangeAnswers,
      ...caller.strangeAnswers,
      ...stage.ownEnds,
      ...(await check()),
    ],
  };
}

async function untilFrozen({ folder, simulator, instances: [sleeper] }: Stage, { stops }: Freeze): Promise<boolean> {
  if (stops === AT_PLIVO) {
    const isCalled = await untilCalled(simulator);
    sleeper.freeze();
    return isCalled;
  }
  const mark = join(folder, FROZEN_FILE);
  for (const until = performance.now() + REACHED_WITHIN_MS; performance.now() < until;) {
    await sleepFor(10);
    if (existsSync(mark)) return true;
  }
  return false;
}

const isOneOrMore = <T>(items: readonly T[]): items is readonly [T, ...T[]] => items.length > 0;
