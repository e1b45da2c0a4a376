import { ServiceError } from '../errors';
import { splitIntoBatches } from './batching';
import { PersonalBatches } from './personalBatches';
import { Selection, type Numbers } from '../numbers/numberList';
import { mostAtOnceMs } from '../time/handOver';
import type { QuietHours } from '../time/quietHours';
import { partCanary, type CanaryRule } from './canaryPick';
import { createWindowOf, hoursOf, refusePassed, type Window } from './localHours';
import { reaches, type Origin, type OriginAt } from './senders';

export type PlanRules = {
  readonly originOf: OriginAt;
  /** ISO 3166. */
  readonly countryOf: (number: string) => string;
  /** Null where nobody is held back. */
  readonly quiet: { readonly hours: QuietHours; readonly zonesOf: ZonesOf } | null;
  /** The time of each person's own clock at which they are texted, see `parseLocalTime`; null where that does not matter. */
  readonly local: { readonly time: number; readonly zonesOf: ZonesOf } | null;
  /** Some who go first; null where nobody waits for others. */
  readonly canary: CanaryRule | null;
  /** When the first text may go; milliseconds since 1970. */
  readonly startsAt: number;
  /** The most people in a call of a text of so many segments that is to be worked off within so many milliseconds. */
  readonly batchSizeWithin: (ms: number, segments: number, origin: Origin) => number;
  /** What is billed for each person where all are told the same. */
  readonly segments: number;
  /** What each person is told, by their place in the list; null where all are told the same. */
  readonly texts: PlanTexts | null;
};

/** The time zones a number may be in; the same set is the same object. */
export type ZonesOf = (number: string) => readonly string[];

/** See `PersonalTexts`. */
export type PlanTexts = {
  readonly distinct: number;
  textOf(place: number): number;
  textAt(text: number): string;
  segmentsAt(text: number): number;
};

/** What those who go in one call have in common beside their text. */
export type GroupRules = {
  readonly origin: Origin;
  /** Every zone one of them may be in; null without quiet hours. */
  readonly zones: readonly string[] | null;
  /** When their clocks show the time that was asked for; null where none was. */
  readonly goesAt: number | null;
  /** That time, or when quiet hours end for all of them; null where they may go at once. */
  readonly notBefore: number | null;
};

/** People who go in one call. */
export type PlannedBatch = GroupRules & {
  readonly recipients: Numbers;
  /** What they are told, where that is not what the broadcast says. */
  readonly own: { readonly text: string; readonly segments: number } | null;
};

/** Those of a canary come first, and of both parts those who may go first. */
export type PlannedBatches = { readonly length: number; slice(from: number, to: number): readonly PlannedBatch[] };

/** Some calls that go one after the other: how much they are together, and for whom. */
export type Load = Pick<GroupRules, 'origin' | 'zones' | 'goesAt' | 'notBefore'> & {
  readonly people: number;
  readonly calls: number;
  /** What is billed. */
  readonly units: number;
  /** When the canary before them will be over, if all goes well; null where they wait for none. */
  readonly afterCanary: number | null;
};

export type PeopleIn = { readonly people: number; /** What is billed for them. */ readonly segments: number };

export type BroadcastPlan = {
  readonly batches: PlannedBatches;
  /** The same, in the same order, for forecasts. */
  readonly loads: readonly Load[];
  /** Who goes first: so many people, in so many batches; null without a canary. */
  readonly canary: { readonly recipients: number; readonly batches: number } | null;
  /** What is billed for all of them. */
  readonly segments: number;
  /** By country, most people first. */
  readonly countries: ReadonlyMap<string, PeopleIn>;
  readonly senders: readonly SenderShare[];
};

/** Who a sender texts, however it is split into calls: how many, and the first of them in the order of the list. */
export type SenderShare = { readonly origin: Origin; readonly people: number; readonly first: string };

