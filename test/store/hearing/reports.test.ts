import fc from 'fast-check';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { START_OF_TIME, claimNext, openStoreFixture, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { LocatedReport } from '../../../src/store/hearing/reportGroup';
import type { Claim } from '../../../src/store/claiming/claimStore';

const ERROR = { code: 'test', status: null, reason: 'A test.' };
const PEOPLE = numbers(6);

describe.each(ENGINES)('reports in the store on %s', (engine) => {
  let fixture: StoreFixture;
  let ids = 0;
  beforeAll(async () => {
    fixture = await openStoreFixture(engine);
  });
  beforeEach(() => fixture.setClock(START_OF_TIME));
  afterAll(() => fixture.close());

  const claimed = async (): Promise<Claim> => {
    const result = await claimNext(fixture.store);
    if (result === null) throw new Error('There was nothing to claim.');
    return result;
  };
  const reportOf = (claim: Claim, person: number, change: Partial<LocatedReport> = {}): LocatedReport => ({
    country: 'US',
    token: claim.callbackToken,
    recipient: claim.recipients[person]!,
    messageUuid: `${claim.broadcastId}/${claim.number}/${person}`,
    status: 'delivered',
    sequence: 2,
    errorCode: null,
    units: 1,
    cost: '0.0055',
    ...change,
  });
  const statusOf = async (id: string) => (await fixture.store.broadcasts.find(id))!;

  it('prove that a batch was taken whose outcome was unknown', async () => {
    const id = await fixture.accept(PEOPLE, 6);
    const claim = await claimed();
    await fixture.store.settling.recordUnknown(claim, ERROR);
    expect(await statusOf(id)).toMatchObject({ batches: { unconfirmed: 1 }, recipients: { unknown: 6 } });
    expect(await fixture.store.reports.applyReports([reportOf(claim, 3)])).toEqual(['applied']);
    expect(await statusOf(id)).toMatchObject({
      status: 'completed',
      batches: { unconfirmed: 0, sent: 1 },
      recipients: { unknown: 0, queued: 5, delivered: 1 },
    });
    await expectNobodyMissing(fixture.store, id);
  });

  it('of an earlier call, when the answer of a later one names other messages, tell of a second text', async () => {
    const id = await fixture.accept(PEOPLE, 6);
    const first = await claimed();
    await fixture.store.settling.recordRefusedForNow(first, ERROR, { retryInMs: 0, countsAsTry: true });
    const second = await claimed();
    expect(second).toMatchObject({ broadcastId: id, claimNumber: 2 });
    await fixture.store.reports.applyReports([reportOf(second, 3, { messageUuid: 'of the first call' })]);
    const messageUuids = PEOPLE.map((_, index) => `of the second call/${index}`);
    await fixture.store.settling.recordAccepted(second, { apiId: 'a', message: 'm', messageUuids, invalidNumbers: [] });
    const broadcast = await statusOf(id);
    expect(broadcast).toMatchObject({ textedTwice: 1, recipients: { delivered: 1, queued: 5 } });
    const { items } = await fixture.store.recipients.page(broadcast.broadcastKey, {
      status: null,
      limit: 10,
      after: null,
    });
    expect(items.filter(({ secondMessageUuid }) => secondMessageUuid === 'of the first call')).toHaveLength(1);
    await expectNobodyMissing(fixture.store, id);
  });

  it('that came before prove it at the moment the answer is given up', async () => {
    const id = await fixture.accept(PEOPLE, 6);
    const claim = await claimed();
    await fixture.store.reports.applyReports([reportOf(claim, 0)]);
    expect((await statusOf(id)).batches.sending).toBe(1);
    await fixture.store.settling.recordUnknown(claim, ERROR);
    expect(await statusOf(id)).toMatchObject({ batches: { sent: 1 }, recipients: { queued: 5, delivered: 1 } });
    await expectNobodyMissing(fixture.store, id);
  });

  // Each looked before the other had written, and the batch waited a minute for Plivo's list although its report was there.
  it('that come at the moment the answer is given up prove it, whichever is written first', async () => {
    for (let round = 0; round < 40; round++) {
      const id = await fixture.accept(PEOPLE, 6);
      const claim = await claimed();
      const { reports, settling } = fixture.store;
      await Promise.all([
        reports.applyReports([reportOf(claim, 0)]),
        round % 2 === 0
          ? settling.recordUnknown(claim, ERROR)
          : settling.recordRefusedForNow(claim, ERROR, { retryInMs: 0, countsAsTry: true }),
      ]);
      expect(await statusOf(id)).toMatchObject({ batches: { sent: 1 }, recipients: { queued: 5, delivered: 1 } });
      await expectNobodyMissing(fixture.store, id);
    }
  });

  it('prove even a batch that counted as failed', async () => {
    const id = await fixture.accept(PEOPLE, 6);
    const claim = await claimed();
    await fixture.store.settling.recordRefusedForGood(claim, ERROR, { pauseAt: 0 });
    expect(await statusOf(id)).toMatchObject({ status: 'failed', recipients: { failed: 6 } });
    await fixture.store.reports.applyReports([reportOf(claim, 0)]);
    expect(await statusOf(id)).toMatchObject({
      status: 'completed',
      recipients: { failed: 0, queued: 5, delivered: 1 },
    });
    await expectNobodyMissing(fixture.store, id);
  });

  it('name what became of each, in their order, and spoil nothing for each other', async () => {
    const id = await fixture.accept(PEOPLE, 6);
    const claim = await claimed();
    const results = await fixture.store.reports.applyReports([
      reportOf(claim, 0, { status: 'sent', sequence: 1 }),
      reportOf(claim, 0),
      reportOf(claim, 0),
      reportOf(claim, 1, { token: 'nobodys' }),
      reportOf(claim, 1, { recipient: '+14155559999', messageUuid: 'of nobody' }),
      reportOf(claim, 2, { messageUuid: reportOf(claim, 0).messageUuid }),
      reportOf(claim, 1, { status: 'failed', errorCode: '50' }),
    ]);
    expect(results).toEqual([
      'applied',
      'applied',
      'ignored',
      'unknown_token',
      'unknown_recipient',
      'ignored',
      'applied',
    ]);
    expect((await statusOf(id)).recipients).toMatchObject({ delivered: 1, failed: 1, queued: 4 });
    await expectNobodyMissing(fixture.store, id);
  });

  it('leave counters that equal the rows after any sequence of events', async () => {
    const person = fc.integer({ min: 0, max: 1 });
    const event = fc.oneof(
      fc
        .constantFrom('claim', 'accept', 'refuseForNow', 'refuseForGood', 'lose', 'expire')
        .map((kind) => ({ kind, person: 0 })),
      fc.record({ kind: fc.constantFrom('sent', 'delivered', 'undelivered', 'failed', 'queued'), person }),
      fc.constantFrom('pause', 'resume', 'cancel', 'optOut').map((kind) => ({ kind, person: 0 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 15 }), async (events) => {
        const people = numbers(4, 100 + 4 * ids++);
        const id = await fixture.accept(people, 2);
        const claims: Claim[] = [];
        for (const { kind, person: at } of events) await play(kind, at, id, people, claims);
        await expectNobodyMissing(fixture.store, id);
        // Nothing of it is left for the next run to claim.
        await fixture.store.control.cancel(id);
        await expectNobodyMissing(fixture.store, id);
      }),
      { numRuns: engine === 'sqlite' ? 80 : 30 },
    );
  });

  async function play(kind: string, person: number, id: string, people: string[], claims: Claim[]): Promise<void> {
    const { settling, control, reports } = fixture.store;
    const last = claims.at(-1);
    if (kind === 'claim') {
      const claim = await claimNext(fixture.store);
      if (claim !== null && claim.broadcastId === id) claims.push(claim);
    } else if (kind === 'optOut') {
      await fixture.optOut(people[ids % 4]!).catch(() => undefined);
    } else if (kind === 'pause' || kind === 'resume' || kind === 'cancel') {
      await control[kind](id);
    } else if (kind === 'expire') {
      await fixture.store.leases.expire({ soleOwner: 'nobody' });
    } else if (last !== undefined) {
      const uuids = [`${id}/${last.number}/0`, `${id}/${last.number}/1`].slice(0, last.recipients.length);
      const answer = { apiId: 'x', message: 'y', messageUuids: uuids, invalidNumbers: people.slice(0, 1) };
      if (kind === 'accept') await settling.recordAccepted(last, answer);
      else if (kind === 'lose') await settling.recordUnknown(last, ERROR);
      else if (kind === 'refuseForGood') await settling.recordRefusedForGood(last, ERROR, { pauseAt: 1 });
      else if (kind === 'refuseForNow')
        await settling.recordRefusedForNow(last, ERROR, { retryInMs: 0, countsAsTry: true });
      else {
        const status = kind as LocatedReport['status'];
        const sequence = status === 'queued' ? 0 : status === 'sent' ? 1 : 2;
        await reports.applyReports([reportOf(last, person % last.recipients.length, { status, sequence })]);
      }
    }
  }
});
