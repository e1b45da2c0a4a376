import type { Chance } from './clockwork/chance';
import type { Fault, Moment } from './faults/fault';
import { SENDER } from './faults/drawSenders';
import type { Ground } from './ground/ground';
import type { People } from './people/people';
import type { Processes } from './processes/processes';
import type { Restoring } from './people/restoring';
import type { Life } from './clockwork/timeline';
import { countFault } from './ground/worldRecord';

/** Who a fault befalls, or who does it. */
export type Actors = { readonly processes: Processes; readonly people: People; readonly restoring: Restoring };

/** What a fault does when its moment comes; `actor` is the process whose statement or call made the moment. */
type Deed = (actor: Life | null) => void;

/** Sees to it that each fault of the plan comes about when its moment does. */
export function arrangeFaults(ground: Ground, actors: Actors, chance: Chance): void {
  const { moments, trace, record, plan } = ground;
  for (const fault of plan.faults) {
    const when = momentOf(fault);
    const deed = deedOf(ground, actors, chance, fault);
    if (when !== null && deed !== null)
      moments.at(when, (actor) => {
        trace('fault', fault.kind, fault);
        countFault(record, fault.kind);
        deed(actor);
      });
    // What becomes of single calls is counted as they are made; the rest is what Plivo or the settings are like.
    else if (!('call' in fault)) countFault(record, fault.kind);
  }
}

function momentOf(fault: Fault): Moment | null {
  if ('when' in fault) return fault.when;
  return fault.kind === 'other software' ? fault : null;
}

function deedOf(ground: Ground, { processes, people, restoring }: Actors, chance: Chance, fault: Fault): Deed | null {
  const { moments, timeline, clock, trouble } = ground;
  switch (fault.kind) {
    case 'crash':
      return (actor) => {
        const crash = () => processes.crash(actor ?? fault.owner, fault.downMs);
        if (fault.isHeard) timeline.after(0, null, crash);
        else crash();
      };
    case 'restart':
      return (actor) => processes.restart(actor ?? fault.owner, fault.downMs);
    case 'restored copy':
      return () => restoring.begin(fault);
    case 'stop':
      return (actor) => processes.stop(actor ?? fault.owner, fault.forMs);
    case 'clock step':
      return () => clock.step(fault.byMs);
    case 'database trouble':
      return () => trouble.begin(fault);
    case 'outage':
      return () => beginOutage(ground, fault);
    case 'other software':
      return () => textAsOther(ground, chance, fault);
    case 'handset':
      return () => people.say(fault);
    case 'pause':
      return () => {
        people.control(fault.broadcast, 'pause');
        moments.at({ atMs: timeline.now() + fault.forMs }, () => people.control(fault.broadcast, 'resume'));
      };
    case 'cancel':
      return () => people.control(fault.broadcast, 'cancel');
    default:
      return null;
  }
}

function beginOutage({ moments, timeline, line, trace }: Ground, fault: Extract<Fault, { kind: 'outage' }>): void {
  const from = timeline.now();
  line.begin({ ...fault, from, to: fault.forMs === null ? Infinity : from + fault.forMs });
  // So that the world is not over before it is.
  if (fault.forMs !== null)
    moments.at({ atMs: from + fault.forMs }, () => trace('fault', 'the outage is over', { of: fault.of }));
}

const STRANGER = '14155559999';
const OTHER_SENDER = '14155550111';

function textAsOther(
  { record, account, trace, plan }: Ground,
  chance: Chance,
  fault: Extract<Fault, { kind: 'other software' }>,
): void {
  const call = record.calls[fault.call - 1];
  const whom = () => {
    if (typeof fault.to === 'number') return plan.people[fault.to]?.slice(1);
    return fault.to === 'a stranger' ? STRANGER : chance.pickFrom(call?.to ?? []);
  };
  for (let text = 0; text < fault.texts; text++) {
    const to = whom() ?? STRANGER;
    trace('others', 'text somebody', { to });
    account.textAsOther(to, fault.sameSender ? SENDER.slice(1) : OTHER_SENDER);
  }
}
