import { handOver } from '../time/handOver';
import { loadMs, type Pace } from '../time/pacing';
import type { QuietHours } from '../time/quietHours';
import type { PlannedBatch } from './broadcastPlan';

/** What is to be handed over, and how fast. Times in milliseconds. */
export type Sending = {
  /** In the order in which they go. */
  readonly batches: readonly Pick<PlannedBatch, 'recipients' | 'zones' | 'notBefore'>[];
  readonly hours: QuietHours | null;
  readonly segmentsPerMessage: number;
  /** Null where nobody knows when a text leaves. */
  readonly pace: Pace | null;
  /** When the first may go, and when Plivo is done with what it was handed; since 1970. */
  readonly startsAt: number;
  readonly queueFreeAt: number;
  /** How long Plivo is busy for others between two calls of it. */
  readonly othersMs: number;
};

/** Whom quiet hours hold back, and those of them who may go last: when (since 1970), and how much that is. */
export type HeldBack = {
  readonly recipients: number;
  readonly until: number;
  readonly last: { readonly calls: number; readonly units: number };
};

/**
 * Whom quiet hours hold back if all goes as planned: those for whom it is night, and those whose turn in Plivo's queue
 * would come too late. Goes through the calls one after another, as they will go.
 */
export function heldBackOf(sending: Sending): HeldBack | null {
  const held = holdings(sending).filter(({ until }) => until !== null);
  const until = held.reduce((latest, batch) => Math.max(latest, batch.until ?? 0), 0);
  const last = held.filter((batch) => batch.until === until);
  if (held.length === 0) return null;
  const people = (batches: typeof held) => batches.reduce((all, { size }) => all + size, 0);
  return {
    recipients: people(held),
    until,
    last: { calls: last.length, units: people(last) * sending.segmentsPerMessage },
  };
}

type Holding = { readonly size: number; readonly until: number | null };

function holdings({ batches, hours, pace, segmentsPerMessage, startsAt, ...queue }: Sending): Holding[] {
  if (hours === null || pace === null)
    return batches.map(({ recipients, notBefore }) => ({ size: recipients.length, until: notBefore }));
  const groups = groupsOf(batches, startsAt);
  const held: Holding[] = [];
  let freeAt = Math.max(startsAt, queue.queueFreeAt);
  for (let left = batches.length; left > 0;) {
    const group = groups.find(({ sizes, dueAt }) => sizes.length > 0 && dueAt <= freeAt);
    const size = group?.sizes.at(-1);
    if (group === undefined || size === undefined) {
      freeAt = Math.min(...groups.filter(({ sizes }) => sizes.length > 0).map(({ dueAt }) => dueAt));
      continue;
    }
    const load = loadMs(pace, size * segmentsPerMessage);
    if (!leavesInTime(group, hours, { freeAt, load, startsAt })) continue;
    group.sizes.pop();
    left--;
    held.push({ size, until: heldUntil(group, startsAt) });
    freeAt += load + queue.othersMs;
  }
  return held;
}

/** Calls to people of the same zones. */
type Group = {
  readonly zones: readonly string[];
  /** The next one last. */
  readonly sizes: number[];
  dueAt: number;
  /** Until then its last text must have left, as far as is known. */
  leavesBy: number;
};

/** The batches of one group share their list of zones. */
function groupsOf(batches: Sending['batches'], startsAt: number): Group[] {
  const groups = new Map<readonly string[] | null, Group>();
  for (const { recipients, zones, notBefore } of batches) {
    const group = groups.get(zones) ?? { zones: zones ?? [], sizes: [], dueAt: notBefore ?? startsAt, leavesBy: 0 };
    group.sizes.push(recipients.length);
    groups.set(zones, group);
  }
  for (const { sizes } of groups.values()) sizes.reverse();
  return [...groups.values()];
}

const heldUntil = ({ dueAt }: Group, startsAt: number): number | null => (dueAt > startsAt ? dueAt : null);

/** Puts the group off where it does not. */
function leavesInTime(
  group: Group,
  hours: QuietHours,
  { freeAt, load, startsAt }: { freeAt: number; load: number; startsAt: number },
): boolean {
  if (freeAt + load <= group.leavesBy) return true;
  const queue = { backlogMs: 0, loadMs: load };
  const held = heldUntil(group, startsAt);
  const verdict = handOver({ hours, zones: group.zones, now: freeAt, heldUntil: held, queue });
  if (verdict.kind === 'later') group.dueAt = verdict.at;
  else if (verdict.horizonMs !== Infinity) group.leavesBy = freeAt + verdict.horizonMs;
  return verdict.kind === 'now';
}
