import { realTimers } from '../../../src/composing/realTimers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { everyNumber, NumberList } from '../../../src/domain/numbers/numberList';
import { createOriginOf, parseSenderMap } from '../../../src/domain/plan/senders';
import type { BroadcastRequest } from '../../../src/services/accepting/broadcastRequest';
import { createPlanning, type PlanningDeps } from '../../../src/services/accepting/planning/planning';

const NEW_YORK = '+12125550100';
const LONDON = '+447700900123';
const PARIS = '+33612345678';
const NOON = Date.UTC(2026, 0, 15, 12);
const MIDNIGHT = Date.UTC(2026, 0, 15, 0);
const CENT = 10_000_000;

const prices = {
  currency: 'USD',
  sms: new Map([
    ['US', CENT],
    ['GB', 4 * CENT],
  ]),
  mms: new Map([['US', 2 * CENT]]),
};
const zonesByCode: Readonly<Record<string, readonly string[]>> = {
  '+1': ['America/New_York'],
  '+4': ['Europe/London'],
  '+3': ['Europe/Paris'],
};
/** An opt-out list that is not held in memory. */
const isLong = () => Promise.resolve(null);
const deps: PlanningDeps = {
  accepting: { optedOutAmong: optedOutAre([]), shortOptOutList: isLong },
  timers: realTimers,
  random: () => 0,
  originOf: originsOf('*:+14155550100'),
  countryOf: (number) => ({ '+1': 'US', '+4': 'GB', '+3': 'FR' })[number.slice(0, 2)] ?? '001',
  zonesOf: () => (number) => zonesByCode[number.slice(0, 2)] ?? [],
  prices: null,
  config: {
    batchSize: 1000,
    pacesOf: () => ({ account: null, sender: null }),
    quietHours: null,
    maxSegments: null,
    maxCostNanos: null,
  },
};
const request: BroadcastRequest = {
  text: 'Doors open at 9.',
  recipients: {
    submitted: 2,
    valid: [],
    duplicates: 0,
    invalid: [],
    invalidCount: 0,
    texts: null,
    spelledOtherwise: { count: 0, entries: [] },
  },
  invalidRecipients: 'reject',
  name: null,
  sender: null,
  expirySeconds: null,
  mediaUrls: null,
  sendAt: null,
  sendAtLocal: null,
  canary: null,
  quietHours: null,
  topic: null,
};

type Case = {
  request?: Partial<BroadcastRequest>;
  people?: readonly string[];
  optedOut?: readonly string[];
  now?: number;
  config?: Partial<PlanningDeps['config']>;
  deps?: Partial<PlanningDeps>;
};

const planFor = async (given: Case = {}) => {
  const config = { ...deps.config, ...given.config };
  const accepting = { optedOutAmong: optedOutAre(given.optedOut ?? []), shortOptOutList: isLong };
  const asked = { ...request, ...given.request };
  const recipients = { ...asked.recipients, valid: given.people ?? [NEW_YORK, LONDON] };
  const planning = createPlanning({ ...deps, accepting, ...given.deps, config });
  const plan = await planning.plan({ ...asked, recipients }, given.now ?? NOON, { withDigest: true });
  const { loads, ...rest } = plan;
  expect(loads.reduce((all, { people }) => all + people, 0)).toBe(plan.accepted);
  return {
    ...rest,
    optedOut: everyNumber(plan.optedOut),
    batches: plan.batches.slice(0, plan.batches.length).map(({ recipients: numbers, origin, zones, notBefore }) => ({
      recipients: everyNumber(numbers),
      origin,
      zones,
      notBefore,
    })),
  };
};

