import { clockAheadMs } from '../faults/drawLocalTimes';
import type { Ground } from '../ground/ground';
import type { Wrong } from './verdict';

/** Nobody is texted before their own clock shows the time that was asked for. */
export function localTimes({ record, clock, timeline }: Ground): Wrong[] {
  // Nobody sets it in worlds in which it matters.
  const wallAheadMs = clock.now() - timeline.now();
  return record.calls.flatMap(({ text, to, at, number }) => {
    const time = record.localTimes.get(text);
    if (time === undefined) return [];
    const early = to.filter((person) => Math.ceil(at + wallAheadMs) < Date.parse(`${time}Z`) - clockAheadMs(person));
    if (early.length === 0) return [];
    const what = `${text}, call ${number}: ${early.length} people before it was ${time} for them`;
    return [{ rule: 'nobody before their time', what }];
  });
}
