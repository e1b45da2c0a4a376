import { planBroadcast, type PlannedBatch } from '../domain/broadcastPlan';
import { sharesOf, totalNanos, type CountryShare } from '../domain/costEstimate';
import { formatAmount } from '../domain/money';
import { largestBatch, type Pace } from '../domain/pacing';
import type { PriceList } from '../domain/prices';
import { parseQuietHours } from '../domain/quietHours';
import type { TextMeasure } from '../domain/segments';
import { nameOf, type Origin, type OriginOf } from '../domain/senders';
import { hashOf, measureMessage, type BroadcastRequest } from './broadcastRequest';

export type BroadcastPlannerDeps = {
  readonly originOf: OriginOf;
  readonly countryOf: (number: string) => string;
  /** Loads its table on the first call: only quiet hours need it. */
  readonly zonesOf: () => (number: string) => readonly string[];
  readonly prices: PriceList | null;
  readonly config: {
    readonly batchSize: number;
    readonly pace: Pace | null;
    readonly quietHours: string | null;
    readonly maxSegments: number | null;
    /** Billionths of the currency unit of the prices. */
    readonly maxCostNanos: number | null;
  };
};

/** Everything that follows from a request and the people who may be texted. */
export type Plan = {
  readonly batches: readonly PlannedBatch[];
  readonly countries: readonly CountryShare[];
  readonly currency: string | null;
  /** Null where a country has no price. */
  readonly nanos: number | null;
  readonly measure: TextMeasure;
  readonly segments: number;
  /** Names what would be sent, and to whom: the same for the same. */
  readonly digest: string;
  /** Why such a broadcast is refused, whoever asks; mostly empty. */
  readonly refusals: readonly string[];
};

export type BroadcastPlanner = {
  /** The quiet hours that hold for the request; null for none. */
  quietHoursOf(request: Pick<BroadcastRequest, 'quietHours'>): string | null;
  /**
   * `recipients`: who may be texted, opted-out people left out; `now` in milliseconds since 1970.
   *
   * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them
   */
  plan(request: BroadcastRequest, recipients: readonly string[], now: number): Plan;
};

export function createBroadcastPlanner(deps: BroadcastPlannerDeps): BroadcastPlanner {
  const { countryOf, prices, config } = deps;

  const quietHoursOf: BroadcastPlanner['quietHoursOf'] = ({ quietHours }) =>
    quietHours === 'off' ? null : (quietHours ?? config.quietHours);

  return {
    quietHoursOf,
    plan(request, recipients, now) {
      const measure = measureMessage(request);
      const quietHours = quietHoursOf(request);
      const hours = quietHours === null ? null : parseQuietHours(quietHours);
      const { batches, countries } = planBroadcast(recipients, {
        originOf: originsFor(request, deps.originOf),
        countryOf,
        quiet: hours === null ? null : { hours, zonesOf: deps.zonesOf() },
        startsAt: Math.max(now, request.sendAt ?? 0),
        batchSize: largestBatch(config.batchSize, measure.segments, config.pace),
      });
      const kind = { segmentsPerMessage: measure.segments, isMms: request.mediaUrls !== null };
      const shares = sharesOf(countries, kind, prices);
      const segments = recipients.length * measure.segments;
      const nanos = prices === null ? null : totalNanos(shares);
      return {
        batches,
        countries: shares,
        currency: prices?.currency ?? null,
        nanos,
        measure,
        segments,
        digest: digestOf(request, quietHours, batches, recipients),
        refusals: [...tooManySegments(segments, config.maxSegments), ...tooCostly(shares, nanos)],
      };
    },
  };

  function tooCostly(shares: readonly CountryShare[], nanos: number | null): string[] {
    if (config.maxCostNanos === null || prices === null) return [];
    const limit = `${formatAmount(config.maxCostNanos)} ${prices.currency} (MAX_COST_PER_BROADCAST)`;
    if (nanos === null) {
      const unpriced = shares.filter((share) => share.nanos === null).map(({ country }) => country);
      return [`Its cost cannot be held against ${limit}: PRICES_FILE has no price for ${unpriced.sort().join(', ')}.`];
    }
    return nanos <= config.maxCostNanos
      ? []
      : [`It would cost about ${formatAmount(nanos)} ${prices.currency}, more than ${limit}.`];
  }
}

function tooManySegments(segments: number, max: number | null): string[] {
  if (max === null || segments <= max) return [];
  return [`It has ${segments} segments in all, more than ${max} (MAX_SEGMENTS_PER_BROADCAST).`];
}

function originsFor({ sender }: BroadcastRequest, configured: OriginOf): OriginOf {
  if (sender === null) return configured;
  const origin: Origin = { sender };
  return () => origin;
}

/** The senders too: they come from the configuration, which may change between preview and sending. */
function digestOf(
  { text, expirySeconds, mediaUrls, sendAt }: BroadcastRequest,
  quietHours: string | null,
  batches: readonly PlannedBatch[],
  recipients: readonly string[],
): string {
  const head = [text, expirySeconds, mediaUrls, sendAt, quietHours, sharesOfSenders(batches), recipients.length];
  return hashOf(JSON.stringify(head), recipients, 'base64url');
}

/** Who sends how much, however it is split: with the least number each sends to, so that two cannot change places unseen. */
function sharesOfSenders(batches: readonly PlannedBatch[]): [sender: string, people: number, least: string][] {
  const shares = new Map<string, { people: number; least: string }>();
  for (const { origin, recipients } of batches) {
    const share = shares.get(nameOf(origin)) ?? { people: 0, least: '~' };
    share.people += recipients.length;
    for (const number of recipients) if (number < share.least) share.least = number;
    shares.set(nameOf(origin), share);
  }
  return [...shares].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sender, { people, least }]) => [sender, people, least]);
}
