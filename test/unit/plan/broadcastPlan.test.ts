import fc from 'fast-check';
import { BroadcastPlanner, type PlanRules } from '../../../src/domain/plan/broadcastPlan';
import { ServiceError } from '../../../src/domain/errors';
import { everyNumber } from '../../../src/domain/numbers/numberList';
import { nextOpening, parseQuietHours, zoneWindowKey, type QuietHours } from '../../../src/domain/time/quietHours';
import type { Origin } from '../../../src/domain/plan/senders';

/** Beginnings of numbers; the zones of a place are always the same object, as with the real table. */
const PLACES = {
  '+1212': { country: 'US', zones: ['America/New_York'] },
  '+1310': { country: 'US', zones: ['America/Los_Angeles'] },
  '+1416': { country: 'CA', zones: ['America/Toronto'] },
  '+44': { country: 'GB', zones: ['Europe/London'] },
  '+351': { country: 'PT', zones: ['Europe/Lisbon'] },
  '+34': { country: 'ES', zones: ['Atlantic/Canary', 'Europe/Madrid'] },
  '+61': { country: 'AU', zones: ['Australia/Perth', 'Australia/Sydney', 'Australia/Lord_Howe'] },
  '+800': { country: '001', zones: [] },
} as const;
const BEGINNINGS = Object.keys(PLACES) as (keyof typeof PLACES)[];

const placeOf = (number: string): { country: string; zones: readonly string[] } => {
  const beginning = BEGINNINGS.find((digits) => number.startsWith(digits));
  if (beginning === undefined) throw new Error(`Nobody lives at ${number}.`);
  return PLACES[beginning];
};
const countryOf = (number: string) => placeOf(number).country;
const zonesOf = (number: string) => placeOf(number).zones;

const NEW_YORK = '+12125550100';
const NEW_YORK_TOO = '+12125550101';
const LOS_ANGELES = '+13105550100';
const TORONTO = '+14165550100';
const LONDON = '+447700900123';
const LISBON = '+351910000000';
const MADRID = '+34600000000';
const FREEPHONE = '+80012345678';

const ACME: Origin = { sender: 'ACME' };
const NUMBER: Origin = { sender: '+14155550100' };
const POWERPACK: Origin = { powerpackUuid: '5f1d7a3e-9b0c-4c1e-8d2f-0123456789ab' };

const NOON = Date.UTC(2026, 0, 15, 12);
const plan = (recipients: readonly string[], change: Partial<PlanRules> = {}) =>
  planSlices([recipients], {
    originOf: () => NUMBER,
    countryOf,
    quiet: null,
    local: null,
    canary: null,
    startsAt: NOON,
    batchSizeWithin: () => 1000,
    segments: 1,
    texts: null,
    ...change,
  });

describe('Without quiet hours', () => {
  test('people of all countries share a call where they share a sender', () => {
    expect(plan([NEW_YORK, LONDON, MADRID]).batches).toEqual([
      { recipients: [NEW_YORK, LONDON, MADRID], origin: NUMBER, zones: null, notBefore: null },
    ]);
  });

  test('each sender has calls of its own, in the order of the list', () => {
    const originOf = (number: string) => (number.startsWith('+1') ? POWERPACK : ACME);
    const { batches } = plan([LONDON, NEW_YORK, LISBON, TORONTO, MADRID], { originOf, batchSizeWithin: () => 2 });
    expect(batches.map(({ origin, recipients }) => [origin, recipients])).toEqual([
      [ACME, [LONDON, LISBON]],
      [ACME, [MADRID]],
      [POWERPACK, [NEW_YORK, TORONTO]],
    ]);
  });

  test('nobody means no call and no country', () => {
    expect(plan([])).toEqual({ batches: [], countries: new Map(), segments: 0, senders: [], canary: null });
  });

  test('countries are told with the most people first', () => {
    expect([...plan([LONDON, NEW_YORK, LISBON, NEW_YORK_TOO, LONDON, LOS_ANGELES]).countries]).toEqual([
      ['US', { people: 3, segments: 3 }],
      ['GB', { people: 2, segments: 2 }],
      ['PT', { people: 1, segments: 1 }],
    ]);
  });

  test('senders are told in the order of the list, each with how many it texts and the first of them', () => {
    const originOf = (number: string) => (number.startsWith('+1') ? POWERPACK : ACME);
    const people = [LONDON, NEW_YORK_TOO, LISBON, NEW_YORK, MADRID];
    expect(plan(people, { originOf, batchSizeWithin: () => 2 }).senders).toEqual([
      { origin: ACME, people: 3, first: LONDON },
      { origin: POWERPACK, people: 2, first: NEW_YORK_TOO },
    ]);
  });
});