describe('A plan', () => {
  test('has calls, segments, countries and cost', async () => {
    expect(await planFor({ request: { text: 'x'.repeat(161) }, deps: { prices } })).toEqual({
      optedOut: [],
      accepted: 2,
      batches: [{ recipients: [NEW_YORK, LONDON], origin: { sender: '+14155550100' }, zones: null, notBefore: null }],
      senders: [{ origin: { sender: '+14155550100' }, people: 2, first: NEW_YORK }],
      countries: [
        { country: 'US', recipients: 1, segments: 2, nanos: 2 * CENT },
        { country: 'GB', recipients: 1, segments: 2, nanos: 8 * CENT },
      ],
      currency: 'USD',
      nanos: 10 * CENT,
      measure: { encoding: 'GSM-7', characters: 161, segments: 2 },
      segments: 4,
      canary: null,
      startsAt: null,
      texts: null,
      digest: expect.stringMatching(/^[\w-]{43}$/),
      refusals: [],
    });
  });

  test('for nobody has nothing in it and is not refused', async () => {
    const limits = { maxSegments: 1, maxCostNanos: 1 };
    expect(await planFor({ people: [], deps: { prices }, config: limits })).toMatchObject({
      accepted: 0,
      batches: [],
      senders: [],
      countries: [],
      segments: 0,
      nanos: 0,
      refusals: [],
    });
  });

  test('has no cost without a price list, not even that of nobody', async () => {
    expect(await planFor()).toMatchObject({ currency: null, nanos: null });
    expect(await planFor({ people: [] })).toMatchObject({ currency: null, nanos: null });
  });

  test('has no cost in all where one country has no price, and tells that of the others', async () => {
    const plan = await planFor({ people: [NEW_YORK, PARIS], deps: { prices } });
    expect(plan).toMatchObject({ currency: 'USD', nanos: null });
    expect(plan.countries.map(({ country, nanos }) => [country, nanos])).toEqual([
      ['US', CENT],
      ['FR', null],
    ]);
  });

  test('counts media as one message each, at the price of media', async () => {
    const text = 'x'.repeat(1000);
    const mediaUrls = ['https://example.com/a.png'];
    const plan = await planFor({ request: { text, mediaUrls }, people: [NEW_YORK], deps: { prices } });
    expect(plan).toMatchObject({ segments: 1, nanos: 2 * CENT });
  });

  test('takes the sender of the request before the configured ones', async () => {
    const { batches } = await planFor({ request: { sender: '55555' }, deps: { originOf: originsOf('1:ONE,*:TWO') } });
    expect(batches.map(({ origin }) => origin)).toEqual([{ sender: '55555' }]);
  });

  test('refuses a sender of the request that does not reach somebody', async () => {
    await expect(planFor({ request: { sender: 'ACME' } })).rejects.toThrow(
      'reaches nobody in US, where 1 of the recipients',
    );
  });

  test.each<[what: string, batchSize: number, unitsPerSecond: number, text: string, sizes: number[]]>([
    ['as configured', 2, 100, 'Hi', [2, 2, 1]],
    ['smaller at a slow rate', 1000, 3, 'Hi', [3, 2]],
    ['smaller still for texts of several parts', 1000, 3, 'x'.repeat(161), [1, 1, 1, 1, 1]],
  ])('has calls of a size %s', async (_what, batchSize, unitsPerSecond, text, sizes) => {
    const people = [1, 2, 3, 4, 5].map((digit) => `+121255501${digit}0`);
    const pacesOf = () => ({ account: { unitsPerSecond, horizonMs: 1000 }, sender: null });
    const { batches } = await planFor({ request: { text }, people, config: { batchSize, pacesOf } });
    expect(batches.map(({ recipients }) => recipients.length)).toEqual(sizes);
  });

  test.each<[what: string, request: Partial<BroadcastRequest>, sizes: number[]]>([
    ['as much as Plivo sends within the horizon', {}, [4, 1]],
    ['as much as it sends while the texts are valid', { expirySeconds: 1500 }, [2, 2, 1]],
    ['no less for texts that are valid for longer', { expirySeconds: 10_000 }, [4, 1]],
    ['what leaves in half of the hour in which it may', { quietHours: '07:30-06:30' }, [2, 2, 1]],
    ['no less where it may at any time of the day', { quietHours: '21:00-08:00' }, [4, 1]],
  ])('has calls of %s', async (_what, asked, sizes) => {
    const people = [1, 2, 3, 4, 5].map((digit) => `+121255501${digit}0`);
    const pacesOf = () => ({ account: { unitsPerSecond: 1 / 600, horizonMs: 2_400_000 }, sender: null });
    const { batches } = await planFor({ request: asked, people, config: { pacesOf } });
    expect(batches.map(({ recipients }) => recipients.length)).toEqual(sizes);
  });
});

