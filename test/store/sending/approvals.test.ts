import { sql } from 'kysely';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { claimNext, openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';

const DAY_MS = 86_400_000;
const AUTHOR = { id: 'key:author', name: 'author', dailyRecipients: null };
const SECOND = { id: 'key:second', name: 'second' };
const CANARY = { recipients: 2, waitSeconds: 60, maxFailureRate: 0.1, picked: { recipients: 2, batches: 1 } };

describe.each(ENGINES)('what waits for approval on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  const approval = { digest: 'right', withinMs: DAY_MS };
  const accept = (change: object = {}) => fixture.accept(numbers(10), 2, { by: AUTHOR, approval, ...change });
  const find = async (id: string) => (await fixture.store.broadcasts.find(id))!;

  it.each([
    ['is to go at once', {}],
    ['has a time that has come', { scheduledAt: START_OF_TIME + 1000 }],
    ['has a canary', { canary: CANARY }],
    ['waits for its caller', { waitMs: 10_000 }],
  ])('is claimed by nobody, whatever wakes up, where it %s', async (_what, change) => {
    const id = await accept(change);
    fixture.setClock(START_OF_TIME + DAY_MS - 1);
    const { schedule, canaries, control, approvals, accepting } = fixture.store;
    await schedule.releaseDue();
    await canaries.judgeDue();
    await control.finishCancelling();
    await accepting.removeAbandoned({ isOnlyProcess: true });
    expect(await approvals.expireDue()).toEqual([]);
    for (const event of ['pause', 'resume'] as const) expect((await control[event](id)).kind).toBe('forbidden');
    expect(await claimNext(fixture.store)).toBeNull();
    expect(await find(id)).toMatchObject({ status: 'awaiting_approval', batches: { pending: 5 } });
    await expectNobodyMissing(fixture.store, id);
    expect((await approvals.approve(id, 'right', SECOND)).kind).toBe('done');
    expect((await claimNext(fixture.store))?.broadcastId).toBe(id);
  });

  it('is decided by one of many who decide at the same moment', async () => {
    const id = await accept();
    const { approvals } = fixture.store;
    const decide = (at: number) =>
      at % 2 === 0 ? approvals.approve(id, 'right', SECOND) : approvals.reject(id, 'No.', SECOND);
    const kinds = (await Promise.all(Array.from({ length: 10 }, (_, at) => decide(at)))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'done')).toHaveLength(1);
    await expectNobodyMissing(fixture.store, id);
  });

  it('ends after a day, at the latest moment that somebody can still decide', async () => {
    const id = await accept();
    const { approvals, control } = fixture.store;
    fixture.setClock(START_OF_TIME + DAY_MS);
    expect((await approvals.approve(id, 'right', SECOND)).kind).toBe('forbidden');
    expect(await approvals.expireDue()).toEqual([id]);
    expect(await approvals.expireDue()).toEqual([]);
    // As the lease watch does, of whichever process.
    await control.finishCancelling();
    expect(await find(id)).toMatchObject({
      status: 'cancelled',
      batches: { cancelled: 5 },
      recipients: { cancelled: 10 },
    });
    await expectNobodyMissing(fixture.store, id);
  });

  it('is over at once where there is nobody to text', async () => {
    const id = await fixture.accept([], 2, { by: AUTHOR, approval });
    expect(await find(id)).toMatchObject({ status: 'completed', approval: null });
  });

  it('has a status that the database knows, as it knows that others are none', async () => {
    await accept();
    const wrong = sql`update broadcasts set status = 'approved'`.execute(fixture.db);
    await expect(wrong).rejects.toThrow(/check/i);
  });
});