describe('With quiet hours', () => {
  const hours = quietHours('21:00-08:00');
  const quiet = { hours, zonesOf };
  const early = Date.parse('2026-01-15T05:00Z');

  test('those who are awake go at once, the others when their night is over, one after another', () => {
    const startsAt = Date.parse('2026-01-15T12:00Z');
    const { batches } = plan([LOS_ANGELES, NEW_YORK, LONDON], { quiet, startsAt });
    expect(batches.map(({ recipients, notBefore }) => [recipients, timeOf(notBefore)])).toEqual([
      [[LONDON], null],
      [[NEW_YORK], '2026-01-15T13:00:00.000Z'],
      [[LOS_ANGELES], '2026-01-15T16:00:00.000Z'],
    ]);
  });

  test('cities with the same hours share a call, which knows the zones of all', () => {
    const { batches } = plan([NEW_YORK, LONDON, TORONTO, LISBON], { quiet, startsAt: early });
    expect(batches).toEqual([
      {
        recipients: [LONDON, LISBON],
        origin: NUMBER,
        zones: ['Europe/London', 'Europe/Lisbon'],
        notBefore: Date.parse('2026-01-15T08:00Z'),
      },
      {
        recipients: [NEW_YORK, TORONTO],
        origin: NUMBER,
        zones: ['America/New_York', 'America/Toronto'],
        notBefore: Date.parse('2026-01-15T13:00Z'),
      },
    ]);
  });

  test('who may be in several zones waits for the last of them', () => {
    const startsAt = Date.parse('2026-01-15T07:30Z');
    expect(timeOf(plan([MADRID], { quiet, startsAt }).batches[0]?.notBefore)).toBe('2026-01-15T08:00:00.000Z');
  });

  test('who is in no zone is held back by nothing', () => {
    expect(plan([FREEPHONE], { quiet, startsAt: early }).batches).toEqual([
      { recipients: [FREEPHONE], origin: NUMBER, zones: [], notBefore: null },
    ]);
  });

  test('a broadcast that starts later is judged by that time', () => {
    const startsAt = Date.parse('2026-01-15T18:00Z');
    expect(plan([NEW_YORK, LOS_ANGELES], { quiet, startsAt }).batches.map(({ notBefore }) => notBefore)).toEqual([
      null,
      null,
    ]);
  });

  test('a call holds no more than can leave in half of the hours in which its people may be texted', () => {
    const people = Array.from({ length: 40 }, (_, index) => `${LONDON.slice(0, -2)}${index + 10}`);
    const sizes = (text: string, startsAt: string) =>
      plan(people, {
        quiet: { hours: quietHours(text), zonesOf },
        startsAt: Date.parse(startsAt),
        batchSizeWithin: (ms) => Math.floor(ms / 60_000),
      }).batches.map(({ recipients }) => recipients.length);
    expect(sizes('20:00-19:00', '2026-01-15T19:10Z')).toEqual([29, 11]);
    // Of the whole hour, though only a part of it is left.
    expect(sizes('20:00-19:00', '2026-01-15T19:50Z')).toEqual([29, 11]);
    expect(sizes('20:00-18:00', '2026-01-15T12:00Z')).toEqual([40]);
  });

  test('New York and Lima share a call in winter, when their clocks agree, and not in summer', () => {
    const shared = (at: string, zones: readonly string[]) => {
      const where = (number: string) => (number === NEW_YORK ? PLACES['+1212'].zones : zones);
      return plan([NEW_YORK, LONDON], { quiet: { hours, zonesOf: where }, startsAt: Date.parse(at) }).batches.length;
    };
    expect(shared('2026-01-15T18:00Z', ['America/Lima'])).toBe(1);
    expect(shared('2026-07-15T18:00Z', ['America/Lima'])).toBe(2);
  });
});