describe('Those who have opted out', () => {
  test('are in no call, and neither counted, paid for nor given a sender', async () => {
    const people = [PARIS, NEW_YORK, LONDON];
    expect(await planFor({ people, optedOut: [PARIS, LONDON], deps: { prices } })).toMatchObject({
      optedOut: [PARIS, LONDON],
      accepted: 1,
      batches: [{ recipients: [NEW_YORK] }],
      senders: [{ people: 1, first: NEW_YORK }],
      countries: [{ country: 'US', recipients: 1, segments: 1, nanos: CENT }],
      nanos: CENT,
      segments: 1,
    });
  });

  test('may be everybody', async () => {
    expect(await planFor({ optedOut: [LONDON, NEW_YORK], deps: { prices } })).toMatchObject({
      optedOut: [NEW_YORK, LONDON],
      accepted: 0,
      batches: [],
      senders: [],
      countries: [],
      nanos: 0,
      segments: 0,
    });
  });

  test('are not counted where they are not on the list', async () => {
    expect(await planFor({ optedOut: [PARIS] })).toMatchObject({ optedOut: [], accepted: 2 });
  });

  test('refuse no sender that would not reach them, and no cost or size that they would add', async () => {
    const plan = await planFor({
      optedOut: [NEW_YORK],
      request: { sender: 'ACME' },
      deps: { prices },
      config: { maxSegments: 1, maxCostNanos: 4 * CENT },
    });
    expect(plan).toMatchObject({ accepted: 1, refusals: [] });
  });

  test('make the plan that there is without them on the list, and its digest', async () => {
    const person = fc.tuple(fc.constantFrom('+1212', '+4477', '+3361'), fc.integer({ min: 1_000_000, max: 9_999_999 }));
    const list = fc.uniqueArray(fc.tuple(person, fc.boolean()), { maxLength: 40, selector: ([one]) => one.join('') });
    await fc.assert(
      fc.asyncProperty(list, fc.option(fc.constant('21:00-08:00'), { nil: null }), async (given, quietHours) => {
        const people = given.map(([one]) => one.join(''));
        const gone = given.filter(([, isGone]) => isGone).map(([one]) => one.join(''));
        const others = people.filter((number) => !gone.includes(number));
        const rest: Case = { request: { quietHours }, config: { batchSize: 7 }, now: MIDNIGHT, deps: { prices } };
        const plan = await planFor({ ...rest, people, optedOut: gone });
        expect(plan).toEqual({ ...(await planFor({ ...rest, people: others })), optedOut: gone });
        expect(plan.accepted).toBe(others.length);
      }),
    );
  });
});

describe('A long list', () => {
  const peopleOf = (count: number) => Array.from({ length: count }, (_, index) => `+1212${5_550_000 + index}`);

  test.each([4999, 5000, 5001, 12_500])('of %d people is planned whole, however it is kept', async (count) => {
    const people = peopleOf(count);
    const optedOut = people.filter((_, index) => index % 1000 === 0 || index >= count - 2);
    const others = people.filter((number) => !optedOut.includes(number));
    const plan = await planFor({ people, optedOut });
    expect(plan).toMatchObject({ optedOut, accepted: others.length, segments: others.length });
    expect(plan.batches.flatMap(({ recipients }) => recipients)).toEqual(others);

    const list = new NumberList();
    for (const number of people) list.push(number);
    const planning = createPlanning({
      ...deps,
      accepting: { optedOutAmong: optedOutAre(optedOut), shortOptOutList: isLong },
    });
    const recipients = { ...request.recipients, valid: list };
    const { digest, accepted } = await planning.plan({ ...request, recipients }, NOON, { withDigest: true });
    expect([digest, accepted]).toEqual([plan.digest, others.length]);
  });

  test('is planned the same where the opt-out list is so short that it is held in memory', async () => {
    const people = peopleOf(12_500);
    const optedOut = [...people.filter((_, index) => index % 1000 === 7), '+447700900999', '12345'];
    const long = await planFor({ people, optedOut: optedOut.filter((number) => people.includes(number)) });
    const accepting = {
      optedOutAmong: () => Promise.reject(new Error('The list is in memory.')),
      shortOptOutList: (most: number) => Promise.resolve(optedOut.length > most ? null : optedOut),
    };
    expect(await planFor({ people, deps: { accepting } })).toEqual(long);
  });

  test('costs no digest where none is asked for', async () => {
    const recipients = { ...request.recipients, valid: [NEW_YORK] };
    const plan = await createPlanning(deps).plan({ ...request, recipients }, NOON, { withDigest: false });
    expect(plan).toMatchObject({ digest: null, accepted: 1 });
  });

  test('is asked about once, in slices, between which others get their turn', async () => {
    const people = peopleOf(20_000);
    const asked: (readonly string[])[] = [];
    const accepting: PlanningDeps['accepting'] = {
      shortOptOutList: isLong,
      optedOutAmong: (numbers) => {
        asked.push(numbers);
        return Promise.resolve(new Set());
      },
    };
    const others = { turns: 0, areDone: false };
    const takeTurns = async () => {
      for (; !others.areDone; others.turns++) await nextTurn();
    };
    await Promise.all([planFor({ people, deps: { accepting } }).finally(() => (others.areDone = true)), takeTurns()]);
    expect(asked.flat()).toEqual(people);
    expect(asked.every((slice) => slice.length <= 10_000)).toBe(true);
    expect(others.turns).toBeGreaterThanOrEqual(asked.length);
  });
});

