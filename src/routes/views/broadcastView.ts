import { totalFeeNanos, totalNanos, type CountryShare } from '../../domain/money/costEstimate';
import { formatAmount } from '../../domain/money/money';
import type { Load } from '../../domain/plan/broadcastPlan';
import { nameOf } from '../../domain/plan/senders';
import type { BroadcastRequest } from '../../services/accepting/broadcastRequest';
import type { TextsSpread } from '../../services/accepting/planning/textsSpread';
import type { Preview } from '../../services/accepting/previewing/previewService';
import type { Batch } from '../../store/reading/batchReading';
import type { Approval, Broadcast, Canary, CountryBill } from '../../store/reading/broadcastStore';
import type { DispatchFault } from '../../store/sending/faultStore';
import { balanceView } from './accountView';
import { dispatchPaused } from './faultView';
import { iso } from './time';

/** What goes with a broadcast beyond its own row. */
export type BroadcastExtras = {
  /** Batches that failed or whose outcome is unknown. */
  readonly inTrouble: readonly Batch[];
  /** What stops dispatch at present; shown where the broadcast still has batches to send. */
  readonly fault: DispatchFault | null;
  readonly countries: readonly CountryBill[];
  /** When the last text is expected to leave Plivo; null where nothing is left to send. */
  readonly finishAt: number | null;
  /** Given where the request waited. */
  readonly responses: readonly Batch[] | null;
};

/** A broadcast as callers see it. */
export function broadcastView(broadcast: Broadcast, extras: BroadcastExtras) {
  const { inTrouble, fault, countries, finishAt, responses } = extras;
  const self = `/broadcast/${broadcast.id}`;
  // A batch that is being sent may have met it already: the error must not come and go with each try.
  const isKeptWaiting = fault !== null && broadcast.batches.pending + broadcast.batches.sending > 0;
  return {
    id: broadcast.id,
    message: `Broadcast request accepted for ${broadcast.accepted} recipients.`,
    status: broadcast.status,
    name: broadcast.name,
    text: broadcast.anonymizedAt === null ? broadcast.text : null,
    ...(broadcast.anonymizedAt === null ? {} : { anonymizedAt: iso(broadcast.anonymizedAt) }),
    topic: broadcast.topic,
    test: broadcast.isTest,
    retryOf: broadcast.retryOf,
    createdBy: broadcast.createdBy,
    createdAt: iso(broadcast.createdAt),
    sendAt: iso(broadcast.scheduledAt),
    sendAtLocal: broadcast.sendAtLocal,
    processedAt: iso(broadcast.processedAt),
    expectedFinishAt: iso(finishAt),
    quietHours: broadcast.quietHours,
    canary: broadcast.canary === null ? null : canaryView(broadcast.canary),
    approval: broadcast.approval === null ? null : approvalView(broadcast.approval),
    sender: broadcast.sender ?? broadcast.powerpackUuid,
    template: broadcast.template,
    lists: broadcast.lists,
    exceptLists: broadcast.exceptLists,
    mediaUrls: broadcast.mediaUrls,
    callbackUrl: broadcast.callbackUrl,
    recipients: {
      submitted: broadcast.submitted,
      accepted: broadcast.accepted,
      duplicates: broadcast.duplicates,
      invalid: broadcast.invalidAtAcceptance,
      optedOut: broadcast.optedOutAtAcceptance,
      ...(broadcast.exceptLists.length === 0 ? {} : { excepted: broadcast.excepted }),
    },
    batches: { total: broadcast.batchesTotal, ...broadcast.batches },
    delivery: broadcast.recipients,
    ...(broadcast.personal === null ? {} : { texts: { distinct: broadcast.personal.distinct } }),
    segments: segmentsView(broadcast),
    cost: costView(broadcast, countries),
    countries: countries.map((country) => countryBillView(country)),
    ...(responses === null ? {} : { plivoResponses: responses.flatMap(plivoResponse) }),
    errors: [
      ...pauseError(broadcast),
      ...unapprovedError(broadcast),
      ...textedTwiceError(broadcast),
      ...(isKeptWaiting ? [faultError(fault)] : []),
      ...inTrouble.flatMap(batchError),
    ],
    links: { self, recipients: `${self}/recipients`, batches: `${self}/batches`, events: `${self}/events` },
  };
}

const canaryView = ({ status, until, batches, ...asked }: Canary) => ({
  ...asked,
  state: status,
  batches,
  judgedAt: iso(until),
});

const approvalView = ({ state, digest, until, decidedBy, decidedAt, reason }: Approval) => ({
  state,
  digest,
  expiresAt: iso(until),
  decidedBy,
  decidedAt: iso(decidedAt),
  reason,
});

/** Why it was cancelled, where it was for want of a second person's word. */
const unapprovedError = ({ approval }: Broadcast) =>
  approval?.state === 'rejected' || approval?.state === 'expired'
    ? [{ code: `approval_${approval.state}`, message: approval.reason ?? '' }]
    : [];

const pauseError = ({ pauseReason, canary }: Broadcast) => {
  if (pauseReason === null) return [];
  return [{ code: canary?.status === 'stopped' ? 'paused_by_canary' : 'paused_by_failures', message: pauseReason }];
};

const segmentsView = ({ encoding, segmentsPerMessage: most, segmentsTotal: total, personal }: Broadcast) =>
  personal === null
    ? { encoding, perMessage: most, total }
    : { encoding, min: personal.leastSegments, max: most, total };

/** An estimate; what of it is carriers' fees stands by itself too, where they are known. */
function estimateView(shares: readonly CountryShare[], currency: string | null) {
  const nanos = currency === null ? null : totalNanos(shares);
  const fees = totalFeeNanos(shares);
  if (nanos === null) return null;
  return { amount: formatAmount(nanos), currency, ...(fees === null ? {} : { carrierFees: formatAmount(fees) }) };
}

