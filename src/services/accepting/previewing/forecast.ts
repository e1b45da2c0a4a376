import { heldBackOf, type HeldBack, type Sending } from '../../../domain/plan/heldBack';
import { loadsBySender, type SenderLoad } from '../../../domain/plan/senderLoads';
import type { PacesOf } from '../../../domain/plan/senderRates';
import { HOLDING_CANARY_STATUSES } from '../../../domain/states/canaryState';
import { expectedFinish, type Pace } from '../../../domain/time/pacing';
import type { Broadcast, BroadcastStore } from '../../../store/reading/broadcastStore';
import type { PacingStore } from '../../../store/sending/pacingStore';
import { createTurns } from './turns';

export type ForecastDeps = {
  readonly broadcasts: Pick<BroadcastStore, 'workloads'>;
  readonly pacing: Pick<PacingStore, 'queueState' | 'senderQueues'>;
  readonly config: {
    readonly batchDelayMs: number;
    readonly callSpacingMs: number;
    readonly pace: Pace | null;
    readonly pacesOf: PacesOf;
  };
};

/** What is left to send of a broadcast. */
type Work = {
  readonly lanes: readonly SenderLoad[];
  /** Says something of its own to each. */
  readonly isPersonal: boolean;
  /** What quiet hours let go last. */
  readonly held: { readonly until: number; readonly lanes: readonly SenderLoad[] } | null;
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

/** Judges by the rates, by what others have waiting, and by what holds a broadcast back; not by faults or failures. */
export function createForecast({ broadcasts, pacing, config }: ForecastDeps): Forecast {
  const spacingMs = ({ isPersonal }: { isPersonal: boolean }) =>
    isPersonal ? config.callSpacingMs : config.batchDelayMs;

  return {
    async now() {
      const waiting = await broadcasts.workloads();
      const { freeAt: accountFreeAt, now } = await pacing.queueState();
      const senderFreeAt = await pacing.senderQueues();
      const { pace: accountPace, pacesOf } = config;
      const turns = createTurns({ waiting, accountFreeAt, senderFreeAt, pacesOf, accountPace, spacingMs });

      const finish = ({ startsAt, held, ...plan }: Work, key: number | null) => {
        const own = { ...plan, key };
        const last = held === null ? null : { ...own, lanes: held.lanes };
        return expectedFinish({
          now,
          startsAt,
          callsMs: turns.callsMs(own),
          queues: turns.queues(own),
          held: held === null || last === null ? null : { until: held.until, ...turns.alone(last) },
        });
      };
      return {
        finishOf(broadcast) {
          const { broadcastKey, batches, personal, scheduledAt } = broadcast;
          if (batches.pending === 0 || !UNDER_WAY.includes(broadcast.status)) return null;
          const lanes = waiting.filter((lane) => lane.broadcastKey === broadcastKey);
          // The last of it has gone since it was read.
          if (lanes.length === 0) return null;
          const held = heldOf(broadcast, now);
          const last = Math.min(held?.batches ?? 0, batches.pending) / batches.pending;
          const left = {
            lanes,
            // Whose they are that go last is not known.
            held: held === null ? null : { until: held.until, lanes: partOf(lanes, last) },
            startsAt: scheduledAt,
            isPersonal: personal !== null,
          };
          return finish(left, broadcastKey);
        },
        durationOf(plan) {
          return plan.lanes.length === 0 ? 0 : finish(plan, null) - Math.max(now, plan.startsAt ?? 0);
        },
        heldBack({ startsAt, ...plan }) {
          const own = { lanes: loadsBySender(plan.loads), isPersonal: false, key: null };
          return heldBackOf({ ...plan, queuesOf: turns.sharedQueuesOf(own), startsAt: Math.max(now, startsAt ?? 0) });
        },
      };
    },
  };
}

const partOf = (lanes: readonly SenderLoad[], share: number): SenderLoad[] =>
  lanes.map(({ sender, calls, units }) => ({ sender, calls: calls * share, units: Math.round(units * share) }));
