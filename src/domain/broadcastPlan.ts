import { splitIntoBatches } from './batching';
import { ServiceError } from './errors';
import { nextOpening, zoneWindowKey, type QuietHours } from './quietHours';
import { reaches, type Origin, type OriginOf } from './senders';

export type PlanRules = {
  readonly originOf: OriginOf;
  /** ISO 3166. */
  readonly countryOf: (number: string) => string;
  /** Null where nobody is held back. */
  readonly quiet: {
    readonly hours: QuietHours;
    /** The time zones a number may be in; the same set is the same object. */
    readonly zonesOf: (number: string) => readonly string[];
  } | null;
  /** When the first text may go; milliseconds since 1970. */
  readonly startsAt: number;
  readonly batchSize: number;
};

/** People who go in one call. */
export type PlannedBatch = {
  readonly recipients: readonly string[];
  readonly origin: Origin;
  /** Every zone one of them may be in; null without quiet hours. */
  readonly zones: readonly string[] | null;
  /** When quiet hours end for all of them; null where they may go at once. */
  readonly notBefore: number | null;
};

export type BroadcastPlan = {
  readonly batches: readonly PlannedBatch[];
  /** Country to people, most first. */
  readonly countries: ReadonlyMap<string, number>;
};

/**
 * Who goes with whom: one sender a call, and people whose day has the same hours, so that quiet hours hold back as few
 * others as can be: one call more for each group. Those who may go first come first.
 *
 * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them
 */
export function planBroadcast(recipients: readonly string[], rules: PlanRules): BroadcastPlan {
  const countries = countryTally(recipients, rules);
  const groups = groupPeople(recipients, rules);
  groups.sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0));
  return {
    countries: new Map([...countries].sort(([, a], [, b]) => b - a)),
    batches: groups.flatMap((group) =>
      [...splitIntoBatches(group.recipients, rules.batchSize)].map((batch) => ({ ...group, recipients: batch })),
    ),
  };
}

/** Looks at each number once; neighbours in a list are mostly of one country. */
function countryTally(recipients: readonly string[], { countryOf, originOf }: PlanRules): Map<string, number> {
  const tally = new Map<string, number>();
  const unreached = new Map<string, number>();
  let withoutOrigin = 0;
  let [country, origin, isReached, run] = ['', null as Origin | null, true, 0];
  const close = () => {
    if (run === 0) return;
    tally.set(country, (tally.get(country) ?? 0) + run);
    if (!isReached) unreached.set(country, (unreached.get(country) ?? 0) + run);
    if (origin === null) withoutOrigin += run;
    run = 0;
  };
  for (const number of recipients) {
    const [nextCountry, nextOrigin] = [countryOf(number), originOf(number)];
    if (nextCountry !== country || nextOrigin !== origin) {
      close();
      [country, origin] = [nextCountry, nextOrigin];
      isReached = origin === null || reaches(origin, country);
    }
    run++;
  }
  close();
  refuseUnreached(unreached);
  refuseWithoutOrigin(withoutOrigin);
  return tally;
}

function refuseUnreached(unreached: ReadonlyMap<string, number>): void {
  if (unreached.size === 0) return;
  const people = [...unreached.values()].reduce((all, count) => all + count, 0);
  refuse(
    `is alphanumeric, which reaches nobody in ${[...unreached.keys()].sort().join(' and ')}, where ${people} of the ` +
      'recipients are; use a Plivo number for them (PLIVO_SENDERS sets one per calling code) or leave them out',
  );
}

function refuseWithoutOrigin(people: number): void {
  if (people === 0) return;
  refuse(
    `is set for none of the calling codes of ${people} recipients; add them to PLIVO_SENDERS, or "*" for all others`,
  );
}

function refuse(msg: string): never {
  throw new ServiceError('invalid_request', `The sender ${msg}. Nothing was sent.`, {
    errors: [{ path: 'sender', msg }],
    errorCount: 1,
  });
}

type Group = Omit<PlannedBatch, 'recipients'> & { readonly recipients: readonly string[] };

function groupPeople(recipients: readonly string[], { originOf, quiet, startsAt }: PlanRules): Group[] {
  const members = new Map<Origin, Map<Window, string[]>>();
  const windowOf = quiet === null ? () => ANY_TIME : createWindowOf(quiet, startsAt);
  for (const number of recipients) {
    const origin = originOf(number);
    if (origin === null) continue;
    const window = windowOf(number);
    let windows = members.get(origin);
    if (windows === undefined) {
      windows = new Map<Window, string[]>();
      members.set(origin, windows);
    }
    const people = windows.get(window);
    if (people === undefined) windows.set(window, [number]);
    else people.push(number);
  }
  return [...members].flatMap(([origin, windows]) =>
    [...windows].map(([window, people]) => ({
      origin,
      recipients: people,
      ...(quiet === null ? { zones: null, notBefore: null } : heldBack(window, quiet.hours, startsAt)),
    })),
  );
}

/** People whose clocks agree, whatever their zones are called. */
type Window = { readonly zones: Set<string> };
const ANY_TIME: Window = { zones: new Set() };

function createWindowOf({ hours, zonesOf }: NonNullable<PlanRules['quiet']>, at: number): (number: string) => Window {
  const byZones = new Map<readonly string[], Window>();
  const byKey = new Map<string, Window>();
  return (number) => {
    const zones = zonesOf(number);
    const known = byZones.get(zones);
    if (known !== undefined) return known;
    // Clocks that are changed before the next opening part those who agree now.
    const key = `${zoneWindowKey(zones, at)}/${nextOpening(hours, zones, at)}`;
    const window = byKey.get(key) ?? { zones: new Set() };
    for (const zone of zones) window.zones.add(zone);
    byKey.set(key, window);
    byZones.set(zones, window);
    return window;
  };
}

function heldBack(window: Window, hours: QuietHours, startsAt: number) {
  const zones = [...window.zones];
  const opening = nextOpening(hours, zones, startsAt);
  return { zones, notBefore: opening > startsAt ? opening : null };
}
