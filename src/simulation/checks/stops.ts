import type { Ground } from '../ground/ground';
import type { RecordedCall, Saying } from '../ground/worldRecord';
import type { Wrong } from './verdict';

/**
 * A batch is claimed, waits for its slot, and is called for: whoever says STOP in between is texted once more. A claim
 * that is older than this is given back unused.
 */
const CLAIM_TO_CALL_MS = 5000;

/** Nobody is texted by a call that began after their STOP was committed, unless they have said START since. */
export function stops({ record }: Ground): { readonly wrongs: Wrong[]; readonly late: number } {
  const wrongs: Wrong[] = [];
  let late = 0;
  if (record.sayings.length === 0) return { wrongs, late };
  for (const call of record.calls) {
    for (const person of call.to) {
      const stop = stopBefore(record.sayings, person, call);
      if (stop?.committedAt === null || stop === null) continue;
      if (call.at - stop.committedAt <= CLAIM_TO_CALL_MS) late++;
      else wrongs.push({ rule: 'nobody after a STOP', what: wordsFor(call, person, stop) });
    }
  }
  return { wrongs, late };
}

/**
 * The STOP that stood when the call began. By what the person said last, in whatever order it was posted; of a START that
 * got lost on its way while all was well, nobody can know that it is older than it looks.
 */
function stopBefore(sayings: readonly Saying[], person: string, { at }: RecordedCall): Saying | null {
  const own = sayings.filter((saying) => saying.person === person && saying.saidAt < at);
  const stop = own
    .filter(({ says, committedAt }) => says === 'STOP' && committedAt !== null && committedAt < at)
    .at(-1);
  if (stop === undefined) return null;
  const isBack = own.some(
    ({ says, saidAt, isHeldUp, committedAt }) =>
      says === 'START' && (saidAt > stop.saidAt || (isHeldUp && (committedAt ?? 0) > (stop.committedAt ?? 0))),
  );
  return isBack ? null : stop;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const wordsFor = ({ number, at, text }: RecordedCall, person: string, { committedAt }: Saying) =>
  `call ${number} (${text}) at ${seconds(at)} holds …${person.slice(-4)}, whose STOP was committed at ${seconds(committedAt ?? 0)}`;
