import { ServiceError } from '../errors';
import { splitIntoBatches } from './batching';
import { Selection, type Numbers } from '../numbers/numberList';
import { mostAtOnceMs } from '../time/handOver';
import { nextOpening, zoneWindowKey, type QuietHours } from '../time/quietHours';
import { reaches, type Origin, type OriginOf } from './senders';

export type PlanRules = {
  readonly originOf: OriginOf;
  /** ISO 3166. */
  readonly countryOf: (number: string) => string;
  /** Null where nobody is held back. */
  readonly quiet: {
    readonly hours: QuietHours;
    /** The time zones a number may be in; the same set is the same object. */
    readonly zonesOf: (number: string) => readonly string[];
  } | null;
  /** When the first text may go; milliseconds since 1970. */
  readonly startsAt: number;
  /** The most people in a call that is to be worked off within so many milliseconds. */
  readonly batchSizeWithin: (ms: number) => number;
};

/** People who go in one call. */
export type PlannedBatch = {
  readonly recipients: Numbers;
  readonly origin: Origin;
  /** Every zone one of them may be in; null without quiet hours. */
  readonly zones: readonly string[] | null;
  /** When quiet hours end for all of them; null where they may go at once. */
  readonly notBefore: number | null;
};

export type BroadcastPlan = {
  readonly batches: readonly PlannedBatch[];
  /** Country to people, most first. */
  readonly countries: ReadonlyMap<string, number>;
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
  readonly #countries = new Map<string, number>();
  readonly #unreached = new Map<string, number>();
  #withoutOrigin = 0;
  readonly #members = new Map<Origin, Map<Window, Selection>>();
  readonly #firsts = new Map<Origin, string>();
  readonly #windowOf: (number: string) => Window;

  /** `all`: the list of which people are added. */
  constructor(all: Numbers, rules: PlanRules) {
    this.#all = all;
    this.#rules = rules;
    this.#windowOf = rules.quiet === null ? () => ANY_TIME : createWindowOf(rules.quiet, rules.startsAt);
  }

  /**
   * The numbers from the place `from` in the list on, but for those in `leftOut`. Looks at each number once; neighbours
   * in a list are mostly of one country and go together.
   */
  add(numbers: readonly string[], from: number, leftOut: ReadonlySet<string>): void {
    const { countryOf, originOf } = this.#rules;
    let country = '';
    let origin: Origin | null = null;
    let window: Window | null = null;
    let people: Selection | null = null;
    let run = 0;
    let place = from - 1;
    for (const number of numbers) {
      place++;
      if (leftOut.size > 0 && leftOut.has(number)) continue;
      const nextCountry = countryOf(number);
      const nextOrigin = originOf(number);
      const nextWindow = this.#windowOf(number);
      if (nextCountry !== country || nextOrigin !== origin) {
        this.#count(country, origin, run);
        run = 0;
      }
      if (nextOrigin !== origin || nextWindow !== window)
        people = nextOrigin === null ? null : this.#groupOf(nextOrigin, nextWindow, number);
      country = nextCountry;
      origin = nextOrigin;
      window = nextWindow;
      people?.add(place);
      run++;
    }
    this.#count(country, origin, run);
  }

  /**
   * Those who may go first come first.
   *
   * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them
   */
  finish(): BroadcastPlan {
    refuseUnreached(this.#unreached);
    refuseWithoutOrigin(this.#withoutOrigin);
    const groups = this.#groups().sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0));
    return {
      countries: new Map([...this.#countries].sort(([, a], [, b]) => b - a)),
      batches: groups.flatMap((group) => batchesOf(group, this.#batchSizeFor(group))),
      senders: [...this.#members].map(([origin, windows]) => ({
        origin,
        people: [...windows.values()].reduce((all, { length }) => all + length, 0),
        first: this.#firsts.get(origin) ?? '',
      })),
    };
  }

  #count(country: string, origin: Origin | null, people: number): void {
    if (people === 0) return;
    this.#countries.set(country, (this.#countries.get(country) ?? 0) + people);
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

  #batchSizeFor({ zones }: PlannedBatch): number {
    const { quiet, startsAt, batchSizeWithin } = this.#rules;
    return batchSizeWithin(quiet === null ? Infinity : mostAtOnceMs(quiet.hours, zones ?? [], startsAt));
  }

  #groups(): PlannedBatch[] {
    const { quiet, startsAt } = this.#rules;
    return [...this.#members].flatMap(([origin, windows]) =>
      [...windows].map(([window, recipients]) => ({
        origin,
        recipients,
        ...(quiet === null ? { zones: null, notBefore: null } : heldBack(window, quiet.hours, startsAt)),
      })),
    );
  }
}

const batchesOf = (group: PlannedBatch, size: number): PlannedBatch[] =>
  [...splitIntoBatches(group.recipients, size)].map((recipients) => ({ ...group, recipients }));

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

/** People whose clocks agree, whatever their zones are called. */
type Window = { readonly zones: Set<string> };
const ANY_TIME: Window = { zones: new Set() };

function createWindowOf({ hours, zonesOf }: NonNullable<PlanRules['quiet']>, at: number): (number: string) => Window {
  const byZones = new Map<readonly string[], Window>();
  const byKey = new Map<string, Window>();
  return (number) => {
    const zones = zonesOf(number);
    const known = byZones.get(zones);
    if (known !== undefined) return known;
    // Clocks that are changed before the next opening part those who agree now.
    const key = `${zoneWindowKey(zones, at)}/${nextOpening(hours, zones, at)}`;
    const window = byKey.get(key) ?? { zones: new Set() };
    for (const zone of zones) window.zones.add(zone);
    byKey.set(key, window);
    byZones.set(zones, window);
    return window;
  };
}

function heldBack(window: Window, hours: QuietHours, startsAt: number) {
  const zones = [...window.zones];
  const opening = nextOpening(hours, zones, startsAt);
  return { zones, notBefore: opening > startsAt ? opening : null };
}