describe('Quiet hours', () => {
  const NIGHT = '21:00-08:00';

  test.each<[what: string, asked: string | null, configured: string | null, hold: string | null]>([
    ['are those configured', null, NIGHT, NIGHT],
    ['are those of the request before those configured', '22:00-07:00', NIGHT, '22:00-07:00'],
    ['are those of the request where none are configured', NIGHT, null, NIGHT],
    ['are off where the request says so', 'off', NIGHT, null],
    ['are off where nothing is said', null, null, null],
  ])('%s', (_what, quietHours, configured, hold) => {
    const planning = createPlanning({ ...deps, config: { ...deps.config, quietHours: configured } });
    expect(planning.quietHoursOf({ quietHours })).toBe(hold);
  });

  test('hold back those who are asleep now', async () => {
    const { batches } = await planFor({ request: { quietHours: NIGHT }, people: [LONDON], now: MIDNIGHT });
    expect(batches.map(({ zones, notBefore }) => [zones, notBefore])).toEqual([
      [['Europe/London'], Date.UTC(2026, 0, 15, 8)],
    ]);
  });

  test('hold back those who are asleep when the broadcast is to start', async () => {
    const sendAt = Date.UTC(2026, 0, 15, 23);
    const { batches } = await planFor({ request: { quietHours: NIGHT, sendAt }, people: [LONDON], now: NOON });
    expect(batches[0]?.notBefore).toBe(Date.UTC(2026, 0, 16, 8));
  });

  test('are judged by the present where the start has passed', async () => {
    const { batches } = await planFor({
      request: { quietHours: NIGHT, sendAt: MIDNIGHT },
      people: [LONDON],
      now: NOON,
    });
    expect(batches[0]?.notBefore).toBeNull();
  });

  test('are all that the table of zones is loaded for', async () => {
    const zonesOf = jest.fn(deps.zonesOf);
    await planFor({ deps: { zonesOf }, request: { quietHours: 'off' }, config: { quietHours: NIGHT } });
    expect(zonesOf).not.toHaveBeenCalled();
    await planFor({ deps: { zonesOf }, config: { quietHours: NIGHT } });
    expect(zonesOf).toHaveBeenCalledTimes(1);
  });
});

describe("A time of people's own clocks", () => {
  const sendAtLocal = '2026-01-16T09:00';

  test('lets each go by their own, and the broadcast begin with the first of those who may be texted', async () => {
    const people = [NEW_YORK, LONDON, PARIS];
    const { batches, startsAt } = await planFor({ request: { sendAtLocal }, people, optedOut: [PARIS] });
    expect(batches.map(({ recipients, notBefore }) => [recipients, notBefore])).toEqual([
      [[LONDON], Date.UTC(2026, 0, 16, 9)],
      [[NEW_YORK], Date.UTC(2026, 0, 16, 14)],
    ]);
    expect(startsAt).toBe(Date.UTC(2026, 0, 16, 9));
  });

  test('has nobody to wait for where nobody may be texted', async () => {
    const { startsAt } = await planFor({ request: { sendAtLocal }, optedOut: [NEW_YORK, LONDON] });
    expect(startsAt).toBeNull();
  });

  test('may have passed for somebody who is not texted', async () => {
    const given = { request: { sendAtLocal }, now: Date.UTC(2026, 0, 16, 12) };
    await expect(planFor(given)).rejects.toThrow('has passed by the clocks of 1 of the recipients (Europe/London)');
    expect((await planFor({ ...given, optedOut: [LONDON] })).batches).toHaveLength(1);
  });
});

