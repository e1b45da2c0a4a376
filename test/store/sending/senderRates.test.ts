import { createPacesOf, parseSenderRates, type SenderRates } from '../../../src/domain/plan/senderRates';
import { loadsBySender } from '../../../src/domain/plan/senderLoads';
import type { Origin } from '../../../src/domain/plan/senders';
import type { NewBroadcast } from '../../../src/store/accepting/broadcastInsert';
import type { ClaimOptions } from '../../../src/store/claiming/claimStore';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import {
  CLAIM,
  claimAllAtOnce,
  claimNext,
  newBroadcast,
  openStoreFixture,
  START_OF_TIME,
  type StoreFixture,
} from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';

function ratesOf(text: string): SenderRates {
  const rates = parseSenderRates(text);
  if ('problem' in rates) throw new Error(rates.problem);
  return rates;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const CANADIAN: Origin = { sender: '+16135550100' };
const AMERICAN: Origin = { sender: '+14155550100' };
/** Fifteen a minute, for an hour: 900. */
const RATES = ratesOf('+16135550100:ca-longcode');

describe.each(ENGINES)('what one sender may have waiting with Plivo, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  const paced = (accountRate: number | null = 100): Pick<ClaimOptions, 'pacesOf'> => {
    const account = accountRate === null ? null : { unitsPerSecond: accountRate, horizonMs: HOUR };
    return { pacesOf: createPacesOf(account, RATES, HOUR) };
  };
  const look = (options: Partial<ClaimOptions> = {}) =>
    fixture.store.claims.claimNextBatch({ ...CLAIM, ...paced(), ...options });
  /** Claims and hands over until there is nothing to claim; returns who each call came from. */
  const handOverAll = async (options: Partial<ClaimOptions> = {}) => {
    const senders: Origin[] = [];
    for (;;) {
      const result = await look(options);
      if (result === null || result.kind === 'paced') return senders;
      if (result.kind !== 'claimed') continue;
      const { units, paces, origin } = result.claim;
      const slot = { delayMs: 0, longestDelayMs: 0, longestWaitMs: 0, load: { units, paces } };
      if ((await fixture.store.pacing.takeSlot(slot)) === 0) senders.push(origin);
      else await fixture.store.settling.recordNotMade(result.claim);
    }
  };
  const times = (count: number, origin: Origin) => Array.from({ length: count }, () => origin);
  const accept = (from: Origin, people: readonly string[], change: Partial<NewBroadcast> = {}) =>
    fixture.accept(people, 100, {
      ...('sender' in from ? from : { sender: null, ...from }),
      ...from100(people, () => from),
      ...change,
    });
  /** In calls of a hundred, each from whom it says. */
  const from100 = (people: readonly string[], originAt: (call: number) => Origin) => {
    const batches = newBroadcast('any', people, 100).batches.map((batch, call) => ({
      ...batch,
      origin: originAt(call),
      token: `${people[0]}-${call}`,
    }));
    const loads = batches.map((batch) => ({
      ...batch,
      people: 100,
      calls: 1,
      units: batch.recipients.length,
      afterCanary: null,
    }));
    const senders = loadsBySender(loads);
    return { batches, senders: senders.length === 1 ? [] : senders };
  };

  it('is no more than it sends within the horizon, however fast the account is', async () => {
    const id = await accept(CANADIAN, numbers(1500));
    expect(await handOverAll()).toEqual(times(9, CANADIAN));
    expect(await look()).toEqual({ kind: 'paced', waitMs: 400 * SECOND });
    fixture.setClock(START_OF_TIME + 400 * SECOND);
    expect(await handOverAll()).toEqual(times(1, CANADIAN));
    await expectNobodyMissing(fixture.store, id);
  });

  it('holds where no rate of the account is known, too', async () => {
    await accept(CANADIAN, numbers(1500));
    expect(await handOverAll(paced(null))).toEqual(times(9, CANADIAN));
  });

  it('does not make another sender wait', async () => {
    await accept(CANADIAN, numbers(1500));
    await handOverAll();
    await accept(AMERICAN, numbers(1500, 5000));
    expect(await handOverAll()).toEqual(times(15, AMERICAN));
  });

  it.each<[string, Partial<NewBroadcast>]>([
    ['', {}],
    [', of which some are only valid for a short time', { expirySeconds: 600 }],
  ])('makes nobody wait who is behind 25 broadcasts whose senders have no room%s', async (_, change) => {
    const full = Array.from({ length: 25 }, (_, index) => `+16135550${200 + index}`);
    const pacesOf = createPacesOf(null, ratesOf(full.map((sender) => `${sender}:ca-longcode`).join(',')), HOUR);
    for (const [index, sender] of full.entries()) await accept({ sender }, numbers(1500, index * 2000), change);
    await handOverAll({ pacesOf });
    await accept(AMERICAN, numbers(300, 90_000));
    expect(await handOverAll({ pacesOf })).toEqual(times(3, AMERICAN));
    expect(await handOverAll({ pacesOf })).toEqual([]);
  });

  describe('does not make another sender of the same broadcast wait:', () => {
    const people = numbers(3000);
    const acceptBoth = () =>
      fixture.accept(people, 100, { ...CANADIAN, ...from100(people, (call) => (call < 15 ? CANADIAN : AMERICAN)) });
    const senders = async () =>
      await fixture.db.selectFrom('broadcast_senders').selectAll().orderBy('sender', 'desc').execute();

    it('each has its turn, and what waits of each is counted', async () => {
      const id = await acceptBoth();
      expect(await handOverAll()).toEqual([...times(9, CANADIAN), ...times(15, AMERICAN)]);
      expect(await senders()).toMatchObject([
        { sender: '+16135550100', batches_total: 15, batches_pending: 6, segments_total: 1500 },
        { sender: '+14155550100', batches_total: 15, batches_pending: 0, segments_total: 1500 },
      ]);
      await expectNobodyMissing(fixture.store, id);
      await fixture.store.control.cancel(id);
      expect((await senders()).map((one) => one.batches_pending)).toEqual([0, 0]);
      await expectNobodyMissing(fixture.store, id);
    });

    it('what is tried again counts again', async () => {
      const id = await acceptBoth();
      const claim = await claimNext(fixture.store, paced());
      expect((await senders())[0]).toMatchObject({ batches_pending: 14 });
      await fixture.store.settling.recordNotMade(claim!);
      expect((await senders())[0]).toMatchObject({ batches_pending: 15 });
      await expectNobodyMissing(fixture.store, id);
    });

    it('each with the quiet hours of its people', async () => {
      const given = from100(people, (call) => (call < 15 ? CANADIAN : AMERICAN));
      const batches = given.batches.map((batch, call) => ({
        ...batch,
        notBefore: call === 15 ? START_OF_TIME + HOUR : null,
        zones: call === 15 ? ['Etc/UTC'] : null,
      }));
      await fixture.accept(people, 100, { ...CANADIAN, ...given, batches });
      expect(await handOverAll()).toEqual([...times(9, CANADIAN), ...times(14, AMERICAN)]);
    });

    it('is removed with the broadcast', async () => {
      const id = await acceptBoth();
      await fixture.store.control.cancel(id);
      fixture.setClock(START_OF_TIME + HOUR);
      while (await fixture.store.retention.removeSome(0)) continue;
      expect(await senders()).toEqual([]);
    });
  });

  it('is the same however the sender is spelled', async () => {
    await accept(CANADIAN, numbers(600));
    await accept({ sender: '16135550100' }, numbers(600, 5000));
    expect(await handOverAll()).toHaveLength(9);
  });

  it('counts parts of texts', async () => {
    await accept(CANADIAN, numbers(1500), { segmentsPerMessage: 3 });
    expect(await handOverAll()).toEqual(times(3, CANADIAN));
  });

  it('is what it sends while the texts are valid, and others of the sender go on', async () => {
    await accept(CANADIAN, numbers(600), { expirySeconds: 1000 });
    await accept(CANADIAN, numbers(1500, 5000));
    await accept(AMERICAN, numbers(200, 9000));
    // Two calls of those that are valid for 1,000 s, beside as many of the others, and then the others alone.
    const senders = await handOverAll();
    expect(senders.filter((sender) => 'sender' in sender && sender.sender === '+16135550100')).toHaveLength(9);
    expect(senders).toHaveLength(9 + 2);
  });

  it('bounds the account no less: who is within their own rate waits for it', async () => {
    await accept(AMERICAN, numbers(400));
    await accept(CANADIAN, numbers(400, 5000));
    // 360 in an hour.
    expect(await handOverAll(paced(0.1))).toHaveLength(3);
  });

  it('waits for as many senders as there are', async () => {
    const slow = Array.from({ length: 12 }, (_, index) => `+161355501${10 + index}`);
    const pacesOf = createPacesOf(null, ratesOf(slow.map((one) => `${one}:0.01`).join(',')), HOUR);
    for (const [index, sender] of slow.slice(0, 8).entries()) await accept({ sender }, numbers(200, 1000 * index));
    expect(await handOverAll({ pacesOf })).toHaveLength(8);
    await accept(AMERICAN, numbers(100, 50_000));
    expect(await handOverAll({ pacesOf })).toEqual(times(1, AMERICAN));
  });

  it('is shared by all instances', async () => {
    const id = await accept(CANADIAN, numbers(1500));
    const claims = await claimAllAtOnce(fixture.store, 4);
    const slots = await Promise.all(
      claims.map(({ units }) =>
        fixture.store.pacing.takeSlot({
          delayMs: 0,
          longestDelayMs: 0,
          longestWaitMs: 0,
          load: { units, paces: paced().pacesOf('+16135550100') },
        }),
      ),
    );
    expect(slots.filter((slot) => slot !== null)).toHaveLength(9);
    await expectNobodyMissing(fixture.store, id);
  });

  it('is less by what Plivo did not take', async () => {
    await accept(CANADIAN, numbers(1500));
    await handOverAll();
    await fixture.store.pacing.giveBackLoad({ accountMs: 2000, sender: { queue: '16135550100', ms: 800 * SECOND } });
    expect(await handOverAll()).toEqual(times(2, CANADIAN));
  });

  it('leaves before it is quiet where it goes', async () => {
    const evening = Date.parse('2027-01-15T20:40:00Z');
    const morning = Date.parse('2027-01-16T08:00:00Z');
    fixture.setClock(evening);
    const people = numbers(600);
    const { batches } = from100(people, () => CANADIAN);
    const london = batches.map((batch) => ({ ...batch, zones: ['Europe/London'] }));
    const id = await accept(CANADIAN, people, { quietHours: '21:00-08:00', batches: london });
    // Twenty minutes: 300.
    expect(await handOverAll()).toEqual(times(2, CANADIAN));
    expect((await fixture.store.broadcasts.find(id))!.held).toEqual({ until: morning, batches: 4 });
    fixture.setClock(morning);
    expect(await handOverAll()).toEqual(times(4, CANADIAN));
  });

  it.each([-HOUR, HOUR])('is known again after a step of the clock by %d ms', async (step) => {
    await accept(CANADIAN, numbers(3000));
    await handOverAll();
    fixture.setClock(START_OF_TIME + step);
    expect(await handOverAll()).toHaveLength(step < 0 ? 0 : 9);
    fixture.setClock(START_OF_TIME + step + HOUR);
    expect(await handOverAll()).toHaveLength(9);
  });
});
