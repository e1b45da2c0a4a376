import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import {
  CLAIM,
  claimNext,
  newBroadcast,
  NO_PACES,
  openStoreFixture,
  type StoreFixture,
} from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { Pace } from '../../../src/domain/time/pacing';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Two minutes before it is quiet in London, an hour and five before it is in the Azores. */
const EVENING = Date.parse('2027-01-15T20:58:00Z');
const MORNING = Date.parse('2027-01-16T08:00:00Z');
const QUIET = '21:00-08:00';
const pace: Pace = { unitsPerSecond: 1, horizonMs: HOUR };
const ERROR = { code: 'test', status: null, reason: 'A test.' };

describe.each(ENGINES)('what is claimed leaves Plivo in time, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
    fixture.setClock(EVENING);
  });
  afterEach(() => fixture.close());

  const accept = (
    people: readonly string[],
    batchSize: number,
    zones: string[] | null,
    expirySeconds: number | null,
  ) => {
    const { batches } = newBroadcast('any', people, batchSize);
    return fixture.accept(people, batchSize, {
      quietHours: zones === null ? null : QUIET,
      batches: batches.map((batch, index) => ({ ...batch, zones, token: `${people[0]}-${index}` })),
      expirySeconds,
    });
  };
  const acceptFor = (zones: string[], people: readonly string[], batchSize: number) =>
    accept(people, batchSize, zones, null);
  const acceptValidFor = (seconds: number | null, people: readonly string[], batchSize: number) =>
    accept(people, batchSize, null, seconds);
  const accountOf = (account: Pace | null) => ({ pacesOf: () => ({ ...NO_PACES, account }) });
  const look = (given: Pace | null = pace) => fixture.store.claims.claimNextBatch({ ...CLAIM, ...accountOf(given) });
  /** Claims and hands over until there is nothing to claim; returns how many people each call had. */
  const handOverAll = async (given: Pace | null = pace) => {
    const sizes: number[] = [];
    for (;;) {
      const result = await look(given);
      if (result === null || result.kind === 'paced') return sizes;
      if (result.kind !== 'claimed') continue;
      const { units, paces, recipients } = result.claim;
      const load = { units, paces };
      expect(await fixture.store.pacing.takeSlot({ delayMs: 0, longestDelayMs: 0, longestWaitMs: 0, load })).toBe(0);
      sizes.push(recipients.length);
    }
  };
  const fillQueue = (units: number) =>
    fixture.store.pacing.takeSlot({
      delayMs: 0,
      longestDelayMs: 0,
      longestWaitMs: 0,
      load: { units, paces: { ...NO_PACES, account: { ...pace, horizonMs: 100 * HOUR } } },
    });
  const held = async (id: string) => (await fixture.store.broadcasts.find(id))!.held;

  describe('before it is quiet where it goes:', () => {
    it('so many that the last of them does, and the others in the morning', async () => {
      const id = await acceptFor(['Europe/London'], numbers(300), 20);
      expect(await handOverAll()).toEqual([20, 20, 20, 20, 20]);
      expect(await held(id)).toEqual({ until: MORNING, batches: 10 });
      for (const later of [30 * SECOND, 110 * SECOND, HOUR, 11 * HOUR]) {
        fixture.setClock(EVENING + later);
        expect(await handOverAll()).toEqual([]);
      }
      fixture.setClock(MORNING);
      expect(await handOverAll()).toEqual(Array.from({ length: 10 }, () => 20));
      await expectNobodyMissing(fixture.store, id);
    });

    it('after what waits before them', async () => {
      await fillQueue(80);
      const id = await acceptFor(['Europe/London'], numbers(60), 20);
      expect(await handOverAll()).toEqual([20]);
      expect(await held(id)).toEqual({ until: MORNING, batches: 2 });
    });

    it('a smaller batch, where a larger one does not', async () => {
      await fillQueue(80);
      const id = await acceptFor(['Europe/London'], numbers(55), 40);
      expect(await handOverAll()).toEqual([15]);
      expect(await held(id)).toEqual({ until: MORNING, batches: 1 });
    });

    it('each zone by its own clock', async () => {
      await fillQueue(300);
      const london = await acceptFor(['Europe/London'], numbers(20), 20);
      const azores = await acceptFor(['Atlantic/Azores'], numbers(20, 100), 20);
      expect(await handOverAll()).toEqual([20]);
      expect(await held(london)).toEqual({ until: MORNING, batches: 1 });
      expect(await held(azores)).toBeNull();
    });

    it('as many as there are, where no rate is known', async () => {
      await acceptFor(['Europe/London'], numbers(300), 20);
      expect(await handOverAll(null)).toHaveLength(15);
    });

    it('also on another try', async () => {
      await acceptFor(['Europe/London'], numbers(20), 20);
      const claim = await claimNext(fixture.store, accountOf(pace));
      fixture.setClock(EVENING + 100 * SECOND);
      await fixture.store.settling.recordRefusedForNow(claim!, ERROR, { retryInMs: 0, countsAsTry: true });
      expect(await look()).toEqual({ kind: 'deferred' });
    });

    it('even where another instance fills the queue between claim and slot', async () => {
      await acceptFor(['Europe/London'], numbers(20), 20);
      const { units, paces } = (await claimNext(fixture.store, accountOf(pace)))!;
      await fillQueue(100);
      const slot = { delayMs: 0, longestDelayMs: 0, longestWaitMs: 0, load: { units, paces } };
      expect(await fixture.store.pacing.takeSlot(slot)).toBeNull();
    });

    it('by the queue as it was, where the clock was set back since', async () => {
      await fillQueue(HOUR / SECOND);
      fixture.setClock(EVENING - HOUR);
      await acceptFor(['Europe/London'], numbers(20), 20);
      expect((await look())?.kind).toBe('claimed');
      await acceptFor(['Europe/London'], numbers(600, 100), 600);
      expect(await look()).toEqual({ kind: 'deferred' });
    });

    it('or as it opens, where no day is long enough', async () => {
      const id = await acceptFor(['Europe/London'], numbers(20), 20);
      const slow: Pace = { unitsPerSecond: 1 / HOUR, horizonMs: HOUR };
      expect(await look(slow)).toEqual({ kind: 'deferred' });
      expect(await held(id)).toEqual({ until: MORNING, batches: 1 });
      fixture.setClock(MORNING + 5 * SECOND);
      expect((await look(slow))?.kind).toBe('claimed');
    });
  });

  describe('while it is valid:', () => {
    const quick: Pace = { unitsPerSecond: 5, horizonMs: HOUR };

    it('no more than Plivo sends meanwhile', async () => {
      await acceptValidFor(60, numbers(900), 100);
      expect(await handOverAll(quick)).toEqual([100, 100, 100]);
      expect(await look(quick)).toEqual({ kind: 'paced', waitMs: 20 * SECOND });
      fixture.setClock(EVENING + 40 * SECOND);
      expect(await handOverAll(quick)).toEqual([100, 100]);
    });

    it('as ever, where it is valid for longer than Plivo may have waiting', async () => {
      await acceptValidFor(3 * 3600, numbers(900), 100);
      expect(await handOverAll(quick)).toHaveLength(9);
    });

    it('and stops nobody else, whose texts may wait', async () => {
      await acceptValidFor(60, numbers(600), 100);
      await acceptValidFor(null, numbers(400, 1000), 100);
      expect(await handOverAll(quick)).toHaveLength(3 + 4);
    });

    it('nor others who are valid for longer', async () => {
      await acceptValidFor(60, numbers(600), 100);
      await acceptValidFor(120, numbers(600, 1000), 100);
      await acceptValidFor(90, numbers(600, 2000), 100);
      const sizes = await handOverAll(quick);
      // 120 s at five a second.
      expect(sizes).toEqual([100, 100, 100, 100, 100, 100]);
    });

    it('but lets nobody pass for longer than the horizon, so that it is not put off for ever', async () => {
      const urgent = await acceptValidFor(60, numbers(400), 100);
      expect(await handOverAll(quick)).toHaveLength(3);
      fixture.setClock(EVENING + HOUR + 1);
      await fillQueue(1000);
      await acceptValidFor(null, numbers(100, 1000), 100);
      expect(await look(quick)).toMatchObject({ kind: 'paced' });
      fixture.setClock(EVENING + HOUR + 1000 * SECOND);
      const next = await claimNext(fixture.store, accountOf(quick));
      expect(next?.broadcastId).toBe(urgent);
    });

    it('is found behind any number of those without room, some of them a claim', async () => {
      await fillQueue(1000);
      for (let i = 0; i < 12; i++) await acceptValidFor(60, numbers(1, 1000 * i), 1);
      await acceptValidFor(null, numbers(1, 20_000), 1);
      expect(await look(quick)).toMatchObject({ kind: 'searching' });
      expect(await look(quick)).toMatchObject({ kind: 'claimed', claim: { expirySeconds: null } });
    });
  });
});
