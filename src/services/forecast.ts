import { expectedFinish, type Pace } from '../domain/pacing';
import type { Broadcast, BroadcastStore } from '../store/broadcastStore';
import type { PacingStore } from '../store/pacingStore';

export type ForecastDeps = {
  readonly broadcasts: Pick<BroadcastStore, 'workloadOfOthers'>;
  readonly pacing: Pick<PacingStore, 'queueState'>;
  readonly config: { readonly batchDelayMs: number; readonly pace: Pace | null };
};

type HeldBack = Parameters<typeof expectedFinish>[0]['held'];

export type Forecast = {
  /** When the last text of a broadcast is expected to leave Plivo; null where nothing is left to send, or it is paused. */
  finishOf(broadcast: Broadcast): Promise<number | null>;
  /** How many milliseconds a broadcast that is not there yet would take from its start on. */
  durationOf(plan: {
    readonly calls: number;
    readonly units: number;
    readonly held: HeldBack;
    /** Milliseconds since 1970; null for at once. */
    readonly startsAt: number | null;
  }): Promise<number>;
};

const UNDER_WAY: readonly Broadcast['status'][] = ['scheduled', 'queued', 'processing'];

/** Judges by the pace, by what others have waiting, and by what holds a broadcast back; not by faults or failures. */
export function createForecast({ broadcasts, pacing, config }: ForecastDeps): Forecast {
  async function finish(
    { calls, units, startsAt, held }: Parameters<Forecast['durationOf']>[0],
    exceptKey: number | null,
  ): Promise<{ finishAt: number; now: number }> {
    const others = await broadcasts.workloadOfOthers({ calls, exceptKey });
    const { freeAt, now } = await pacing.queueState();
    const finishAt = expectedFinish({
      ...config,
      now,
      calls: calls + others.calls,
      units: units + others.units,
      queueFreeAt: freeAt,
      startsAt,
      held,
    });
    return { finishAt, now };
  }

  return {
    async finishOf(broadcast) {
      const { batches, batchesTotal, accepted, segmentsPerMessage, scheduledAt } = broadcast;
      if (batches.pending === 0 || !UNDER_WAY.includes(broadcast.status)) return null;
      const unitsOf = (calls: number) => Math.round(((calls * accepted) / batchesTotal) * segmentsPerMessage);
      const last = Math.min(broadcast.held?.batches ?? 0, batches.pending);
      const held = broadcast.held === null ? null : { until: broadcast.held.until, calls: last, units: unitsOf(last) };
      const left = { calls: batches.pending, units: unitsOf(batches.pending), held, startsAt: scheduledAt };
      return (await finish(left, broadcast.broadcastKey)).finishAt;
    },

    async durationOf(plan) {
      if (plan.calls === 0) return 0;
      const { finishAt, now } = await finish(plan, null);
      return finishAt - Math.max(now, plan.startsAt ?? 0);
    },
  };
}