/**
 * Decides who goes with whom: one sender a call, and people whose day has the same hours, so that quiet hours hold back
 * as few others as can be: one call more for each group. It is given people in slices, as a million take 100 ms.
 */
export class BroadcastPlanner {
  readonly #all: Numbers;
  readonly #rules: PlanRules;
  readonly #countries = new Map<string, { people: number; segments: number }>();
  readonly #unreached = new Map<string, number>();
  #withoutOrigin = 0;
  readonly #members = new Map<Origin, Map<Window, Selection>>();
  readonly #firsts = new Map<Origin, string>();
  readonly #windowOf: (number: string) => Window;

  /** `all`: the list of which people are added. */
  constructor(all: Numbers, rules: PlanRules) {
    this.#all = all;
    this.#rules = rules;
    this.#windowOf = createWindowOf(rules);
  }

  /**
   * The numbers from the place `from` in the list on, but for those in `leftOut`. Looks at each number once; neighbours
   * in a list are mostly of one country and go together.
   */
  add(numbers: readonly string[], from: number, leftOut: ReadonlySet<string>): void {
    const { countryOf, originOf, texts } = this.#rules;
    let country = '';
    let origin: Origin | null = null;
    let window: Window | null = null;
    let people: Selection | null = null;
    let run = 0;
    let segments = 0;
    let place = from - 1;
    for (const number of numbers) {
      place++;
      if (leftOut.size > 0 && leftOut.has(number)) continue;
      const nextCountry = countryOf(number);
      const nextOrigin = originOf(number, place);
      const nextWindow = this.#windowOf(number);
      if (nextCountry !== country || nextOrigin !== origin) {
        this.#count(country, origin, run, segments);
        run = 0;
        segments = 0;
      }
      if (nextOrigin !== origin || nextWindow !== window)
        people = nextOrigin === null ? null : this.#groupOf(nextOrigin, nextWindow, number);
      country = nextCountry;
      origin = nextOrigin;
      window = nextWindow;
      people?.add(place);
      run++;
      segments += texts === null ? this.#rules.segments : texts.segmentsAt(texts.textOf(place));
    }
    this.#count(country, origin, run, segments);
  }