describe('By the clocks of people', () => {
  /** Half past six in the evening of the day on which Europe's clocks go forward. */
  const local = { time: Date.parse('2026-03-29T18:30Z'), zonesOf };
  const timesOf = (people: readonly string[], change: Partial<PlanRules> = {}) =>
    plan(people, { local, startsAt: Date.parse('2026-03-28T12:00Z'), ...change }).batches.map(
      ({ recipients, notBefore }) => [recipients, timeOf(notBefore)],
    );

  test('everybody goes when their own shows the time, the first of them first', () => {
    expect(timesOf([LOS_ANGELES, LONDON, NEW_YORK, LISBON, TORONTO])).toEqual([
      [[LONDON, LISBON], '2026-03-29T17:30:00.000Z'],
      [[NEW_YORK, TORONTO], '2026-03-29T22:30:00.000Z'],
      [[LOS_ANGELES], '2026-03-30T01:30:00.000Z'],
    ]);
  });

  test('who may be in several zones goes by the latest, who is in none by that of UTC', () => {
    expect(timesOf([MADRID, FREEPHONE])).toEqual([
      // On the Canaries.
      [[MADRID], '2026-03-29T17:30:00.000Z'],
      [[FREEPHONE], '2026-03-29T18:30:00.000Z'],
    ]);
  });

  test('people of one time share a call, whatever their zones, and without quiet hours those are not kept', () => {
    const { batches } = plan([LONDON, MADRID], { local, startsAt: Date.parse('2026-03-28T12:00Z') });
    expect(batches).toEqual([
      { recipients: [LONDON, MADRID], origin: NUMBER, zones: null, notBefore: Date.parse('2026-03-29T17:30Z') },
    ]);
  });

  test('a time within quiet hours is their end, of each on their own', () => {
    const quiet = { hours: quietHours('18:00-08:00'), zonesOf };
    expect(timesOf([LONDON, NEW_YORK], { quiet })).toEqual([
      [[LONDON], '2026-03-30T07:00:00.000Z'],
      [[NEW_YORK], '2026-03-30T12:00:00.000Z'],
    ]);
  });

  test('a call holds no more than can leave in half of the hours that begin or last then', () => {
    const people = Array.from({ length: 40 }, (_, index) => `${LONDON.slice(0, -2)}${index + 10}`);
    const quiet = { hours: quietHours('19:00-18:00'), zonesOf };
    const { batches } = plan(people, {
      local,
      quiet,
      startsAt: Date.parse('2026-03-28T12:00Z'),
      batchSizeWithin: (ms) => Math.floor(ms / 60_000),
    });
    expect(batches.map(({ recipients }) => recipients.length)).toEqual([29, 11]);
  });

  test('nobody is texted once the time has passed for one of them', () => {
    const startsAt = Date.parse('2026-03-29T17:30Z');
    const error = refusal(() => plan([NEW_YORK, LONDON, LISBON, FREEPHONE], { local, startsAt }));
    const msg =
      'has passed by the clocks of 2 of the recipients (Europe/Lisbon, Europe/London); take a later time, or leave them out';
    expect(error.message).toBe(`The time of sendAtLocal ${msg}. Nothing was sent.`);
    expect(error.details).toEqual({ errors: [{ path: 'sendAtLocal', msg }], errorCount: 1 });
    expect(plan([NEW_YORK, LONDON], { local, startsAt: startsAt - 1 }).batches).toHaveLength(2);
  });
});