describe('The digest of a preview', () => {
  const NIGHT = '21:00-08:00';
  const media = ['https://example.com/a.png', 'https://example.com/b.png'];

  test.each<[what: string, given: Case, other: Case]>([
    ['the same again', {}, {}],
    ['the same at another time', { now: NOON }, { now: MIDNIGHT }],
    ['the same at another time, with quiet hours', quietly(NOON), quietly(MIDNIGHT)],
    ['another name', {}, { request: { name: 'Doors' } }],
    [
      'bad entries skipped',
      {},
      { request: { invalidRecipients: 'skip', recipients: { ...request.recipients, submitted: 9 } } },
    ],
    ['the configured sender asked for', {}, { request: { sender: '+14155550100' } }],
    ['no quiet hours asked for where there are none', {}, { request: { quietHours: 'off' } }],
    [
      'the configured quiet hours asked for',
      { config: { quietHours: NIGHT } },
      { config: { quietHours: NIGHT }, request: { quietHours: NIGHT } },
    ],
    ['smaller calls', {}, { config: { batchSize: 1 } }],
    [
      'others who are picked to go first',
      { request: { canary: { recipients: 1, waitSeconds: 600, maxFailureRate: 0.1 } } },
      {
        request: { canary: { recipients: 1, waitSeconds: 600, maxFailureRate: 0.1 } },
        deps: { random: () => 0.9 },
      },
    ],
    ['other prices and limits', {}, { deps: { prices }, config: { maxSegments: 1, maxCostNanos: 1 } }],
    ['a sender for people who are not texted', {}, { deps: { originOf: originsOf('*:+14155550100,33:ACME') } }],
    ['somebody more, who has opted out', {}, { people: [NEW_YORK, PARIS, LONDON], optedOut: [PARIS] }],
    ['somebody else opted out', { people: [NEW_YORK, LONDON, PARIS], optedOut: [PARIS] }, { optedOut: [PARIS] }],
  ])('is the same with %s', async (_what, given, other) => {
    expect((await planFor(other)).digest).toBe((await planFor(given)).digest);
  });

  test.each<[what: string, given: Case, other: Case]>([
    ['another text', {}, { request: { text: 'Doors open at 10.' } }],
    ['another expiry', {}, { request: { expirySeconds: 60 } }],
    ['media', {}, { request: { mediaUrls: media } }],
    ['media in another order', { request: { mediaUrls: media } }, { request: { mediaUrls: media.toReversed() } }],
    ['a schedule', {}, { request: { sendAt: NOON + 1000 } }],
    ['another schedule', { request: { sendAt: NOON + 1000 } }, { request: { sendAt: NOON + 2000 } }],
    ['a time of their own clocks', {}, { request: { sendAtLocal: '2026-01-16T09:00' } }],
    [
      'another time of their own clocks',
      { request: { sendAtLocal: '2026-01-16T09:00' } },
      { request: { sendAtLocal: '2026-01-16T09:01' } },
    ],
    ['some who go first', {}, { request: { canary: { recipients: 1, waitSeconds: 600, maxFailureRate: 0.1 } } }],
    ['quiet hours', {}, { request: { quietHours: NIGHT } }],
    ['quiet hours configured since', {}, { config: { quietHours: NIGHT } }],
    ['quiet hours turned off', { config: { quietHours: NIGHT } }, quietOff(NIGHT)],
    ['another sender asked for', {}, { request: { sender: '55555' } }],
    ['another sender configured since', {}, { deps: { originOf: originsOf('*:55555') } }],
    ['a sender configured for some since', {}, { deps: { originOf: originsOf('44:ACME,*:+14155550100') } }],
    [
      'two countries whose senders changed places',
      { deps: { originOf: originsOf('1:55555,44:66666') } },
      { deps: { originOf: originsOf('1:66666,44:55555') } },
    ],
    ['somebody more', {}, { people: [NEW_YORK, LONDON, PARIS] }],
    ['somebody less', {}, { people: [NEW_YORK] }],
    ['somebody less, who has opted out', {}, { optedOut: [LONDON] }],
    ['another who has opted out', { optedOut: [LONDON] }, { optedOut: [NEW_YORK] }],
    ['everybody opted out', {}, { optedOut: [NEW_YORK, LONDON] }],
    ['somebody else', {}, { people: [NEW_YORK, PARIS] }],
    ['nobody', {}, { people: [] }],
    ['the same people in another order, as they go in other calls', {}, { people: [LONDON, NEW_YORK] }],
  ])('is another with %s', async (_what, given, other) => {
    expect((await planFor(other)).digest).not.toBe((await planFor(given)).digest);
  });

  test.each([999, 1000, 1001, 2500, 4999, 5000, 5001, 12_500])(
    'tells %d people apart to the last one',
    async (count) => {
      const people = Array.from({ length: count }, (_, index) => `+1212${5_550_000 + index}`);
      const { digest } = await planFor({ people });
      expect((await planFor({ people: people.with(-1, LONDON) })).digest).not.toBe(digest);
      expect((await planFor({ people, optedOut: people.slice(-1) })).digest).not.toBe(digest);
      expect((await planFor({ people: [...people] })).digest).toBe(digest);
    },
  );

  function quietly(now: number): Case {
    return { now, request: { quietHours: NIGHT } };
  }

  function quietOff(configured: string): Case {
    return { config: { quietHours: configured }, request: { quietHours: 'off' } };
  }
});

