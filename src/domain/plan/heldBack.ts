import { handOver } from '../time/handOver';
import { loadMs, type Pace } from '../time/pacing';
import { nextOpening, type QuietHours } from '../time/quietHours';
import type { Load } from './broadcastPlan';

/** What is to be handed over, and how fast. Times in milliseconds. */
export type Sending = {
  /** In the order in which they go. */
  readonly loads: readonly Load[];
  readonly hours: QuietHours | null;
  /** Null where nobody knows when a text leaves. */
  readonly pace: Pace | null;
  /** When the first may go, and when Plivo is done with what it was handed; since 1970. */
  readonly startsAt: number;
  readonly queueFreeAt: number;
  /** How long Plivo is busy for others between two calls of it. */
  readonly othersMs: number;
};

/** Those who may not go at the start. Times since 1970. */
export type HeldBack = {
  /** Whom quiet hours hold back, and until when the last of them; null where nobody. */
  readonly quiet: { readonly recipients: number; readonly until: number } | null;
  /** Those who may go last: when, and how much that is. */
  readonly last: { readonly until: number; readonly calls: number; readonly units: number };
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
    quiet: quiet.length === 0 ? null : { recipients: sum(quiet, 'people'), until: latest(quiet)[0]?.until ?? 0 },
    last: { until: last[0]?.until ?? 0, calls: sum(last, 'calls'), units: sum(last, 'units') },
  };
}

type Holding = Load & { readonly until: number };

/** Were it not for quiet hours. */
const startOf = ({ goesAt, afterCanary }: Load, startsAt: number): number =>
  Math.max(goesAt ?? startsAt, afterCanary ?? startsAt);

const dueOf = (load: Load, startsAt: number): number => Math.max(load.notBefore ?? startsAt, startOf(load, startsAt));

const sum = (loads: readonly Load[], of: 'people' | 'calls' | 'units') =>
  loads.reduce((all, load) => all + load[of], 0);

function latest(held: readonly Holding[]): readonly Holding[] {
  const until = held.reduce((last, batch) => Math.max(last, batch.until), 0);
  return held.filter((batch) => batch.until === until);
}

function holdings({ loads, hours, pace, startsAt, ...queue }: Sending): Holding[] {
  if (hours === null) return loads.map((one) => ({ ...one, until: dueOf(one, startsAt) }));
  if (pace === null)
    return loads.map((one) => ({ ...one, until: nextOpening(hours, one.zones ?? [], dueOf(one, startsAt)) }));
  const groups = groupsOf(loads, startsAt);
  const held: Holding[] = [];
  let freeAt = Math.max(startsAt, queue.queueFreeAt);
  for (let left = loads.length; left > 0;) {
    const group = groups.find(({ waiting, dueAt }) => waiting.length > 0 && dueAt <= freeAt);
    const one = group?.waiting.at(-1);
    if (group === undefined || one === undefined) {
      freeAt = Math.min(...groups.filter(({ waiting }) => waiting.length > 0).map(({ dueAt }) => dueAt));
      continue;
    }
    const load = loadMs(pace, one.units);
    if (!leavesInTime(group, hours, { freeAt, load, startsAt })) continue;
    group.waiting.pop();
    left--;
    held.push({ ...one, until: group.dueAt });
    freeAt += load + queue.othersMs * one.calls;
  }
  return held;
}

/** Calls to people of the same zones. */
type Group = {
  readonly zones: readonly string[];
  /** The next one last. */
  readonly waiting: Load[];
  dueAt: number;
  /** Until then its last text must have left, as far as is known. */
  leavesBy: number;
};

/** The batches of one group share their list of zones, and all go before a canary is over, or after it. */
function groupsOf(loads: readonly Load[], startsAt: number): Group[] {
  const parts = new Map<number | null, Map<readonly string[] | null, Group>>();
  for (const load of loads) {
    const { zones, afterCanary } = load;
    const part = parts.get(afterCanary) ?? new Map<readonly string[] | null, Group>();
    const group = part.get(zones) ?? { zones: zones ?? [], waiting: [], dueAt: dueOf(load, startsAt), leavesBy: 0 };
    group.waiting.push(load);
    parts.set(afterCanary, part.set(zones, group));
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
