import { createHash } from 'node:crypto';
import {
  BroadcastPlanner,
  type Load,
  type PlannedBatches,
  type PlanTexts,
  type SenderShare,
} from '../../../domain/plan/broadcastPlan';
import type { CanaryRule } from '../../../domain/plan/canaryPick';
import { sharesOf, totalNanos, type CountryShare } from '../../../domain/money/costEstimate';
import { formatAmount } from '../../../domain/money/money';
import { NumberList, type Numbers } from '../../../domain/numbers/numberList';
import { NumberSet } from '../../../domain/numbers/numberSet';
import { bothWithin, largestBatch } from '../../../domain/time/pacing';
import type { PriceList } from '../../../domain/money/prices';
import { parseLocalTime } from '../../../domain/time/localTime';
import { parseQuietHours } from '../../../domain/time/quietHours';
import type { TextMeasure } from '../../../domain/text/segments';
import type { PacesOf } from '../../../domain/plan/senderRates';
import { nameOf, type Origin, type OriginAt, type OriginOf } from '../../../domain/plan/senders';
import type { Timers } from '../../../domain/time/timers';
import type { AcceptStore } from '../../../store/accepting/acceptStore';
import { measureMessage, type BroadcastRequest, type CanaryWish } from '../broadcastRequest';
import { HashedList } from './hashedList';
import { TextsSpreadTaker, type TextsSpread } from './textsSpread';

export type PlanningDeps = {
  readonly accepting: Pick<AcceptStore, 'optedOutAmong' | 'shortOptOutList'>;
  readonly timers: Pick<Timers, 'nextTurn'>;
  /** 0 <= value < 1: who goes first where some do. */
  readonly random: () => number;
  readonly originOf: OriginOf;
  readonly countryOf: (number: string) => string;
  /** Loads its table on the first call: only quiet hours and times of people's own clocks need it. */
  readonly zonesOf: () => (number: string) => readonly string[];
  readonly prices: PriceList | null;
  readonly config: {
    readonly batchSize: number;
    readonly pacesOf: PacesOf;
    readonly quietHours: string | null;
    readonly maxSegments: number | null;
    /** Billionths of the currency unit of the prices. */
    readonly maxCostNanos: number | null;
  };
};

/** Everything that follows from a request and the people who may be texted. */
export type Plan = {
  readonly optedOut: Numbers;
  /** How many may be texted. */
  readonly accepted: number;
  readonly batches: PlannedBatches;
  readonly loads: readonly Load[];
  /** Who goes first: so many people, in so many batches; null without a canary. */
  readonly canary: { readonly recipients: number; readonly batches: number } | null;
  /** When the first of them may go, quiet hours aside; milliseconds since 1970, null for at once. */
  readonly startsAt: number | null;
  readonly senders: readonly SenderShare[];
  readonly countries: readonly CountryShare[];
  readonly currency: string | null;
  /** Null where a country has no price. */
  readonly nanos: number | null;
  /** Of the message as it was written: of a personal one, what each person is told is measured for itself. */
  readonly measure: TextMeasure;
  /** What is billed for all of them. */
  readonly segments: number;
  /** What those who may be texted are told; null where all are told the same. */
  readonly texts: TextsSpread | null;
  /** Names what would be sent, and to whom: the same for the same. Null where it was not asked for. */
  readonly digest: string | null;
  /** Why such a broadcast is refused, whoever asks; mostly empty. */
  readonly refusals: readonly string[];
};

export type Planning = {
  /** The quiet hours that hold for the request; null for none. */
  quietHoursOf(request: Pick<BroadcastRequest, 'quietHours'>): string | null;
  /**
   * Plans for those who are not opted out as it comes to them. In slices: others get their turn. `now` in milliseconds
   * since 1970.
   *
   * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them, or where the time
   *   of their clock has passed
   */
  plan(request: BroadcastRequest, now: number, options: { readonly withDigest: boolean }): Promise<Plan>;
};

/** So many numbers are looked at before others get their turn: 5 ms. */
const SLICE = 5000;
/** Of people with texts of their own, each of which is looked at, measured and hashed: some 10 ms where they are as long as may be. */
const PERSONAL_SLICE = 100;

