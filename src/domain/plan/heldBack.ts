import { handOver } from '../time/handOver';
import { loadMs, type Pace } from '../time/pacing';
import { nextOpening, type QuietHours } from '../time/quietHours';
import type { Load } from './broadcastPlan';
import { loadsBySender, type SenderLoad } from './senderLoads';
import { nameOf } from './senders';

/** What is to be handed over, and how fast. Times in milliseconds. */
export type Sending = {
  /** In the order in which they go. */
  readonly loads: readonly Load[];
  readonly hours: QuietHours | null;
  /** Those of Plivo's queues that the texts of a sender pass; none where nobody knows when a text leaves. */
  readonly queuesOf: (sender: string) => readonly SharedQueue[];
  /** When the first may go; since 1970. */
  readonly startsAt: number;
};

/** One object for all whose texts pass it. */
export type SharedQueue = {
  readonly pace: Pace;
  /** When Plivo is done with what it was handed; since 1970. */
  readonly freeAt: number;
  /** How long it is busy for others between two calls. */
  readonly othersMs: number;
};

/** Those who may not go at the start. Times since 1970. */
export type HeldBack = {
  /** Whom quiet hours hold back, and until when the last of them; null where nobody. */
  readonly quiet: { readonly recipients: number; readonly until: number } | null;
  /** Those who may go last: when, and how much that is of each sender. */
  readonly last: { readonly until: number; readonly lanes: readonly SenderLoad[] };
};

/**
 * Who is held back if all goes as planned: those for whom it is night, those whose turn in Plivo's queue would come too
 * late, and those whose clocks do not show yet what was asked for. Goes through the calls one after another, as they
 * will go.
 */
export function heldBackOf(sending: Sending): HeldBack | null {
  const held = holdings(sending).filter(({ until }) => until > sending.startsAt);
  if (held.length === 0) return null;
  const last = latest(held);
  const quiet = held.filter((batch) => batch.until > startOf(batch, sending.startsAt));
  return {
    quiet: quiet.length === 0 ? null : { recipients: peopleIn(quiet), until: latest(quiet)[0]?.until ?? 0 },
    last: { until: last[0]?.until ?? 0, lanes: loadsBySender(last) },
  };
}

type Holding = Load & { readonly until: number };

/** Were it not for quiet hours. */
const startOf = ({ goesAt, afterCanary }: Load, startsAt: number): number =>
  Math.max(goesAt ?? startsAt, afterCanary ?? startsAt);

const dueOf = (load: Load, startsAt: number): number => Math.max(load.notBefore ?? startsAt, startOf(load, startsAt));

const peopleIn = (loads: readonly Load[]) => loads.reduce((all, { people }) => all + people, 0);

function latest(held: readonly Holding[]): readonly Holding[] {
  const until = held.reduce((last, batch) => Math.max(last, batch.until), 0);
  return held.filter((batch) => batch.until === until);
}

function holdings({ loads, hours, startsAt, queuesOf }: Sending): Holding[] {
  const groups = groupsOf(loads, startsAt, queuesOf);
  if (hours === null) return loads.map((one) => ({ ...one, until: dueOf(one, startsAt) }));
  const byClock = (one: Load) => ({ ...one, until: nextOpening(hours, one.zones ?? [], dueOf(one, startsAt)) });
  const held = groups.filter(({ queues }) => queues.length === 0).flatMap(({ waiting }) => waiting.map(byClock));
  const freeAt = new Map<SharedQueue, number>();
  /** When the next call of a group can be worked off: it is due, and all of its queues are free. */
  const turnOf = ({ dueAt, queues }: Group) => Math.max(dueAt, ...queues.map((one) => freeAt.get(one) ?? one.freeAt));
  const busy = groups.filter(({ queues }) => queues.length > 0);
  for (let left = busy.filter(isWaiting); left.length > 0; left = left.filter(isWaiting)) {
    const group = left.reduce((first, one) => (turnOf(one) < turnOf(first) ? one : first));
    const now = turnOf(group);
    const one = group.waiting.at(-1);
    if (one === undefined) continue;
    const load = Math.max(...group.queues.map(({ pace }) => loadMs(pace, one.units)));
    if (!leavesInTime(group, hours, { now, load, startsAt })) continue;
    group.waiting.pop();
    held.push({ ...one, until: group.dueAt });
    for (const queue of group.queues)
      freeAt.set(queue, now + loadMs(queue.pace, one.units) + queue.othersMs * one.calls);
  }
  return held;
}

/** Calls of one sender to people of the same zones. */
type Group = {
  readonly zones: readonly string[];
  readonly queues: readonly SharedQueue[];
  /** The next one last. */
  readonly waiting: Load[];
  dueAt: number;
  /** Until then its last text must have left, as far as is known. */
  leavesBy: number;
};

const isWaiting = ({ waiting }: Group): boolean => waiting.length > 0;

/** The batches of one group share sender and list of zones, and all go before a canary is over, or after it. */
function groupsOf(loads: readonly Load[], startsAt: number, queuesOf: Sending['queuesOf']): Group[] {
  const parts = new Map<string, Map<readonly string[] | null, Group>>();
  for (const load of loads) {
    const { origin, zones, afterCanary } = load;
    const key = `${nameOf(origin)}/${afterCanary ?? ''}`;
    const part = parts.get(key) ?? new Map<readonly string[] | null, Group>();
    const group = part.get(zones) ?? {
      zones: zones ?? [],
      queues: queuesOf(nameOf(origin)),
      waiting: [],
      dueAt: dueOf(load, startsAt),
      leavesBy: 0,
    };
    group.waiting.push(load);
    parts.set(key, part.set(zones, group));
  }
  const groups = [...parts.values()].flatMap((part) => [...part.values()]);
  for (const { waiting } of groups) waiting.reverse();
  return groups;
}

const heldUntil = ({ dueAt }: Group, startsAt: number): number | null => (dueAt > startsAt ? dueAt : null);

/** Puts the group off where it does not. */
function leavesInTime(
  group: Group,
  hours: QuietHours,
  { now, load, startsAt }: { now: number; load: number; startsAt: number },
): boolean {
  if (now + load <= group.leavesBy) return true;
  const queue = { backlogMs: 0, loadMs: load };
  const held = heldUntil(group, startsAt);
  const verdict = handOver({ hours, zones: group.zones, now, heldUntil: held, queue });
  if (verdict.kind === 'later') group.dueAt = verdict.at;
  else if (verdict.horizonMs !== Infinity) group.leavesBy = now + verdict.horizonMs;
  return verdict.kind === 'now';
}
