import { ServiceError } from '../errors';
import { latestMoment } from '../time/localTime';
import { nextOpening, zoneWindowKey } from '../time/quietHours';
import type { GroupRules, PlanRules } from './broadcastPlan';

/** People whose clocks agree, whatever their zones are called. */
export type Window = {
  readonly zones: Set<string>;
  /** When their clocks show the time that was asked for; null where none was. */
  readonly goesAt: number | null;
};

const ANY_TIME: Window = { zones: new Set(), goesAt: null };

/** The window of a number; the same one for all whom neither quiet hours nor a time of their own clocks will part. */
export function createWindowOf({
  quiet,
  local,
  startsAt,
}: Pick<PlanRules, 'quiet' | 'local' | 'startsAt'>): (number: string) => Window {
  const zonesOf = (quiet ?? local)?.zonesOf;
  if (zonesOf === undefined) return () => ANY_TIME;
  const byZones = new Map<readonly string[], Window>();
  const byKey = new Map<string, Window>();
  return (number) => {
    const zones = zonesOf(number);
    const known = byZones.get(zones);
    if (known !== undefined) return known;
    const goesAt = local === null ? null : latestMoment(zones, local.time);
    const at = goesAt ?? startsAt;
    // Clocks that are changed before the next opening part those who agree now.
    const key = [goesAt, ...(quiet === null ? [] : [zoneWindowKey(zones, at), nextOpening(quiet.hours, zones, at)])];
    const window = byKey.get(key.join('/')) ?? { zones: new Set(), goesAt };
    for (const zone of zones) window.zones.add(zone);
    byKey.set(key.join('/'), window);
    byZones.set(zones, window);
    return window;
  };
}

/** When the people of a window may go. */
export function hoursOf(
  { goesAt, zones }: Window,
  { quiet, startsAt }: Pick<PlanRules, 'quiet' | 'startsAt'>,
): Pick<GroupRules, 'zones' | 'goesAt' | 'notBefore'> {
  if (quiet === null) return { zones: null, goesAt, notBefore: goesAt };
  const all = [...zones];
  const opening = nextOpening(quiet.hours, all, goesAt ?? startsAt);
  return { zones: all, goesAt, notBefore: opening > startsAt ? opening : null };
}

const MOST_ZONES = 3;

/**
 * Nobody is texted at a time that was not promised: not later than their clock showed it, and not a day later either.
 *
 * @throws ServiceError `invalid_request` where the time has passed for somebody
 */
export function refusePassed(windows: readonly (readonly [window: Window, people: number])[], now: number): void {
  const passed = windows.filter(([{ goesAt }]) => goesAt !== null && goesAt <= now);
  if (passed.length === 0) return;
  const people = passed.reduce((all, [, count]) => all + count, 0);
  const zones = [...new Set(passed.flatMap(([window]) => [...window.zones]))].sort();
  const where =
    zones.length === 0 ? '' : ` (${zones.slice(0, MOST_ZONES).join(', ')}${zones.length > MOST_ZONES ? ' …' : ''})`;
  const msg = `has passed by the clocks of ${people} of the recipients${where}; take a later time, or leave them out`;
  throw new ServiceError('invalid_request', `The time of sendAtLocal ${msg}. Nothing was sent.`, {
    errors: [{ path: 'sendAtLocal', msg }],
    errorCount: 1,
  });
}
