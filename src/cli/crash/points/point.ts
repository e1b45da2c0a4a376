import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Simulator } from '../../../simulator/simulator';
import type { Program } from '../../processes/instance';
import type { Caller, Posted } from '../people/caller';
import type { Comparison } from '../people/ledger';
import { untilSettled } from '../people/settle';

/** What came of something that was done on purpose in one place. */
export type PointResult = Comparison & { readonly seconds: number; readonly wrongs: readonly string[] };

export const BATCH_SIZE = 40;
/** How the service is set at every point. */
export const POINT_SETTINGS = { PLIVO_BULK_MESSAGE_LIMIT: String(BATCH_SIZE) };
export const REACHED_WITHIN_MS = 20_000;
const STILL_MS = 60_000;
/** While a call is under way, long enough for something to be done from outside. */
export const CALL_LATENCY_MS = 400;

/** The service that does it to itself where the name says. */
export const crashPointProgram = (name: string): Program => ({
  file: join(__dirname, 'crashPointServer.js'),
  args: [name],
});

/** Resolves with whether Plivo has got a call in time. */
export async function untilCalled({ calls }: Pick<Simulator, 'calls'>): Promise<boolean> {
  for (const until = performance.now() + REACHED_WITHIN_MS; performance.now() < until;) {
    await sleepFor(1);
    if (calls().length > 0) return true;
  }
  return false;
}

/** Waits for the end of what was posted; says what did not come to one. */
export async function untilOver(caller: Caller, posted: Posted): Promise<readonly string[]> {
  if (posted.kind !== 'accepted') return [`the broadcast ended as ${posted.kind}`];
  const onHeld = () => Promise.resolve();
  return await untilSettled({ caller, ids: [posted.id], stillMs: STILL_MS, onHeld });
}
