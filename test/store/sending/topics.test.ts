import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import {
  claimAllAtOnce,
  claimNext,
  openStoreFixture,
  START_OF_TIME,
  type StoreFixture,
} from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { Claim } from '../../../src/store/claiming/claimStore';

const ERROR = { code: 'test', status: 400, reason: 'A test.' };
const DAY_MS = 86_400_000;
const answerTo = ({ recipients }: Claim) => ({
  apiId: 'api',
  message: 'message(s) queued',
  messageUuids: recipients.map((number) => `uuid of ${number}`),
  invalidNumbers: [],
});

describe.each(ENGINES)('a topic, on %s', (engine) => {
  const [a = '', b = '', c = ''] = numbers(3);
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine, { plansAsWithMany: true });
  });
  afterEach(() => fixture.close());

  const accept = (people: readonly string[], topic: string | null = 'spring sale', batchSize = 10) =>
    fixture.accept(people, batchSize, { topic });
  const claimed = async (): Promise<Claim> => {
    const claim = await claimNext(fixture.store);
    if (claim === null) throw new Error('There was nothing to claim.');
    return claim;
  };
  /** Accepts and claims; whom it would text. */
  const textedBy = async (people: readonly string[], topic?: string | null): Promise<readonly string[]> => {
    await accept(people, topic);
    return (await claimNext(fixture.store))?.recipients ?? [];
  };
  const rowsOf = async (id: string) => {
    const broadcast = await fixture.store.broadcasts.find(id);
    const page = await fixture.store.recipients.page(broadcast!.broadcastKey, {
      status: null,
      limit: 100,
      after: null,
    });
    return page.items;
  };
  const report = async (
    { callbackToken }: Claim,
    recipient: string,
    status: 'delivered' | 'undelivered' | 'failed',
  ) => {
    const [result] = await fixture.store.reports.applyReports([
      {
        token: callbackToken,
        recipient,
        messageUuid: `uuid of ${recipient}`,
        status,
        sequence: 1,
        errorCode: null,
        units: 1,
        cost: '0.01',
        country: 'US',
      },
    ]);
    expect(result).toBe('applied');
  };

  it('leaves out whoever another broadcast has a text of the same topic for, and says so', async () => {
    await accept([a, b]);
    expect((await claimed()).recipients).toEqual([a, b]);
    const id = await accept([b, c]);
    expect((await claimed()).recipients).toEqual([c]);
    const left = (await rowsOf(id)).find(({ number }) => number === b)!;
    expect(left).toMatchObject({ status: 'cancelled', errorCode: 'topic' });
    expect(left.errorReason).toMatch(/same topic/);
    await expectNobodyMissing(fixture.store, id);
  });

  it('concerns no other topic, and no broadcast without one', async () => {
    expect(await textedBy([a])).toEqual([a]);
    expect(await textedBy([a], 'autumn sale')).toEqual([a]);
    expect(await textedBy([a], null)).toEqual([a]);
    expect(await textedBy([a])).toEqual([]);
  });

  it('frees those whose batch Plivo refused for good, and whose text it failed or could not deliver', async () => {
    await accept([a]);
    await fixture.store.settling.recordRefusedForGood(await claimed(), ERROR, { pauseAt: 0 });
    expect(await textedBy([a])).toEqual([a]);

    await accept([b, c]);
    const claim = await claimed();
    await fixture.store.settling.recordAccepted(claim, answerTo(claim));
    expect(await textedBy([b, c])).toEqual([]);
    await report(claim, b, 'undelivered');
    await report(claim, c, 'delivered');
    expect(await textedBy([b, c])).toEqual([b]);
  });

  it('frees nobody whose text is unknown', async () => {
    await accept([a]);
    await fixture.store.settling.recordUnknown(await claimed(), ERROR);
    expect(await textedBy([a])).toEqual([]);
  });

  it('takes no place for those who are left out as they opted out', async () => {
    await accept([a, b]);
    await fixture.optOut(b);
    expect((await claimed()).recipients).toEqual([a]);
    await fixture.store.optOuts.remove(b, { source: 'api', note: null, importId: null });
    expect(await textedBy([a, b])).toEqual([b]);
  });

  it('keeps its people for a batch that goes back to the queue, however often', async () => {
    await accept([a, b]);
    await fixture.store.settling.recordRefusedForNow(await claimed(), ERROR, { retryInMs: 0, countsAsTry: false });
    fixture.setClock(START_OF_TIME + 1);
    const again = await claimed();
    expect(again.recipients).toEqual([a, b]);
    await fixture.store.settling.recordNotMade(again);
    const id = await accept([a, c]);
    const claims = [await claimed(), await claimed()];
    expect(claims.find(({ broadcastId }) => broadcastId === id)!.recipients).toEqual([c]);
    expect(claims.find(({ broadcastId }) => broadcastId !== id)!.recipients).toEqual([a, b]);
  });

  it('is not got back by a batch that is sent again once others have their text', async () => {
    const first = await accept([a, b]);
    await fixture.store.settling.recordRefusedForGood(await claimed(), ERROR, { pauseAt: 0 });
    expect(await textedBy([a])).toEqual([a]);
    await fixture.store.control.resendFailed(first);
    expect((await claimed()).recipients).toEqual([b]);
    await expectNobodyMissing(fixture.store, first);
  });

  it('is given up with a broadcast that is cancelled', async () => {
    const id = await accept([a]);
    await fixture.store.settling.recordNotMade(await claimed());
    await fixture.store.control.cancel(id);
    expect(await textedBy([a])).toEqual([a]);
  });

  it('outlives the broadcast, for those who have their text alone, and without their numbers', async () => {
    await accept([a, b, c]);
    const claim = await claimed();
    await fixture.store.settling.recordAccepted(claim, answerTo(claim));
    await report(claim, a, 'delivered');
    await report(claim, b, 'failed');
    fixture.setClock(START_OF_TIME + 2 * DAY_MS);
    while (await fixture.store.retention.removeSome(DAY_MS));
    expect(await fixture.store.broadcasts.find(claim.broadcastId)).toBeNull();
    const kept = JSON.stringify(await fixture.db.selectFrom('topic_texts').selectAll().execute());
    for (const number of [a, b, c]) expect(kept).not.toContain(number.slice(1));
    expect(kept).not.toContain('spring');
    expect(await textedBy([a, b, c])).toEqual([b]);
  });

  it.each([
    ['nobody has', false],
    ['is free again', true],
  ])(
    'that %s has one text for a person, however many broadcasts are claimed at the same moment',
    async (_, isFreed) => {
      const people = numbers(60);
      if (isFreed) {
        await accept(people, 'opening', 60);
        await fixture.store.settling.recordRefusedForGood(await claimed(), ERROR, { pauseAt: 0 });
      }
      for (let round = 0; round < 10; round++)
        await accept([...people.slice(round * 5), ...people.slice(0, round * 5)], 'opening', 60);
      const texted = (await claimAllAtOnce(fixture.store, 12)).flatMap(({ recipients }) => recipients);
      expect(texted.sort()).toEqual(people);
    },
  );
});