/**
 * What was expected beside what delivery reports add up to, which is in the currency of the Plivo account, and without the
 * fees of carriers, which reports do not name.
 */
function costView({ currency }: Broadcast, countries: readonly CountryBill[]) {
  return {
    estimated: estimateView(countries, currency),
    reported: {
      units: countries.reduce((all, { billedUnits }) => all + billedUnits, 0),
      amount: formatAmount(countries.reduce((all, { billedNanos }) => all + billedNanos, 0)),
    },
  };
}

const shareView = ({ country, recipients, segments }: CountryShare) => ({ country, recipients, segments });
const amountOrNull = (nanos: number | null) => (nanos === null ? null : formatAmount(nanos));

const countryBillView = (bill: CountryBill) => ({
  ...shareView(bill),
  estimatedCost: amountOrNull(bill.nanos),
  units: bill.billedUnits,
  cost: formatAmount(bill.billedNanos),
});

/** A dry run as callers see it; `invalid` are those found in the submitted list. */
export function previewView(preview: Preview, { recipients, sendAtLocal, ignoreBalance }: BroadcastRequest) {
  const { plan, held, balance } = preview;
  const { measure, currency } = plan;
  return {
    recipients: {
      submitted: recipients.submitted,
      accepted: plan.accepted,
      duplicates: recipients.duplicates,
      invalid: recipients.invalidCount,
      optedOut: plan.optedOut.length,
      ...(recipients.excepted === undefined ? {} : { excepted: recipients.excepted }),
    },
    invalidRecipients: recipients.invalid.slice(0, MOST_INVALID).map(({ index, line, list, value, reason }) => ({
      index,
      ...lineOf(line),
      ...(list === undefined ? {} : { list }),
      value,
      reason,
    })),
    spelledOtherwise: {
      count: recipients.spelledOtherwise.count,
      entries: recipients.spelledOtherwise.entries.map(({ line, ...entry }) => ({ ...entry, ...lineOf(line) })),
    },
    ...textsView(plan.texts),
    segments: {
      encoding: plan.texts?.encoding ?? measure.encoding,
      ...(plan.texts === null ? { characters: measure.characters, perMessage: measure.segments } : plan.texts.segments),
      total: plan.segments,
      forcingUcs2: preview.forcing,
      ...(plan.texts === null ? { perMessageWithStandIns: preview.perMessageWithStandIns } : {}),
    },
    countries: plan.countries.map((share) => ({ ...shareView(share), cost: amountOrNull(share.nanos) })),
    cost: estimateView(plan.countries, currency),
    balance: { ...balanceView(balance.reading), isEnough: balance.isEnough },
    senders: plan.senders.map(({ origin, people }) => ({ sender: nameOf(origin), recipients: people })),
    quietHours: held === null ? null : { heldRecipients: held.recipients, lastOpening: iso(held.until) },
    ...(sendAtLocal === null ? {} : { localTimes: localTimesView(plan.loads) }),
    ...(plan.canary === null ? {} : { canary: plan.canary }),
    leftOut: preview.leftOut,
    batches: plan.batches.length,
    expectedSeconds: Math.round(preview.expectedMs / 100) / 10,
    refusals: [...plan.refusals, ...(balance.refusal === null || ignoreBalance === true ? [] : [balance.refusal])],
    digest: plan.digest,
  };
}

/** When the clocks of how many show the time that was asked for. */
function localTimesView(loads: readonly Load[]) {
  const times = new Map<number, number>();
  for (const { goesAt, people } of loads) if (goesAt !== null) times.set(goesAt, (times.get(goesAt) ?? 0) + people);
  return [...times].sort(([a], [b]) => a - b).map(([at, recipients]) => ({ sendAt: iso(at), recipients }));
}

/** What people are told, where each is told something of their own. */
function textsView(texts: TextsSpread | null) {
  if (texts === null) return {};
  const { distinct, ucs2, shortest, longest, dearest } = texts;
  return { texts: { distinct, ucs2, shortest, longest, dearest } };
}

const MOST_INVALID = 100;

/** Only a file has lines. */
const lineOf = (line: number | null) => (line === null ? {} : { line });

function plivoResponse({ number, answer }: Batch) {
  if (answer === null) return [];
  const { apiId, message, messageUuids, invalidNumbers } = answer;
  return [{ batch: number, apiId, message, messageUuid: messageUuids, invalidNumber: invalidNumbers }];
}

/** What keeps texts from going. */
export const faultError = (fault: DispatchFault) => ({
  code: fault.code,
  plivoStatus: fault.status,
  message: dispatchPaused(fault),
  since: iso(fault.since),
});

const textedTwiceError = ({ textedTwice }: Broadcast) =>
  textedTwice === 0
    ? []
    : [
        {
          code: 'texted_twice',
          recipients: textedTwice,
          message:
            'Reports name messages that are not of the last call: Plivo took a call that was thought lost as well.',
        },
      ];

const batchError = ({ number, size, status, error }: Batch) =>
  error === null
    ? []
    : [{ batch: number, recipients: size, status, code: error.code, plivoStatus: error.status, message: error.reason }];

export const batchView = (batch: Batch) => ({
  number: batch.number,
  size: batch.size,
  status: batch.status,
  attempts: batch.attempts,
  lastError:
    batch.error === null
      ? null
      : { code: batch.error.code, plivoStatus: batch.error.status, message: batch.error.reason },
  plivoResponse: plivoResponse(batch)[0] ?? null,
  sender: batch.sender ?? batch.powerpackUuid,
  notBefore: iso(batch.notBefore),
  claimedAt: iso(batch.claimedAt),
  updatedAt: iso(batch.statusUpdatedAt),
});