  /**
   * Those who may go first come first.
   *
   * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them, or where the time
   *   of their clock has passed
   */
  finish(): BroadcastPlan {
    refuseUnreached(this.#unreached);
    refuseWithoutOrigin(this.#withoutOrigin);
    refusePassed(this.#windows(), this.#rules.startsAt);
    const groups = this.#groups().sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0));
    const countries = new Map([...this.#countries].sort(([, a], [, b]) => b.people - a.people));
    return {
      countries,
      segments: [...countries.values()].reduce((all, { segments }) => all + segments, 0),
      ...this.#parts(groups),
      senders: [...this.#members].map(([origin, windows]) => ({
        origin,
        people: [...windows.values()].reduce((all, { length }) => all + length, 0),
        first: this.#firsts.get(origin) ?? '',
      })),
    };
  }

  #parts(groups: readonly Group[]): Pick<BroadcastPlan, 'batches' | 'loads' | 'canary'> {
    const rule = this.#rules.canary;
    if (rule === null) return { ...this.#calls(groups, null), canary: null };
    const { canary, rest } = partCanary(groups, this.#all, rule);
    const first = this.#calls(canary, null);
    const goesAt = canary.reduce((last, { notBefore }) => Math.max(last, notBefore ?? 0), this.#rules.startsAt);
    const others = this.#calls(rest, goesAt + rule.waitMs);
    return {
      batches: oneAfterTheOther(first.batches, others.batches),
      loads: [...first.loads, ...others.loads],
      canary: {
        recipients: canary.reduce((all, { recipients }) => all + recipients.length, 0),
        batches: first.batches.length,
      },
    };
  }

  #calls(groups: readonly Group[], afterCanary: number | null): Pick<BroadcastPlan, 'batches' | 'loads'> {
    const { texts, segments } = this.#rules;
    if (texts !== null) {
      const batches = new PersonalBatches(groups, texts, (group, of) => this.#batchSizeFor(group, of));
      return { batches, loads: batches.loads(afterCanary) };
    }
    const batches = groups.flatMap((group) => batchesOf(group, this.#batchSizeFor(group, segments)));
    return { batches, loads: batches.map((batch) => loadOf(batch, segments, afterCanary)) };
  }

  #count(country: string, origin: Origin | null, people: number, segments: number): void {
    if (people === 0) return;
    const known = this.#countries.get(country) ?? { people: 0, segments: 0 };
    this.#countries.set(country, { people: known.people + people, segments: known.segments + segments });
    if (origin === null) this.#withoutOrigin += people;
    else if (!reaches(origin, country)) this.#unreached.set(country, (this.#unreached.get(country) ?? 0) + people);
  }

  #groupOf(origin: Origin, window: Window, number: string): Selection {
    if (!this.#members.has(origin)) this.#firsts.set(origin, number);
    const windows = this.#members.get(origin) ?? new Map<Window, Selection>();
    const people = windows.get(window) ?? new Selection(this.#all);
    this.#members.set(origin, windows.set(window, people));
    return people;
  }

  #batchSizeFor({ zones, goesAt, origin }: GroupRules, segments: number): number {
    const { quiet, startsAt, batchSizeWithin } = this.#rules;
    const at = goesAt ?? startsAt;
    const mostMs = quiet === null ? Infinity : mostAtOnceMs(quiet.hours, zones ?? [], at);
    return batchSizeWithin(mostMs, segments, origin);
  }

  #groups(): Group[] {
    return [...this.#members].flatMap(([origin, windows]) =>
      [...windows].map(([window, recipients]) => ({ origin, recipients, ...hoursOf(window, this.#rules) })),
    );
  }

  #windows(): [window: Window, people: number][] {
    return [...this.#members.values()].flatMap((windows) =>
      [...windows].map(([window, { length }]): [Window, number] => [window, length]),
    );
  }
}

type Group = GroupRules & { readonly recipients: Selection };

const batchesOf = (group: Group, size: number): PlannedBatch[] =>
  [...splitIntoBatches(group.recipients, size)].map((recipients) => ({ ...group, recipients, own: null }));

const oneAfterTheOther = (first: PlannedBatches, others: PlannedBatches): PlannedBatches => ({
  length: first.length + others.length,
  slice: (from, to) => [
    ...first.slice(from, Math.min(to, first.length)),
    ...others.slice(Math.max(0, from - first.length), Math.max(0, to - first.length)),
  ],
});

const loadOf = (
  { recipients, origin, zones, goesAt, notBefore }: PlannedBatch,
  segments: number,
  afterCanary: number | null,
): Load => ({
  origin,
  people: recipients.length,
  calls: 1,
  units: recipients.length * segments,
  zones,
  goesAt,
  notBefore,
  afterCanary,
});

function refuseUnreached(unreached: ReadonlyMap<string, number>): void {
  if (unreached.size === 0) return;
  const people = [...unreached.values()].reduce((all, count) => all + count, 0);
  refuse(
    `is alphanumeric, which reaches nobody in ${[...unreached.keys()].sort().join(' and ')}, where ${people} of the ` +
      'recipients are; use a Plivo number for them (PLIVO_SENDERS sets one per calling code) or leave them out',
  );
}

function refuseWithoutOrigin(people: number): void {
  if (people === 0) return;
  refuse(
    `is set for none of the calling codes of ${people} recipients; add them to PLIVO_SENDERS, or "*" for all others`,
  );
}

function refuse(msg: string): never {
  throw new ServiceError('invalid_request', `The sender ${msg}. Nothing was sent.`, {
    errors: [{ path: 'sender', msg }],
    errorCount: 1,
  });
}
