import { createBroadcastPlanner, type BroadcastPlannerDeps } from '../../src/services/broadcastPlanner';
import type { BroadcastRequest } from '../../src/services/broadcastRequest';
import { createOriginOf, parseSenderMap } from '../../src/domain/senders';

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
const deps: BroadcastPlannerDeps = {
  originOf: originsOf('*:+14155550100'),
  countryOf: (number) => ({ '+1': 'US', '+4': 'GB', '+3': 'FR' })[number.slice(0, 2)] ?? '001',
  zonesOf: () => (number) => zonesByCode[number.slice(0, 2)] ?? [],
  prices: null,
  config: { batchSize: 1000, pace: null, quietHours: null, maxSegments: null, maxCostNanos: null },
};
const request: BroadcastRequest = {
  text: 'Doors open at 9.',
  recipients: { valid: [], duplicates: 0, invalid: [], invalidCount: 0 },
  submitted: 2,
  invalidRecipients: 'reject',
  name: null,
  sender: null,
  expirySeconds: null,
  mediaUrls: null,
  sendAt: null,
  quietHours: null,
};

type Case = {
  request?: Partial<BroadcastRequest>;
  people?: readonly string[];
  now?: number;
  config?: Partial<BroadcastPlannerDeps['config']>;
  deps?: Partial<BroadcastPlannerDeps>;
};

const planFor = (given: Case = {}) => {
  const config = { ...deps.config, ...given.config };
  const planner = createBroadcastPlanner({ ...deps, ...given.deps, config });
  return planner.plan({ ...request, ...given.request }, given.people ?? [NEW_YORK, LONDON], given.now ?? NOON);
};

