import { verifyDatabase } from '../../store/upkeep/verifyStore';
import { onlooking } from '../ground/onlooking';
import type { Ground } from '../ground/ground';
import { brake } from './brake';
import { canaries } from './canaries';
import { endings } from './endings';
import { readFindings, type Findings } from './findings';
import { hasArrived, limits } from './limits';
import { localTimes } from './localTimes';
import { paces } from './paces';
import { stops } from './stops';
import { texts } from './texts';
import type { Verdict, Wrong } from './verdict';

/** Holds the end of a world against what was promised. */
export async function checkWorld(ground: Ground, wasCutOff: boolean): Promise<Verdict> {
  const { shared, record, plan, moments, timeline } = ground;
  shared.rollBack();
  const findings = readFindings(ground);
  const stopped = stops(ground);
  const wrongs: Wrong[] = [
    ...record.surprises.map((what) => ({ rule: 'no surprise', what })),
    ...texts(ground, findings),
    ...limits(ground, findings),
    ...localTimes(ground),
    ...paces(ground),
    ...canaries(ground, findings),
    ...stopped.wrongs,
    ...brake(ground),
    ...endings(ground, findings, wasCutOff),
    ...(await sums(ground)),
  ];
  return {
    wrongs,
    people: plan.broadcasts.reduce((all, { people }) => all + people.length, 0),
    ...textCounts(ground, findings),
    heldBatches: findings.batches.filter(({ status }) => status === 'held').length,
    lateStops: stopped.late,
    counts: record.counts,
    faults: [...record.faults],
    calls: moments.counted.calls,
    statements: moments.counted.statements,
    virtualMs: Math.round(timeline.now()),
  };
}

function textCounts({ plan }: Ground, { textsTo }: Findings): Pick<Verdict, 'texts' | 'textsPerPerson'> {
  let [all, least, most] = [0, Infinity, 0];
  for (const [place, { text, people }] of plan.broadcasts.entries()) {
    // Who was not reached is texted anew on purpose.
    const isRetried = plan.retries.some(({ of }) => of === place);
    for (const person of people) {
      const messages = textsTo(text, (plan.people[person] ?? '').slice(1));
      const count = isRetried ? messages.filter(hasArrived).length : messages.length;
      all += count;
      most = Math.max(most, count);
      if (count > 0) least = Math.min(least, count);
    }
  }
  return { texts: all, textsPerPerson: { least: least === Infinity ? 0 : least, most } };
}

/** `npm run verify`. */
async function sums(ground: Ground): Promise<Wrong[]> {
  const wrongs: Wrong[] = [];
  await verifyDatabase(onlooking(ground), {
    onFault: (_, rule) => wrongs.push({ rule: 'sums equal rows', what: rule }),
  });
  return wrongs;
}
