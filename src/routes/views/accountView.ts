import { ACCOUNT_CURRENCY } from '../../domain/money/funds';
import { formatAmount } from '../../domain/money/money';
import { queueNameOf, type SenderRates } from '../../domain/plan/senderRates';
import { nameOf, type Origin } from '../../domain/plan/senders';
import type { Pace } from '../../domain/time/pacing';
import type { AccountReading } from '../../services/money/accountReader';
import type { Workload } from '../../store/reading/broadcastStore';
import type { BudgetState } from '../../store/sending/budgetStore';
import type { DispatchFault } from '../../store/sending/faultStore';
import type { ListFault } from '../../store/settling/listFaultStore';
import { dispatchPaused, LIST_AWAY } from './faultView';
import { iso } from './time';

/** The account's money; `amount` is null where Plivo did not tell, and `error` then says why. */
export const balanceView = ({ account, fault, readAt }: AccountReading) => ({
  amount: account === null ? null : formatAmount(account.balanceNanos),
  currency: ACCOUNT_CURRENCY,
  autoRecharge: account?.autoRecharge ?? null,
  billingMode: account?.billingMode ?? null,
  readAt: iso(readAt),
  error: fault === null ? null : { code: fault.code, message: fault.reason },
});

/** What is to stay in the account, and what Plivo was handed and has not charged yet; null where nothing is to stay. */
export const reserveView = (minNanos: number | null, { handed }: BudgetState) =>
  minNanos === null
    ? null
    : { minimum: formatAmount(minNanos), handedOver: formatAmount(handed), currency: ACCOUNT_CURRENCY };

/** What stops dispatch at present, and the settling of unknown outcomes. */
export function faultsView(fault: DispatchFault | null, listFault: ListFault | null, now: number) {
  return [
    ...(fault === null
      ? []
      : [
          {
            concerns: 'dispatch',
            code: fault.code,
            plivoStatus: fault.status,
            message: dispatchPaused(fault),
            since: iso(fault.since),
            retryAt: iso(now + fault.retryInMs),
          },
        ]),
    ...(listFault === null
      ? []
      : [
          {
            concerns: 'messageList',
            code: listFault.code,
            plivoStatus: null,
            message: LIST_AWAY,
            since: iso(listFault.since),
            retryAt: null,
          },
        ]),
  ];
}

export type PaceSettings = {
  readonly pace: Pace | null;
  readonly batchDelayMs: number;
  readonly callSpacingMs: number;
  readonly maxConcurrency: number;
  readonly batchSize: number;
};

export const paceView = ({ pace, batchDelayMs, callSpacingMs, maxConcurrency, batchSize }: PaceSettings) => ({
  segmentsPerSecond: pace?.unitsPerSecond ?? null,
  horizonSeconds: pace === null ? null : pace.horizonMs / 1000,
  batchDelayMs,
  callSpacingMs,
  callsAtOnce: maxConcurrency,
  recipientsPerCall: batchSize,
});

/** What still waits here, and until when Plivo is busy with what it was handed, by the account's rate. */
export function queueView(
  all: readonly Workload[],
  { freeAt, now }: { readonly freeAt: number; readonly now: number },
  pace: Pace | null,
) {
  const waiting = all.filter(({ isScheduled }) => !isScheduled);
  return {
    broadcasts: new Set(waiting.map(({ broadcastKey }) => broadcastKey)).size,
    calls: waiting.reduce((sum, { calls }) => sum + calls, 0),
    segments: unitsOf(waiting),
    plivoBusyUntil: pace === null || freeAt <= now ? null : iso(freeAt),
  };
}

const unitsOf = (waiting: readonly Workload[]) => Math.round(waiting.reduce((sum, { units }) => sum + units, 0));

export type SenderSettings = {
  readonly senders: ReadonlyMap<string, Origin>;
  readonly senderRates: SenderRates;
};

/**
 * Each sender that is set with the beginnings of the numbers that it texts (`*` stands for all others), its rate, what
 * waits for it here, and until when Plivo is busy for it by that rate.
 */
export function sendersView(
  { senders, senderRates }: SenderSettings,
  waiting: readonly Workload[],
  { freeAt, now }: { readonly freeAt: ReadonlyMap<string, number>; readonly now: number },
) {
  const known = new Map<string, { sender: string; beginnings: string[] }>();
  const of = (sender: string) => {
    const one = known.get(queueNameOf(sender)) ?? { sender, beginnings: [] };
    known.set(queueNameOf(sender), one);
    return one;
  };
  for (const [beginning, origin] of senders) of(nameOf(origin)).beginnings.push(beginning);
  for (const { sender } of senderRates.values()) of(sender);
  return [...known].map(([queue, { sender, beginnings }]) => {
    const rate = senderRates.get(queue)?.unitsPerSecond ?? null;
    const busyUntil = rate === null ? 0 : (freeAt.get(queue) ?? 0);
    return {
      sender,
      numbersBeginning: beginnings,
      segmentsPerSecond: rate,
      segmentsWaiting: unitsOf(waiting.filter((one) => !one.isScheduled && queueNameOf(one.sender) === queue)),
      plivoBusyUntil: busyUntil <= now ? null : iso(busyUntil),
    };
  });
}