describe('A plan', () => {
  test('has calls, segments, countries and cost', () => {
    expect(planFor({ request: { text: 'x'.repeat(161) }, deps: { prices } })).toEqual({
      batches: [{ recipients: [NEW_YORK, LONDON], origin: { sender: '+14155550100' }, zones: null, notBefore: null }],
      countries: [
        { country: 'US', recipients: 1, segments: 2, nanos: 2 * CENT },
        { country: 'GB', recipients: 1, segments: 2, nanos: 8 * CENT },
      ],
      currency: 'USD',
      nanos: 10 * CENT,
      measure: { encoding: 'GSM-7', characters: 161, segments: 2 },
      segments: 4,
      digest: expect.stringMatching(/^[\w-]{43}$/),
      refusals: [],
    });
  });

  test('for nobody has nothing in it and is not refused', () => {
    const limits = { maxSegments: 1, maxCostNanos: 1 };
    expect(planFor({ people: [], deps: { prices }, config: limits })).toMatchObject({
      batches: [],
      countries: [],
      segments: 0,
      nanos: 0,
      refusals: [],
    });
  });

  test('has no cost without a price list, not even that of nobody', () => {
    expect(planFor()).toMatchObject({ currency: null, nanos: null });
    expect(planFor({ people: [] })).toMatchObject({ currency: null, nanos: null });
  });

  test('has no cost in all where one country has no price, and tells that of the others', () => {
    const plan = planFor({ people: [NEW_YORK, PARIS], deps: { prices } });
    expect(plan).toMatchObject({ currency: 'USD', nanos: null });
    expect(plan.countries.map(({ country, nanos }) => [country, nanos])).toEqual([
      ['US', CENT],
      ['FR', null],
    ]);
  });

  test('counts media as one message each, at the price of media', () => {
    const text = 'x'.repeat(1000);
    const mediaUrls = ['https://example.com/a.png'];
    const plan = planFor({ request: { text, mediaUrls }, people: [NEW_YORK], deps: { prices } });
    expect(plan).toMatchObject({ segments: 1, nanos: 2 * CENT });
  });

  test('takes the sender of the request before the configured ones', () => {
    const { batches } = planFor({ request: { sender: '55555' }, deps: { originOf: originsOf('1:ONE,*:TWO') } });
    expect(batches.map(({ origin }) => origin)).toEqual([{ sender: '55555' }]);
  });

  test('refuses a sender of the request that does not reach somebody', () => {
    expect(() => planFor({ request: { sender: 'ACME' } })).toThrow('reaches nobody in US, where 1 of the recipients');
  });

  test.each<[what: string, batchSize: number, unitsPerSecond: number, text: string, sizes: number[]]>([
    ['as configured', 2, 100, 'Hi', [2, 2, 1]],
    ['smaller at a slow rate', 1000, 3, 'Hi', [3, 2]],
    ['smaller still for texts of several parts', 1000, 3, 'x'.repeat(161), [1, 1, 1, 1, 1]],
  ])('has calls of a size %s', (_what, batchSize, unitsPerSecond, text, sizes) => {
    const people = [1, 2, 3, 4, 5].map((digit) => `+121255501${digit}0`);
    const pace = { unitsPerSecond, horizonMs: 1000 };
    const { batches } = planFor({ request: { text }, people, config: { batchSize, pace } });
    expect(batches.map(({ recipients }) => recipients.length)).toEqual(sizes);
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
    const planner = createBroadcastPlanner({ ...deps, config: { ...deps.config, quietHours: configured } });
    expect(planner.quietHoursOf({ quietHours })).toBe(hold);
  });

  test('hold back those who are asleep now', () => {
    const { batches } = planFor({ request: { quietHours: NIGHT }, people: [LONDON], now: MIDNIGHT });
    expect(batches.map(({ zones, notBefore }) => [zones, notBefore])).toEqual([
      [['Europe/London'], Date.UTC(2026, 0, 15, 8)],
    ]);
  });

  test('hold back those who are asleep when the broadcast is to start', () => {
    const sendAt = Date.UTC(2026, 0, 15, 23);
    const { batches } = planFor({ request: { quietHours: NIGHT, sendAt }, people: [LONDON], now: NOON });
    expect(batches[0]?.notBefore).toBe(Date.UTC(2026, 0, 16, 8));
  });

  test('are judged by the present where the start has passed', () => {
    const { batches } = planFor({ request: { quietHours: NIGHT, sendAt: MIDNIGHT }, people: [LONDON], now: NOON });
    expect(batches[0]?.notBefore).toBeNull();
  });

  test('are all that the table of zones is loaded for', () => {
    const zonesOf = jest.fn(deps.zonesOf);
    planFor({ deps: { zonesOf }, request: { quietHours: 'off' }, config: { quietHours: NIGHT } });
    expect(zonesOf).not.toHaveBeenCalled();
    planFor({ deps: { zonesOf }, config: { quietHours: NIGHT } });
    expect(zonesOf).toHaveBeenCalledTimes(1);
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
    ['bad entries skipped', {}, { request: { invalidRecipients: 'skip', submitted: 9 } }],
    ['the configured sender asked for', {}, { request: { sender: '+14155550100' } }],
    ['no quiet hours asked for where there are none', {}, { request: { quietHours: 'off' } }],
    [
      'the configured quiet hours asked for',
      { config: { quietHours: NIGHT } },
      { config: { quietHours: NIGHT }, request: { quietHours: NIGHT } },
    ],
    ['smaller calls', {}, { config: { batchSize: 1 } }],
    ['other prices and limits', {}, { deps: { prices }, config: { maxSegments: 1, maxCostNanos: 1 } }],
    ['a sender for people who are not texted', {}, { deps: { originOf: originsOf('*:+14155550100,33:ACME') } }],
  ])('is the same with %s', (_what, given, other) => {
    expect(planFor(other).digest).toBe(planFor(given).digest);
  });

  test.each<[what: string, given: Case, other: Case]>([
    ['another text', {}, { request: { text: 'Doors open at 10.' } }],
    ['another expiry', {}, { request: { expirySeconds: 60 } }],
    ['media', {}, { request: { mediaUrls: media } }],
    ['media in another order', { request: { mediaUrls: media } }, { request: { mediaUrls: media.toReversed() } }],
    ['a schedule', {}, { request: { sendAt: NOON + 1000 } }],
    ['another schedule', { request: { sendAt: NOON + 1000 } }, { request: { sendAt: NOON + 2000 } }],
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
    ['somebody less, who has opted out', {}, { people: [NEW_YORK] }],
    ['somebody else', {}, { people: [NEW_YORK, PARIS] }],
    ['nobody', {}, { people: [] }],
    ['the same people in another order, as they go in other calls', {}, { people: [LONDON, NEW_YORK] }],
  ])('is another with %s', (_what, given, other) => {
    expect(planFor(other).digest).not.toBe(planFor(given).digest);
  });

  test.each([999, 1000, 1001, 2500])('tells %d people apart to the last one', (count) => {
    const people = Array.from({ length: count }, (_, index) => `+1212${5_550_000 + index}`);
    expect(planFor({ people: people.with(-1, LONDON) }).digest).not.toBe(planFor({ people }).digest);
    expect(planFor({ people: [...people] }).digest).toBe(planFor({ people }).digest);
  });

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
  ])('%s', (_what, given, refusals) => {
    expect(planFor(given).refusals).toEqual(refusals);
  });
});

function originsOf(text: string) {
  const map = parseSenderMap(text);
  if (map === null) throw new Error(`Not senders: ${text}`);
  return createOriginOf(map, null);
}