describe('With a canary', () => {
  const many = Array.from({ length: 30 }, (_, index) => `${LONDON.slice(0, -2)}${index + 10}`);
  const canary = (recipients: number, random: () => number = () => 0.5) => ({ recipients, waitMs: 600_000, random });
  const sizesOf = ({ batches }: ReturnType<typeof plan>) => batches.map(({ recipients }) => recipients.length);

  test('so many go first, in calls of their own', () => {
    const planned = plan(many, { canary: canary(7), batchSizeWithin: () => 5 });
    expect(sizesOf(planned)).toEqual([5, 2, 5, 5, 5, 5, 3]);
    expect(planned.canary).toEqual({ recipients: 7, batches: 2 });
    expect(planned.batches.flatMap(({ recipients }) => recipients).sort()).toEqual([...many].sort());
  });

  test('fewer go first where there are fewer, and then there is no rest', () => {
    expect(plan(many, { canary: canary(500) }).canary).toEqual({ recipients: 30, batches: 1 });
    expect(sizesOf(plan(many, { canary: canary(500) }))).toEqual([30]);
    expect(plan([], { canary: canary(500) }).canary).toEqual({ recipients: 0, batches: 0 });
  });

  test('each is as likely to be picked as any other, and the same chance picks the same', () => {
    const counts = new Map<string, number>();
    let seed = 1;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 2000; round++) {
      const [first] = plan(many, { canary: canary(6, random) }).batches;
      for (const number of first!.recipients) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    // 400 of each, and 18 more or less of most.
    for (const number of many) expect(Math.abs((counts.get(number) ?? 0) - 400)).toBeLessThan(90);
    const picked = (start: number) => {
      seed = start;
      return plan(many, { canary: canary(6, random) }).batches[0]?.recipients;
    };
    expect(picked(5)).toEqual(picked(5));
    expect(picked(5)).not.toEqual(picked(6));
  });

  test('nobody for whom it is night is picked as long as others may go', () => {
    const quiet = { hours: quietHours('21:00-08:00'), zonesOf };
    const startsAt = Date.parse('2026-01-15T12:00Z');
    const { batches } = plan([LOS_ANGELES, ...many, NEW_YORK], { quiet, startsAt, canary: canary(10) });
    expect(batches.map(({ recipients, notBefore }) => [recipients.length, timeOf(notBefore)])).toEqual([
      [10, null],
      [20, null],
      [1, '2026-01-15T13:00:00.000Z'],
      [1, '2026-01-15T16:00:00.000Z'],
    ]);
  });

  test('by the clocks of people, all of those go first for whom it is first that time, and some of the next', () => {
    const local = { time: Date.parse('2026-03-29T18:30Z'), zonesOf };
    const startsAt = Date.parse('2026-03-28T12:00Z');
    const people = [...many.slice(0, 3), NEW_YORK, NEW_YORK_TOO, TORONTO, LOS_ANGELES];
    const planned = plan(people, { local, startsAt, canary: canary(4) });
    expect(planned.batches.map(({ recipients, notBefore }) => [recipients.length, timeOf(notBefore)])).toEqual([
      [3, '2026-03-29T17:30:00.000Z'],
      [1, '2026-03-29T22:30:00.000Z'],
      [2, '2026-03-29T22:30:00.000Z'],
      [1, '2026-03-30T01:30:00.000Z'],
    ]);
    expect(planned.canary).toEqual({ recipients: 4, batches: 2 });
  });

  test('whatever is picked, everybody is in one call, of their sender and their hours', () => {
    const seeds = fc.integer({ min: 1, max: 2 ** 31 - 2 });
    const sizes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        seeds,
        sizes,
        fc.shuffledSubarray([...many, NEW_YORK, LOS_ANGELES, TORONTO, MADRID]),
        (from, size, people) => {
          let seed = from;
          const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
          const quiet = { hours: quietHours('21:00-08:00'), zonesOf };
          const originOf = (number: string) => (number.startsWith('+1') ? NUMBER : POWERPACK);
          const rules = { quiet, originOf, startsAt: Date.parse('2026-01-15T12:00Z'), batchSizeWithin: () => 4 };
          const planned = plan(people, { ...rules, canary: canary(size, random) });
          const without = plan(people, rules);
          const facts = ({ batches }: typeof planned) =>
            batches
              .flatMap(({ recipients, origin, notBefore }) => recipients.map((number) => [number, origin, notBefore]))
              .sort(([a], [b]) => (a! < b! ? -1 : 1));
          expect(facts(planned)).toEqual(facts(without));
          expect(planned.canary?.recipients).toBe(Math.min(size, people.length));
          const first = planned.batches.slice(0, planned.canary?.batches);
          expect(first.flatMap(({ recipients }) => recipients)).toHaveLength(Math.min(size, people.length));
          // Nobody of the rest may go before somebody of the canary.
          const latest = Math.max(...first.map(({ notBefore }) => notBefore ?? 0));
          for (const { notBefore } of planned.batches.slice(first.length))
            expect(notBefore ?? 0).toBeGreaterThanOrEqual(latest);
        },
      ),
    );
  });
});

