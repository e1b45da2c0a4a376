import type { Fault, Moment } from '../faults/fault';
import { CLOCKS_APART_MS } from '../faults/drawLocalTimes';
import type { WorldPlan } from '../faults/worldPlan';
import type { Ground } from './ground';

/** Decides when nothing more is to be waited for. */
export type WorldEnd = {
  watch(): void;
  readonly isOver: () => boolean;
  /** The world's time was up before all was quiet. */ wasCutOff(): boolean;
};

/** After the last thing that is planned, so much virtual time is given for all to come to an end. */
const TIME_TO_END_MS = 2.5 * 3_600_000;
const LOOK_EVERY_MS = { least: 5000, ofQuiet: 0.7 } as const;

export function createWorldEnd(ground: Ground, underWay: () => number): WorldEnd {
  const { timeline, shared, plan, moments } = ground;
  // Looks are put off by a part of the quiet before them, so what is planned for an hour may happen only that much later (seed 9141).
  const horizonMs = lastPlannedMs(plan) * (1 + plan.stretch) + TIME_TO_END_MS;
  let [isOver, wasCutOff] = [false, false];

  // Within a transaction all may look done that is not yet: its rollback by the end of the world would be nobody's fault.
  const isQuiet = () =>
    underWay() === 0 && moments.pending() === 0 && !shared.isInTransaction() && shared.run(OPEN, []).rows.length === 0;

  function look(): void {
    wasCutOff = timeline.now() > horizonMs;
    isOver = wasCutOff || isQuiet();
    if (!isOver) watch();
  }
  function watch(): void {
    timeline.after(Math.max(LOOK_EVERY_MS.least, timeline.quietFor() * LOOK_EVERY_MS.ofQuiet), null, look);
  }

  return { watch, isOver: () => isOver, wasCutOff: () => wasCutOff };
}

/** What is still going on, or waits for a report that may come; what is paused or held waits for people. */
const OPEN = `
  select 1 from broadcasts c join batches b on b.broadcast_key = c.broadcast_key
  where c.hidden is null and (
    (c.status <> 'paused' and b.status = 'pending')
    or b.status in ('sending', 'unconfirmed')
    or c.status in ('scheduled', 'queued')
    or (c.status = 'paused' and c.pause_reason is not null and b.status = 'pending')
    or (b.status = 'sent' and b.reports_closed_at is null and exists (
      select 1 from broadcast_recipients r
      where r.broadcast_key = b.broadcast_key and r.batch_number = b.number and r.status in ('queued', 'sent'))))
  limit 1`;

function lastPlannedMs({ broadcasts, retries, faults }: WorldPlan): number {
  const submitted = broadcasts.map(
    ({ submitAtMs, sendInMs, localInMs }) =>
      submitAtMs + (sendInMs ?? 0) + (localInMs === null ? 0 : localInMs + CLOCKS_APART_MS),
  );
  return Math.max(0, ...submitted, ...retries.map(({ atMs }) => atMs), ...faults.map(lastsUntilMs));
}

function lastsUntilMs(fault: Fault): number {
  const begins = 'when' in fault ? timeOf(fault.when) : 0;
  const lasts = 'forMs' in fault ? (fault.forMs ?? 0) : 0;
  return begins + lasts + ('downMs' in fault ? fault.downMs : 0);
}

/** What is not given in time lies in the first minutes. */
const timeOf = (moment: Moment): number => ('atMs' in moment ? moment.atMs : 'afterMs' in moment ? moment.afterMs : 0);
