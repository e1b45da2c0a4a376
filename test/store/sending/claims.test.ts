import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import {
  CLAIM,
  NO_PACES,
  START_OF_TIME,
  claimNext,
  openStoreFixture,
  type StoreFixture,
} from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { Claim } from '../../../src/store/claiming/claimStore';

const ERROR = { code: 'test', status: null, reason: 'A test.' };
const SLOT = { delayMs: 100, longestDelayMs: 100, longestWaitMs: 60_000, load: { units: 1, paces: NO_PACES } };
const ANSWER = { apiId: 'api', message: 'message(s) queued', messageUuids: ['u-1', 'u-2'], invalidNumbers: [] };

describe.each(ENGINES)('claiming on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  const claim = (owner = 'a') => claimNext(fixture.store, { owner });
  const claimed = async (owner = 'a'): Promise<Claim> => {
    const result = await claim(owner);
    if (result === null) throw new Error('There was nothing to claim.');
    return result;
  };
  const statusOf = async (id: string) => (await fixture.store.broadcasts.find(id))!;

  it('never gives the same batch to two who claim at the same moment', async () => {
    const id = await fixture.accept(numbers(60), 2);
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => claim(`owner-${index % 4}`)));
    const claims = results.filter((result): result is Claim => result !== null);
    for (;;) {
      const more = await claim();
      if (more === null) break;
      claims.push(more);
    }
    expect(claims.map(({ number }) => number).sort((a, b) => a - b)).toEqual(numbers(30).map((_, index) => index + 1));
    expect(claims.flatMap(({ recipients }) => recipients).sort()).toEqual(numbers(60));
    expect((await statusOf(id)).batches.sending).toBe(30);
    await expectNobodyMissing(fixture.store, id);
  });

  it('takes turns between broadcasts, so that a small one does not wait for a large one', async () => {
    const large = await fixture.accept(numbers(100), 10);
    const small = await fixture.accept(numbers(10, 500), 10);
    fixture.setClock(START_OF_TIME + 1);
    const order = [await claimed(), await claimed(), await claimed()].map(({ broadcastId }) => broadcastId);
    expect(order).toEqual([large, small, large]);
  });

  it('leaves out whoever opted out since the broadcast was accepted, and counts them', async () => {
    const [a = '', b = '', c = '', d = ''] = numbers(4);
    const id = await fixture.accept([a, b, c, d], 2);
    await fixture.optOut(b);
    expect((await claimed()).recipients).toEqual([a]);
    expect((await statusOf(id)).recipients).toMatchObject({ queued: 3, optedOut: 1 });
    await expectNobodyMissing(fixture.store, id);
  });

  it('leaves out whoever opted out between two tries of a batch', async () => {
    const [a = '', b = ''] = numbers(2);
    const id = await fixture.accept([a, b], 2);
    const first = await claimed();
    await fixture.store.settling.recordRefusedForNow(first, ERROR, { retryInMs: 0, countsAsTry: true });
    await fixture.optOut(a);
    const second = await claimed();
    expect(second).toMatchObject({ recipients: [b], attempt: 2 });
    await expectNobodyMissing(fixture.store, id);
  });

  it('settles a batch without a call in which nobody is left to text', async () => {
    const [a = '', b = '', c = ''] = numbers(3);
    const id = await fixture.accept([a, b, c], 2);
    await fixture.optOut(a);
    await fixture.optOut(b);
    expect(await fixture.store.claims.claimNextBatch(CLAIM)).toEqual({ kind: 'emptied' });
    expect((await claimed()).recipients).toEqual([c]);
    expect((await statusOf(id)).recipients).toMatchObject({ optedOut: 2, queued: 1 });
    await expectNobodyMissing(fixture.store, id);
  });

  it('leaves out at acceptance whoever had opted out before, in no batch at all', async () => {
    const [a = '', b = '', c = ''] = numbers(3);
    await fixture.optOut(b);
    const id = await fixture.accept([a, b, c], 2);
    expect(await statusOf(id)).toMatchObject({ accepted: 2, optedOutAtAcceptance: 1, batchesTotal: 1 });
    expect((await claimed()).recipients).toEqual([a, c]);
    await expectNobodyMissing(fixture.store, id);
  });

  it('is over at once for a broadcast to people who all opted out', async () => {
    await fixture.optOut(numbers(1)[0]!);
    const id = await fixture.accept(numbers(1), 2);
    expect(await statusOf(id)).toMatchObject({ status: 'completed', batchesTotal: 0 });
    expect(await claim()).toBeNull();
    await expectNobodyMissing(fixture.store, id);
  });

  it('waits for the time of the next try', async () => {
    await fixture.accept(numbers(2), 2);
    await fixture.store.settling.recordRefusedForNow(await claimed(), ERROR, { retryInMs: 5000, countsAsTry: true });
    fixture.setClock(START_OF_TIME + 4999);
    expect(await claim()).toBeNull();
    expect(await fixture.store.claims.nextAttemptInMs({ onlyAwaited: false })).toBe(1);
    fixture.setClock(START_OF_TIME + 5000);
    expect((await claimed()).attempt).toBe(2);
  });

  it('goes on when the clock was set back by hours', async () => {
    await fixture.accept(numbers(2), 2);
    fixture.setClock(START_OF_TIME - 10 * 3_600_000);
    expect((await claimed()).recipients).toHaveLength(2);
  });

  it('lets a writer whose claim is no longer the last one change nothing', async () => {
    const id = await fixture.accept(numbers(2), 2);
    const stale = await claimed('slow');
    await fixture.store.settling.recordRefusedForNow(stale, ERROR, { retryInMs: 0, countsAsTry: true });
    const current = await claimed('quick');
    const before = await statusOf(id);
    const { settling } = fixture.store;
    expect(await settling.recordAccepted(stale, ANSWER)).toBe(false);
    expect(await settling.recordRefusedForNow(stale, ERROR, { retryInMs: 0, countsAsTry: true })).toBe(false);
    expect(await settling.recordRefusedForGood(stale, ERROR, { pauseAt: 0 })).toBe(false);
    expect(await settling.recordRefusedWhileAwaited(stale, ERROR)).toBe(false);
    expect(await settling.recordUnknown(stale, ERROR)).toBe(false);
    expect(await statusOf(id)).toEqual(before);
    expect(await settling.recordAccepted(current, ANSWER)).toBe(true);
    expect(await settling.recordAccepted(current, ANSWER)).toBe(false);
    await expectNobodyMissing(fixture.store, id);
  });

  it('turns a batch whose lease ran out into an unconfirmed one, not into one to send again', async () => {
    const id = await fixture.accept(numbers(2), 2);
    await claimed();
    fixture.setClock(START_OF_TIME + 59_999);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(0);
    fixture.setClock(START_OF_TIME + 60_000);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(1);
    expect(await statusOf(id)).toMatchObject({ batches: { unconfirmed: 1 }, recipients: { unknown: 2 } });
    expect(await claim()).toBeNull();
    await expectNobodyMissing(fixture.store, id);
  });

  it('ends no lease that is longer than those of whoever looks: each has the length that its claim gave it', async () => {
    const id = await fixture.accept(numbers(2), 2);
    await claimNext(fixture.store, { owner: 'patient', leaseMs: 610_000 });
    for (const later of [0, 300_000, 609_999]) {
      fixture.setClock(START_OF_TIME + later);
      expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(0);
    }
    fixture.setClock(START_OF_TIME + 610_000);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(1);
    await expectNobodyMissing(fixture.store, id);
  });

  it.each([
    ['a short lease', 10_000],
    ['a long one', 610_000],
  ])('takes %s for lost that ends later than it can, once the clock was set back', async (_what, leaseMs) => {
    await fixture.accept(numbers(2), 2);
    await claimNext(fixture.store, { leaseMs });
    fixture.setClock(START_OF_TIME - 500);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(0);
    fixture.setClock(START_OF_TIME - 10 * 3_600_000);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(1);
  });

  it('ends leases that were taken before their length was kept', async () => {
    await fixture.accept(numbers(4), 2);
    await claimed();
    await fixture.db.updateTable('batches').set({ lease_ms: null }).execute();
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(0);
    fixture.setClock(START_OF_TIME - 10 * 3_600_000);
    expect(await fixture.store.leases.expire({ soleOwner: null })).toBe(1);
  });

  it('begins the times of a call anew with each claim', async () => {
    await fixture.accept(numbers(2), 2);
    await fixture.store.settling.recordRefusedForNow(await claimed(), ERROR, { retryInMs: 0, countsAsTry: true });
    await fixture.db.updateTable('batches').set({ called_at: 1, answered_at: 2, messages_taken: 3 }).execute();
    await claimed();
    expect(await fixture.db.selectFrom('batches').selectAll().execute()).toMatchObject([
      { lease_ms: 60_000, called_at: null, answered_at: null, messages_taken: null },
    ]);
  });

  it('takes an answer that comes after the lease ran out', async () => {
    const id = await fixture.accept(numbers(2), 2);
    const late = await claimed();
    fixture.setClock(START_OF_TIME + 60_000);
    await fixture.store.leases.expire({ soleOwner: null });
    expect(await fixture.store.settling.recordAccepted(late, ANSWER)).toBe(true);
    expect(await statusOf(id)).toMatchObject({ status: 'completed', recipients: { queued: 2, unknown: 0 } });
    await expectNobodyMissing(fixture.store, id);
  });

  it('counts the leases of all other processes as lost where there can only be one', async () => {
    const id = await fixture.accept(numbers(4), 2);
    await claimed('dead');
    await claimed('alive');
    expect(await fixture.store.leases.expire({ soleOwner: 'alive' })).toBe(1);
    expect((await statusOf(id)).batches).toMatchObject({ unconfirmed: 1, sending: 1 });
    await expectNobodyMissing(fixture.store, id);
  });

  it('hands out slots for calls at least the delay apart to all who ask at once', async () => {
    const waits = await Promise.all(Array.from({ length: 20 }, () => fixture.store.pacing.takeSlot(SLOT)));
    expect(waits.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index * 100));
    fixture.setClock(START_OF_TIME + 5000);
    expect(await fixture.store.pacing.takeSlot(SLOT)).toBe(0);
  });
});
