import { heldBackOf, type HeldBack, type Sending } from '../../domain/plan/heldBack';
import { HOLDING_CANARY_STATUSES } from '../../domain/states/canaryState';
import { expectedFinish, loadMs, type Pace } from '../../domain/time/pacing';
import type { Broadcast, BroadcastStore, Workload } from '../../store/reading/broadcastStore';
import type { PacingStore } from '../../store/sending/pacingStore';

export type ForecastDeps = {
  readonly broadcasts: Pick<BroadcastStore, 'workloads'>;
  readonly pacing: Pick<PacingStore, 'queueState'>;
  readonly config: { readonly batchDelayMs: number; readonly callSpacingMs: number; readonly pace: Pace | null };
};

/** What is left to send of a broadcast. */
type Work = {
  readonly calls: number;
  readonly units: number;
  /** Says something of its own to each. */
  readonly isPersonal: boolean;
  /** What quiet hours let go last. */
  readonly held: { readonly until: number; readonly calls: number; readonly units: number } | null;
  /** Milliseconds since 1970; null for at once. */
  readonly startsAt: number | null;
};

/** What is under way at one moment. */
export type Outlook = {
  /** When the last text of a broadcast is expected to leave Plivo; null where nothing is left to send, or it is paused. */
  finishOf(broadcast: Broadcast): number | null;
  /** How many milliseconds a broadcast that is not there yet would take from its start on. */
  durationOf(plan: Work): number;
  /** Whom quiet hours would hold back of such a broadcast, at once or because their turn comes too late. */
  heldBack(plan: Pick<Sending, 'loads' | 'hours'> & Pick<Work, 'startsAt'>): HeldBack | null;
};

export type Forecast = {
  /** Reads once what any number of forecasts need. */
  now(): Promise<Outlook>;
};

/** What goes last, and when: by quiet hours and people's clocks, or after a canary that is under way. */
function heldOf({ held, canary, batchesTotal, scheduledAt }: Broadcast, now: number): Broadcast['held'] {
  if (canary === null || !HOLDING_CANARY_STATUSES.includes(canary.status)) return held;
  const judgedAt = canary.until ?? Math.max(now, scheduledAt ?? 0) + canary.waitSeconds * 1000;
  return held !== null && held.until > judgedAt ? held : { until: judgedAt, batches: batchesTotal - canary.batches };
}

const UNDER_WAY: readonly Broadcast['status'][] = ['scheduled', 'queued', 'processing'];

/** Judges by the pace, by what others have waiting, and by what holds a broadcast back; not by faults or failures. */
export function createForecast({ broadcasts, pacing, config }: ForecastDeps): Forecast {
  const spacingMs = ({ isPersonal }: { isPersonal: boolean }) =>
    isPersonal ? config.callSpacingMs : config.batchDelayMs;

  return {
    async now() {
      const waiting = await broadcasts.workloads();
      const { freeAt: queueFreeAt, now } = await pacing.queueState();
      const finish = (plan: Work, exceptKey: number | null) => {
        const { startsAt, held } = plan;
        const others = workOfOthers(waiting, plan.calls, exceptKey);
        const callsMs = (calls: number) => calls * spacingMs(plan);
        return expectedFinish({
          pace: config.pace,
          now,
          startsAt,
          queueFreeAt,
          callsMs: callsMs(plan.calls) + others.callsMs,
          units: Math.round(plan.units + others.units),
          held: held === null ? null : { until: held.until, callsMs: callsMs(held.calls), units: held.units },
        });
      };
      return {
        finishOf(broadcast) {
          const { batches, batchesTotal, segmentsTotal, personal, scheduledAt } = broadcast;
          if (batches.pending === 0 || !UNDER_WAY.includes(broadcast.status)) return null;
          const unitsOf = (calls: number) => Math.round((calls / batchesTotal) * segmentsTotal);
          const held = heldOf(broadcast, now);
          const last = Math.min(held?.batches ?? 0, batches.pending);
          const left = {
            calls: batches.pending,
            units: unitsOf(batches.pending),
            held: held === null ? null : { until: held.until, calls: last, units: unitsOf(last) },
            startsAt: scheduledAt,
            isPersonal: personal !== null,
          };
          return finish(left, broadcast.broadcastKey);
        },
        durationOf(plan) {
          return plan.calls === 0 ? 0 : finish(plan, null) - Math.max(now, plan.startsAt ?? 0);
        },
        heldBack({ startsAt, ...plan }) {
          const { pace } = config;
          const calls = plan.loads.reduce((all, load) => all + load.calls, 0);
          const { units } = workOfOthers(waiting, calls, null);
          const othersMs = pace === null || calls === 0 ? 0 : loadMs(pace, units) / calls;
          return heldBackOf({ ...plan, pace, queueFreeAt, othersMs, startsAt: Math.max(now, startsAt ?? 0) });
        },
      };
    },
  };

  /** They take turns batch by batch: of each other broadcast, as much goes as this one has left. */
  function workOfOthers(
    waiting: readonly Workload[],
    calls: number,
    exceptKey: number | null,
  ): { callsMs: number; units: number } {
    const work = { callsMs: 0, units: 0 };
    for (const other of waiting) {
      if (other.broadcastKey === exceptKey) continue;
      const share = Math.min(1, calls / other.calls);
      work.callsMs += other.calls * share * spacingMs(other);
      work.units += other.units * share;
    }
    return work;
  }
}