describe('A broadcast above a limit is refused, with the limit and where it is set', () => {
  test.each<[what: string, given: Case, refusals: string[]]>([
    ['no limit', { request: { text: 'x'.repeat(1600) } }, []],
    ['as many segments as allowed', { config: { maxSegments: 2 } }, []],
    [
      'more segments than allowed',
      { config: { maxSegments: 3 }, request: { text: 'x'.repeat(161) } },
      ['It has 4 segments in all, more than 3 (MAX_SEGMENTS_PER_BROADCAST).'],
    ],
    [
      'media, which count once',
      { config: { maxSegments: 2 }, request: { text: 'x'.repeat(161), mediaUrls: ['a'] } },
      [],
    ],
    ['the cost allowed', { deps: { prices }, config: { maxCostNanos: 5 * CENT } }, []],
    [
      'more cost than allowed',
      { deps: { prices }, config: { maxCostNanos: 5 * CENT - 1 } },
      ['It would cost about 0.05 USD, more than 0.049999999 USD (MAX_COST_PER_BROADCAST).'],
    ],
    [
      'both',
      { deps: { prices }, config: { maxSegments: 1, maxCostNanos: CENT } },
      [
        'It has 2 segments in all, more than 1 (MAX_SEGMENTS_PER_BROADCAST).',
        'It would cost about 0.05 USD, more than 0.01 USD (MAX_COST_PER_BROADCAST).',
      ],
    ],
    [
      'a country without a price',
      { deps: { prices }, config: { maxCostNanos: 100_000 * CENT }, people: [NEW_YORK, PARIS] },
      ['Its cost cannot be held against 1000.00 USD (MAX_COST_PER_BROADCAST): PRICES_FILE has no price for FR.'],
    ],
    [
      'several countries without a price',
      {
        deps: { prices: { ...prices, sms: new Map() } },
        config: { maxCostNanos: 100 * CENT },
        people: [NEW_YORK, PARIS, LONDON],
      },
      ['Its cost cannot be held against 1.00 USD (MAX_COST_PER_BROADCAST): PRICES_FILE has no price for FR, GB, US.'],
    ],
    ['a country without a price, where cost has no limit', { deps: { prices }, people: [PARIS] }, []],
  ])('%s', async (_what, given, refusals) => {
    expect((await planFor(given)).refusals).toEqual(refusals);
  });
});

function originsOf(text: string) {
  const map = parseSenderMap(text);
  if (map === null) throw new Error(`Not senders: ${text}`);
  return createOriginOf(map, null);
}

/** In the order in which they are asked about. */
function optedOutAre(gone: readonly string[]): PlanningDeps['accepting']['optedOutAmong'] {
  const known = new Set(gone);
  return (numbers) => Promise.resolve(new Set(numbers.filter((number) => known.has(number))));
}
