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
import { parseTextCaps } from '../../../src/domain/time/textCaps';
import type { Claim } from '../../../src/store/claiming/claimStore';

const ERROR = { code: 'test', status: 400, reason: 'A test.' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe.each(ENGINES)('a cap on the texts of a person, on %s', (engine) => {
  const [a = '', b = '', c = ''] = numbers(3);
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine, { plansAsWithMany: true });
  });
  afterEach(() => fixture.close());

  const claimUnder = (caps: string) => claimNext(fixture.store, { textCaps: parseTextCaps(caps)! });
  const claimedUnder = async (caps: string): Promise<Claim> => {
    const claim = await claimUnder(caps);
    if (claim === null) throw new Error('There was nothing to claim.');
    return claim;
  };
  /** Whom the claim of a broadcast to these people would text. */
  const textedUnder = async (caps: string, people: readonly string[]): Promise<readonly string[]> => {
    await fixture.accept(people, 10);
    return (await claimUnder(caps))?.recipients ?? [];
  };

  it('leaves out whoever got so many, says which cap it was, and counts again when the time is over', async () => {
    expect(await textedUnder('2/7d', [a])).toEqual([a]);
    fixture.setClock(START_OF_TIME + DAY_MS);
    expect(await textedUnder('2/7d', [a, b])).toEqual([a, b]);
    const id = await fixture.accept([a, b], 10);
    expect((await claimedUnder('2/7d')).recipients).toEqual([b]);
    const { broadcastKey } = (await fixture.store.broadcasts.find(id))!;
    const page = await fixture.store.recipients.page(broadcastKey, { status: 'cancelled', limit: 9, after: null });
    expect(page.items).toMatchObject([
      { number: a, errorCode: 'cap', errorReason: 'Got as many texts as MAX_TEXTS_PER_PERSON allows (2/7d).' },
    ]);
    await expectNobodyMissing(fixture.store, id);
    fixture.setClock(START_OF_TIME + 7 * DAY_MS);
    expect(await textedUnder('2/7d', [a, b])).toEqual([a]);
  });

  it('of several, each holds', async () => {
    const caps = '1/1h,2/1d';
    expect(await textedUnder(caps, [a])).toEqual([a]);
    fixture.setClock(START_OF_TIME + HOUR_MS - 1);
    expect(await textedUnder(caps, [a])).toEqual([]);
    fixture.setClock(START_OF_TIME + HOUR_MS);
    expect(await textedUnder(caps, [a])).toEqual([a]);
    fixture.setClock(START_OF_TIME + 3 * HOUR_MS);
    expect(await textedUnder(caps, [a, b])).toEqual([b]);
  });

  it('counts texts of which nobody knows, and those that wait for another try, but none that failed', async () => {
    await fixture.accept([a], 10);
    await fixture.store.settling.recordUnknown(await claimedUnder('1/1d'), ERROR);
    await fixture.accept([b], 10);
    await fixture.store.settling.recordRefusedForNow(await claimedUnder('1/1d'), ERROR, {
      retryInMs: HOUR_MS,
      countsAsTry: false,
    });
    await fixture.accept([c], 10);
    await fixture.store.settling.recordRefusedForGood(await claimedUnder('1/1d'), ERROR, { pauseAt: 0 });
    expect(await textedUnder('1/1d', [a, b, c])).toEqual([c]);
  });

  it('is asked again when a batch has another try: others may have used it up meanwhile', async () => {
    await fixture.accept([a, b], 10);
    await fixture.store.settling.recordRefusedForNow(await claimedUnder('1/1h'), ERROR, {
      retryInMs: 60_000,
      countsAsTry: false,
    });
    fixture.setClock(START_OF_TIME + 59_000);
    expect(await textedUnder('1/1h', [a])).toEqual([]);
    // For longer than anybody is kept waiting: its first claim no longer counts.
    const pausedId = (await fixture.store.broadcasts.list({ status: 'processing', limit: 1, after: null })).items[0]!
      .id;
    await fixture.store.control.pause(pausedId);
    fixture.setClock(START_OF_TIME + 2 * HOUR_MS);
    expect(await textedUnder('1/1h', [a])).toEqual([a]);
    await fixture.store.control.resume(pausedId);
    expect((await claimedUnder('1/1h')).recipients).toEqual([b]);
  });

  it('counts broadcasts that were made long before they went', async () => {
    const paused = await fixture.accept([a], 10);
    await fixture.store.control.pause(paused);
    fixture.setClock(START_OF_TIME + 40 * DAY_MS);
    await fixture.store.control.resume(paused);
    expect((await claimedUnder('1/1d')).recipients).toEqual([a]);
    expect(await textedUnder('1/1d', [a, b])).toEqual([b]);
  });

  it('holds where several are claimed at the same moment', async () => {
    const people = numbers(40);
    for (let round = 0; round < 12; round++)
      await fixture.accept([...people.slice(round * 3), ...people.slice(0, round * 3)], 40);
    const textCaps = parseTextCaps('3/1d')!;
    const texted = (await claimAllAtOnce(fixture.store, 12, { textCaps })).flatMap(({ recipients }) => recipients);
    const counts = people.map((person) => texted.filter((one) => one === person).length);
    expect(counts).toEqual(people.map(() => 3));
  });
});