describe('A broadcast that would not reach somebody is refused, with what to change', () => {
  test.each<[what: string, people: string[], origin: Origin | null, msg: string]>([
    [
      'a name as sender to the United States',
      [LONDON, NEW_YORK, LISBON, LOS_ANGELES],
      ACME,
      'is alphanumeric, which reaches nobody in US, where 2 of the recipients are; ' +
        'use a Plivo number for them (PLIVO_SENDERS sets one per calling code) or leave them out',
    ],
    [
      'a name as sender to Canada and the United States',
      [NEW_YORK, TORONTO, NEW_YORK_TOO],
      ACME,
      'is alphanumeric, which reaches nobody in CA and US, where 3 of the recipients are; ' +
        'use a Plivo number for them (PLIVO_SENDERS sets one per calling code) or leave them out',
    ],
    [
      'no sender',
      [LONDON, NEW_YORK, LONDON],
      null,
      'is set for none of the calling codes of 3 recipients; add them to PLIVO_SENDERS, or "*" for all others',
    ],
  ])('%s', (_what, people, origin, msg) => {
    const error = refusal(() => plan(people, { originOf: () => origin }));
    expect(error.code).toBe('invalid_request');
    expect(error.message).toBe(`The sender ${msg}. Nothing was sent.`);
    expect(error.details).toEqual({ errors: [{ path: 'sender', msg }], errorCount: 1 });
  });

  test('only those without a sender are counted', () => {
    const originOf = (number: string) => (number.startsWith('+1212') ? null : NUMBER);
    const error = refusal(() => plan([LOS_ANGELES, NEW_YORK, NEW_YORK_TOO, LONDON], { originOf }));
    expect(error.message).toContain('calling codes of 2 recipients');
  });

  test('only those whom their sender does not reach are counted, neighbours in the list or not', () => {
    const originOf = (number: string) => (number.startsWith('+1310') ? NUMBER : ACME);
    const people = [LOS_ANGELES, NEW_YORK, NEW_YORK_TOO, LONDON, TORONTO];
    expect(refusal(() => plan(people, { originOf })).message).toContain('in CA and US, where 3 of the recipients are');
  });

  test('a name goes to everybody else when Americans have a number of their own', () => {
    const originOf = (number: string) => (number.startsWith('+1') ? NUMBER : ACME);
    expect(plan([NEW_YORK, LONDON], { originOf }).batches).toHaveLength(2);
  });
});

