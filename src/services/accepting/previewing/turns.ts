import type { PacesOf } from '../../../domain/plan/senderRates';
import type { SenderLoad } from '../../../domain/plan/senderLoads';
import type { SharedQueue } from '../../../domain/plan/heldBack';
import { loadMs, timeAmong, type OthersLoad, type Pace, type QueueAhead } from '../../../domain/time/pacing';
import type { Workload } from '../../../store/reading/broadcastStore';

/** All that waits at one moment, and how fast it goes. */
export type TurnsDeps = {
  readonly waiting: readonly Workload[];
  /** When Plivo is done with what it was handed: by the account's rate, and by the name of a sender's queue. */
  readonly accountFreeAt: number;
  readonly senderFreeAt: ReadonlyMap<string, number>;
  readonly pacesOf: PacesOf;
  readonly accountPace: Pace | null;
  readonly spacingMs: (call: { readonly isPersonal: boolean }) => number;
};

/** What is left of a broadcast, or would go: of each of its senders. */
export type Own = {
  readonly lanes: readonly SenderLoad[];
  readonly isPersonal: boolean;
  /** Its key, where it is among those that wait. */
  readonly key: number | null;
};

/** Broadcasts take turns batch by batch: of each other one, as much goes as this one has left, or as its sender lets through. */
export type Turns = {
  callsMs(own: Own): number;
  /** The queues that the texts pass, with what others add to them. */
  queues(own: Own): readonly QueueAhead[];
  /** Both, as if nothing else were waiting. */
  alone(own: Own): { readonly callsMs: number; readonly queues: readonly QueueAhead[] };
  /** The queues of one sender, for going through call by call. */
  sharedQueuesOf(own: Own): (sender: string) => readonly SharedQueue[];
};

const sum = (lanes: readonly SenderLoad[], of: 'calls' | 'units') => lanes.reduce((all, lane) => all + lane[of], 0);

export function createTurns(deps: TurnsDeps): Turns {
  const { waiting, accountPace, pacesOf, spacingMs } = deps;
  const callsOf = new Map<number, number>();
  for (const { broadcastKey, calls } of waiting) callsOf.set(broadcastKey, (callsOf.get(broadcastKey) ?? 0) + calls);

  /** The lanes of others, and how much of each has its turn while this one goes. */
  function othersOf({ lanes, key }: Own): { lane: Workload; turn: number }[] {
    const calls = sum(lanes, 'calls');
    return waiting
      .filter((lane) => lane.broadcastKey !== key && !lane.isScheduled && lane.calls > 0)
      .map((lane) => ({ lane, turn: Math.min(1, calls / (callsOf.get(lane.broadcastKey) ?? calls)) }));
  }

  const unitsPerMs = (sender: string) => (pacesOf(sender).sender?.unitsPerSecond ?? Infinity) / 1000;

  const callTimes = (own: Own): OthersLoad[] =>
    othersOf(own)
      .filter(({ lane }) => spacingMs(lane) > 0)
      .map(({ lane, turn }) => ({
        ms: lane.calls * turn * spacingMs(lane),
        share: (unitsPerMs(lane.sender) * spacingMs(lane) * lane.calls) / Math.max(lane.units, 1),
      }));

  const accountLoads = (own: Own, pace: Pace): OthersLoad[] =>
    othersOf(own).map(({ lane, turn }) => ({
      ms: loadMs(pace, Math.round(lane.units * turn)),
      share: unitsPerMs(lane.sender) / (pace.unitsPerSecond / 1000),
    }));

  /** Of other broadcasts from the same sender. */
  const senderLoads = (own: Own, { sender, calls }: SenderLoad): OthersLoad[] => {
    const { sender: pace } = pacesOf(sender);
    if (pace === null) return [];
    return waiting
      .filter((lane) => lane.broadcastKey !== own.key && !lane.isScheduled && lane.calls > 0)
      .filter((lane) => pacesOf(lane.sender).sender?.queue === pace.queue)
      .map((lane) => ({
        ms: loadMs(pace, Math.round(lane.units * Math.min(1, calls / lane.calls))),
        share: Infinity,
      }));
  };

  const accountTime = (own: Own, pace: Pace) =>
    timeAmong(loadMs(pace, sum(own.lanes, 'units')), accountLoads(own, pace));

  const senderTime = (own: Own, lane: SenderLoad, pace: Pace) =>
    timeAmong(loadMs(pace, lane.units), senderLoads(own, lane));

  const queuesOf = (own: Own, { isAlone }: { isAlone: boolean }): QueueAhead[] => {
    const ofSenders = own.lanes.flatMap((lane) => {
      const { sender: pace } = pacesOf(lane.sender);
      if (pace === null) return [];
      const load = isAlone ? loadMs(pace, lane.units) : senderTime(own, lane, pace);
      return [{ freeAt: deps.senderFreeAt.get(pace.queue) ?? 0, loadMs: load }];
    });
    if (accountPace === null) return ofSenders;
    const load = isAlone ? loadMs(accountPace, sum(own.lanes, 'units')) : accountTime(own, accountPace);
    return [{ freeAt: deps.accountFreeAt, loadMs: load }, ...ofSenders];
  };
  const ownCallsMs = (own: Own) => Math.round(sum(own.lanes, 'calls') * spacingMs(own));

  return {
    callsMs: (own) => timeAmong(ownCallsMs(own), callTimes(own)),
    queues: (own) => queuesOf(own, { isAlone: false }),
    alone: (own) => ({ callsMs: ownCallsMs(own), queues: queuesOf(own, { isAlone: true }) }),
    sharedQueuesOf(own) {
      const between = (allMs: number, ownMs: number, calls: number) => (calls === 0 ? 0 : (allMs - ownMs) / calls);
      const units = sum(own.lanes, 'units');
      const account: SharedQueue[] =
        accountPace === null
          ? []
          : [
              {
                pace: accountPace,
                freeAt: deps.accountFreeAt,
                othersMs: between(accountTime(own, accountPace), loadMs(accountPace, units), sum(own.lanes, 'calls')),
              },
            ];
      const queues = new Map<string, SharedQueue>();
      for (const lane of own.lanes) {
        const { sender: pace } = pacesOf(lane.sender);
        if (pace === null) continue;
        const othersMs = between(senderTime(own, lane, pace), loadMs(pace, lane.units), lane.calls);
        queues.set(pace.queue, { pace, freeAt: deps.senderFreeAt.get(pace.queue) ?? 0, othersMs });
      }
      return (sender) => {
        const queue = queues.get(pacesOf(sender).sender?.queue ?? '');
        return queue === undefined ? account : [...account, queue];
      };
    },
  };
}