export function createPlanning(deps: PlanningDeps): Planning {
  const { accepting, countryOf, prices, config } = deps;

  const quietHoursOf: Planning['quietHoursOf'] = ({ quietHours }) =>
    quietHours === 'off' ? null : (quietHours ?? config.quietHours);

  /** Who is left out, and a hash of those who are not and of what each is told, where it is asked for. */
  async function takeIn(
    numbers: Numbers,
    { planner, texts, spread, isHashed }: TakingIn,
  ): Promise<{ optedOut: NumberList; hash: string | null }> {
    const optedOut = new NumberList();
    const hash = isHashed ? createHash('sha256') : null;
    const goneAmong = await createOptOutCheck(accepting, numbers.length);
    for (let from = 0; from < numbers.length; from += SLICE) {
      const slice = numbers.slice(from, from + SLICE);
      const gone = await goneAmong(slice);
      hash?.update((gone.size === 0 ? slice : slice.filter((number) => !gone.has(number))).join(''));
      const step = texts === null ? SLICE : PERSONAL_SLICE;
      const list = hash === null || texts === null ? null : new HashedList(hash);
      for (let at = 0; at < slice.length; at += step) {
        if (at > 0) await deps.timers.nextTurn();
        const people = slice.slice(at, at + step);
        planner.add(people, from + at, gone);
        spread?.add(people, from + at, gone);
        if (texts !== null) list?.add(textsOf(texts, people, from + at, gone));
      }
      list?.end();
      if (gone.size > 0) for (const number of slice) if (gone.has(number)) optedOut.push(number);
      await deps.timers.nextTurn();
    }
    return { optedOut, hash: hash?.digest('base64') ?? null };
  }

  return {
    quietHoursOf,
    async plan(request, now, { withDigest }) {
      const measure = measureMessage(request);
      const quietHours = quietHoursOf(request);
      const hours = quietHours === null ? null : parseQuietHours(quietHours);
      const localTime = request.sendAtLocal === null ? null : parseLocalTime(request.sendAtLocal);
      const { valid } = request.recipients;
      const texts = billedTexts(request);
      const spread = texts === null ? null : new TextsSpreadTaker(valid, texts);
      // What waits with Plivo for longer than it is valid is dropped there.
      const expiryMs = (request.expirySeconds ?? Infinity) * 1000;
      const planner = new BroadcastPlanner(valid, {
        originOf: originsFor(request, deps.originOf),
        countryOf,
        quiet: hours === null ? null : { hours, zonesOf: deps.zonesOf() },
        local: localTime === null ? null : { time: localTime, zonesOf: deps.zonesOf() },
        canary: request.canary === null ? null : canaryRuleOf(request.canary, deps.random),
        startsAt: Math.max(now, request.sendAt ?? 0),
        batchSizeWithin: (ms, segments, origin) =>
          largestBatch(config.batchSize, segments, bothWithin(config.pacesOf(nameOf(origin)), Math.min(ms, expiryMs))),
        segments: measure.segments,
        texts,
      });
      const { optedOut, hash } = await takeIn(valid, { planner, texts, spread, isHashed: withDigest });
      const { batches, loads, canary, segments, countries, senders } = planner.finish();
      const shares = sharesOf(countries, { isMms: request.mediaUrls !== null }, prices);
      const accepted = valid.length - optedOut.length;
      const nanos = prices === null ? null : totalNanos(shares);
      return {
        optedOut,
        accepted,
        batches,
        loads,
        canary,
        startsAt: localTime === null ? request.sendAt : firstOf(loads),
        texts: spread?.result() ?? null,
        senders,
        countries: shares,
        currency: prices?.currency ?? null,
        nanos,
        measure,
        segments,
        digest: hash === null ? null : digestOf(request, quietHours, senders, hash),
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

/** A list of people this much longer than the opt-out list is held against it in memory: 30 ns a number, not 170. */
const MOST_IN_MEMORY = 100_000;

/** Finds opted-out people slice by slice. */
async function createOptOutCheck(
  accepting: PlanningDeps['accepting'],
  people: number,
): Promise<(slice: readonly string[]) => Promise<ReadonlySet<string>>> {
  const list = await accepting.shortOptOutList(Math.min(MOST_IN_MEMORY, people));
  if (list === null) return (slice) => accepting.optedOutAmong(slice);
  const optedOut = new NumberSet({ expected: list.length });
  for (const number of list) if (number.startsWith('+')) optedOut.add(number);
  if (list.length === 0) return () => Promise.resolve(NOBODY);
  return (slice) => Promise.resolve(new Set(slice.filter((number) => optedOut.has(number))));
}

const NOBODY: ReadonlySet<string> = new Set();

type TakingIn = {
  readonly planner: BroadcastPlanner;
  readonly texts: PlanTexts | null;
  readonly spread: TextsSpreadTaker | null;
  readonly isHashed: boolean;
};

const textsOf = (texts: PlanTexts, slice: readonly string[], from: number, gone: ReadonlySet<string>): string[] =>
  slice.flatMap((number, index) => (gone.has(number) ? [] : [texts.textAt(texts.textOf(from + index))]));

const canaryRuleOf = ({ recipients, waitSeconds }: CanaryWish, random: () => number): CanaryRule => ({
  recipients,
  waitMs: waitSeconds * 1000,
  random,
});

const firstOf = (loads: readonly Load[]): number | null =>
  loads.reduce<number | null>((first, { goesAt }) => Math.min(first ?? Infinity, goesAt ?? Infinity), null);

/** A picture with a text is one message, however long that is. */
function billedTexts({ recipients, mediaUrls }: BroadcastRequest): PlanTexts | null {
  const { texts } = recipients;
  if (texts === null || mediaUrls === null) return texts;
  return {
    distinct: texts.distinct,
    textOf: (place) => texts.textOf(place),
    textAt: (text) => texts.textAt(text),
    segmentsAt: () => 1,
  };
}

function tooManySegments(segments: number, max: number | null): string[] {
  if (max === null || segments <= max) return [];
  return [`It has ${segments} segments in all, more than ${max} (MAX_SEGMENTS_PER_BROADCAST).`];
}

function originsFor({ sender, retry }: BroadcastRequest, configured: OriginOf): OriginAt {
  if (retry !== undefined) return retry.originOf;
  if (sender === null) return configured;
  const origin: Origin = { sender };
  return () => origin;
}

/**
 * The senders too: they come from the configuration, which may change between preview and sending. Each with the first
 * number that it texts, so that two of them cannot change places unseen.
 */
function digestOf(
  { text, expirySeconds, mediaUrls, sendAt, sendAtLocal, canary, topic }: BroadcastRequest,
  quietHours: string | null,
  senders: readonly SenderShare[],
  peopleHash: string,
): string {
  const shares = senders.map(({ origin, people, first }) => [nameOf(origin), people, first].join(' ')).sort();
  const said = [text, expirySeconds, mediaUrls, sendAt, quietHours, ...(topic === null ? [] : [{ topic }])];
  const newer = [...(sendAtLocal === null ? [] : [{ sendAtLocal }]), ...(canary === null ? [] : [{ canary }])];
  return createHash('sha256')
    .update(JSON.stringify([...said, ...newer, shares, peopleHash]))
    .digest('base64url');
}