describe('Whoever is texted, whenever and from whomever,', () => {
  const people = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...BEGINNINGS), fc.integer({ min: 0, max: 9999 })), {
      maxLength: 60,
      selector: ([beginning, digits]) => `${beginning}:${digits}`,
    })
    .map((pairs) => pairs.map(([beginning, digits]) => `${beginning}${String(digits).padStart(7, '0')}`));
  const senders = fc.array(fc.constantFrom(NUMBER, POWERPACK, { sender: '55555' }), { minLength: 10, maxLength: 10 });
  const startsAt = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) });
  const hours = fc.constantFrom('21:00-08:00', '20:00-10:00', '12:00-15:00', '00:00-06:30').map(quietHours);
  const request = fc.record({
    people,
    senders,
    startsAt,
    hours: fc.option(hours, { nil: null }),
    batchSize: fc.integer({ min: 1, max: 20 }),
  });
  type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

  const rulesOf = (given: Request): PlanRules => ({
    // By the last digit, so that people of one place have several senders.
    originOf: (number) => given.senders[Number(number.at(-1))] ?? NUMBER,
    countryOf,
    quiet: given.hours === null ? null : { hours: given.hours, zonesOf },
    local: null,
    canary: null,
    startsAt: given.startsAt,
    batchSizeWithin: () => given.batchSize,
    segments: 1,
    texts: null,
  });

  test('everybody is in exactly one call, and no call is larger than allowed or empty', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { batches } = planSlices([given.people], rulesOf(given));
        expect(batches.flatMap(({ recipients }) => recipients).sort()).toEqual([...given.people].sort());
        for (const { recipients } of batches) {
          expect(recipients.length).toBeGreaterThan(0);
          expect(recipients.length).toBeLessThanOrEqual(given.batchSize);
        }
      }),
    );
  });

  test('everybody is texted by their own sender', () => {
    fc.assert(
      fc.property(request, (given) => {
        const rules = rulesOf(given);
        for (const { origin, recipients } of planSlices([given.people], rules).batches) {
          expect(recipients.filter((number) => rules.originOf(number, 0) !== origin)).toEqual([]);
        }
      }),
    );
  });

  test('the people of all countries add up, and each country has its own', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { countries } = planSlices([given.people], rulesOf(given));
        const counted = [...countries].map(([country, { people: count }]) => [country, count]);
        const expected = [...new Set(given.people.map(countryOf))].map((country) => [
          country,
          given.people.filter((number) => countryOf(number) === country).length,
        ]);
        expect(counted.sort()).toEqual(expected.sort());
        const sizes = [...countries.values()].map(({ people: count }) => count);
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      }),
    );
  });

  test('nobody is texted at night, and a call waits no longer than one of its people must', () => {
    fc.assert(
      fc.property(request, hours, (given, night) => {
        const { batches } = planSlices([given.people], rulesOf({ ...given, hours: night }));
        for (const { recipients, zones, notBefore } of batches) {
          const goesAt = notBefore ?? given.startsAt;
          expect(goesAt).toBeGreaterThanOrEqual(given.startsAt);
          const openings = recipients.map((number) => nextOpening(night, zonesOf(number), given.startsAt));
          expect(Math.max(...openings)).toBe(goesAt);
          for (const number of recipients) {
            expect(nextOpening(night, zonesOf(number), goesAt)).toBe(goesAt);
            expect(zones).toEqual(expect.arrayContaining([...zonesOf(number)]));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('each sender has its people, however many calls they need, and the first of them is the first in the list', () => {
    fc.assert(
      fc.property(request, (given) => {
        const rules = rulesOf(given);
        const expected = [...new Set(given.people.map((number) => rules.originOf(number, 0)))].map((origin) => {
          const members = given.people.filter((number) => rules.originOf(number, 0) === origin);
          return { origin, people: members.length, first: members[0] };
        });
        expect(planSlices([given.people], rules).senders).toEqual(expected);
      }),
    );
  });

  const cuts = fc.array(fc.nat(60), { maxLength: 12 });
  const origins = fc.array(fc.constantFrom(NUMBER, POWERPACK, ACME, null), { minLength: 10, maxLength: 10 });

  test('the plan or the refusal is the same, however the list is cut into slices', () => {
    fc.assert(
      fc.property(request, cuts, fc.option(origins, { nil: null }), (given, places, anyOrigins) => {
        const originOf = (number: string) => anyOrigins?.[Number(number.at(-1))] ?? null;
        const rules = anyOrigins === null ? rulesOf(given) : { ...rulesOf(given), originOf };
        const whole = outcomeOf([given.people], rules);
        expect(outcomeOf(cutAt(given.people, places), rules)).toEqual(whole);
        expect(outcomeOf(cutAt(given.people, [...given.people.keys()]), rules)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('the plan or the refusal is as if those who are left out were not on the list', () => {
    const isLeftOut = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(request, cuts, isLeftOut, fc.option(origins, { nil: null }), (given, places, isOut, anyOrigins) => {
        const originOf = (number: string) => anyOrigins?.[Number(number.at(-1))] ?? null;
        const rules = anyOrigins === null ? rulesOf(given) : { ...rulesOf(given), originOf };
        const leftOut = given.people.filter((_, index) => isOut[index]);
        const others = given.people.filter((_, index) => !isOut[index]);
        expect(outcomeOf(cutAt(given.people, places), rules, leftOut)).toEqual(outcomeOf([others], rules));
      }),
      { numRuns: 300 },
    );
  });

  test('those who may go first come first', () => {
    fc.assert(
      fc.property(request, hours, (given, night) => {
        const { batches } = planSlices([given.people], rulesOf({ ...given, hours: night }));
        const times = batches.map(({ notBefore }) => notBefore ?? 0);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  test('there is no call more than senders and hours make necessary, and each has its people in the order of the list', () => {
    fc.assert(
      fc.property(request, (given) => {
        const rules = rulesOf(given);
        const groupOf = (number: string) => {
          const window = given.hours === null ? '' : zoneWindowKey(zonesOf(number), given.startsAt);
          return JSON.stringify([rules.originOf(number, 0), window]);
        };
        const { batches } = planSlices([given.people], rules);
        let needed = 0;
        for (const group of new Set(given.people.map(groupOf))) {
          const members = given.people.filter((number) => groupOf(number) === group);
          needed += Math.ceil(members.length / given.batchSize);
          const texted = batches.flatMap(({ recipients }) => recipients).filter((number) => groupOf(number) === group);
          expect(texted).toEqual(members);
        }
        expect(batches).toHaveLength(needed);
      }),
    );
  });
});

function planSlices(slices: readonly (readonly string[])[], rules: PlanRules, leftOut: readonly string[] = []) {
  const all = slices.flat();
  const planner = new BroadcastPlanner(all, rules);
  let from = 0;
  for (const slice of slices) {
    // Of each slice those who are in it, as the database tells them.
    planner.add(slice, from, new Set(leftOut.filter((number) => slice.includes(number))));
    from += slice.length;
  }
  const { batches, countries, senders, segments, canary } = planner.finish();
  const calls = batches.slice(0, batches.length).map(({ recipients, origin, zones, notBefore }) => ({
    recipients: everyNumber(recipients),
    origin,
    zones,
    notBefore,
  }));
  return { countries, senders, segments, canary, batches: calls };
}

/** Everything about a plan, the order of its countries too, or everything about its refusal. */
function outcomeOf(slices: readonly (readonly string[])[], rules: PlanRules, leftOut?: readonly string[]): object {
  try {
    const { countries, ...rest } = planSlices(slices, rules, leftOut);
    return { ...rest, countries: [...countries] };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { refused: [error.code, error.message, error.details] };
  }
}

/** Two places that are the same make an empty slice. */
function cutAt(people: readonly string[], places: readonly number[]): string[][] {
  const cuts = [0, ...places, people.length].map((place) => Math.min(place, people.length)).sort((a, b) => a - b);
  return cuts.slice(1).map((to, index) => people.slice(cuts[index], to));
}

function quietHours(text: string): QuietHours {
  const hours = parseQuietHours(text);
  if (hours === null) throw new Error(`Not quiet hours: ${text}`);
  return hours;
}

function timeOf(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}

function refusal(run: () => unknown): ServiceError {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
