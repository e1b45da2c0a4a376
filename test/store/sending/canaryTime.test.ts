import { numbers } from '../../support/client';
import { ENGINES } from '../../support/testDatabase';
import { claimNext, openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';

const WAIT_MS = 600_000;
const error = { code: 'timeout', status: null, reason: 'no answer' };

describe.each(ENGINES)('the time of a canary on %s', (engine) => {
  let fixture: StoreFixture;
  let id: string;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
    const picked = { recipients: 2, batches: 1 };
    id = await fixture.accept(numbers(6), 2, {
      canary: { recipients: 2, waitSeconds: WAIT_MS / 1000, maxFailureRate: 0.1, picked },
    });
  });
  afterEach(() => fixture.close());

  const row = () =>
    fixture.db
      .selectFrom('broadcasts')
      .select(['canary_state as state', 'canary_until as until'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const answer = { apiId: 'a', message: 'queued', messageUuids: ['u1', 'u2'], invalidNumbers: [] };
  const at = (seconds: number) => fixture.setClock(START_OF_TIME + seconds * 1000);
  const hasCanaries = async () => (await fixture.store.schedule.outlook()).hasCanaries;
  const lost = async () => {
    await fixture.store.settling.recordUnknown((await claimNext(fixture.store))!, error);
    await fixture.store.canaries.judgeDue();
    expect(await row()).toEqual({ state: 'waiting', until: START_OF_TIME + WAIT_MS });
  };
  const goesAnew = async () => {
    await fixture.store.control.resolveBatch(id, 1, 'resend');
    return (await claimNext(fixture.store))!;
  };

  it('begins again with a batch that goes anew, from its call on', async () => {
    await lost();
    at(200);
    const claim = await goesAnew();
    expect(await row()).toEqual({ state: 'sending', until: null });
    await fixture.store.settling.recordAccepted(claim, answer);
    at(700);
    expect(await fixture.store.canaries.judgeDue()).toEqual([]);
    expect(await row()).toEqual({ state: 'waiting', until: START_OF_TIME + 200_000 + WAIT_MS });
    at(799);
    expect(await fixture.store.canaries.judgeDue()).toEqual([]);
    at(800);
    expect(await fixture.store.canaries.judgeDue()).toHaveLength(1);
  });

  it('is up by then also where nobody looked before', async () => {
    await lost();
    at(200);
    await fixture.store.settling.recordAccepted(await goesAnew(), answer);
    at(2000);
    expect(await fixture.store.canaries.judgeDue()).toEqual([]);
    expect((await fixture.store.canaries.judgeDue()).map(({ people }) => people)).toEqual([2]);
    expect((await row()).until).toBe(START_OF_TIME + 200_000 + WAIT_MS);
  });

  it('is nothing to look at where the broadcast was cancelled or is paused', async () => {
    expect(await hasCanaries()).toBe(true);
    await fixture.store.control.pause(id);
    expect(await hasCanaries()).toBe(false);
    await fixture.store.control.resume(id);
    expect(await hasCanaries()).toBe(true);
    await fixture.store.control.cancel(id);
    expect(await hasCanaries()).toBe(false);
  });
});
