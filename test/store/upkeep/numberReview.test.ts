import { sql } from 'kysely';
import { createNumberReading } from '../../../src/domain/numbers/phoneNumber';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';
import { openDatabase } from '../../../src/store/engine/database';
import { openStore, storeOn, type Store } from '../../../src/store/store';
import { expectNobodyMissing } from '../../support/invariants';
import { CLAIM, claimNext, newBroadcast } from '../../support/storeFixture';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';

const phones = createNumberReading(loadNumberingPlan());
const OLD = '+5215512345679';
const NOW = '+525512345679';
const BY = { source: 'api', note: null, importId: null } as const;

/** Databases that an older version wrote, for which every spelling was a phone of its own. */
describe.each(ENGINES)('a database in which one phone has two spellings, on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createTestDatabase(engine);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const writtenBefore = async (work: (store: Store) => Promise<void>) => {
    const old = await openDatabase({ url: database.url });
    await work(storeOn(old));
    await old.close();
  };
  const upgrade = async () => {
    store = await openStore({ url: database.url, phones });
  };
  const texted = async () => {
    const all: string[] = [];
    for (let next = await store.claims.claimNextBatch(CLAIM); next !== null;) {
      if (next.kind === 'claimed') {
        all.push(...next.claim.recipients);
        const answer = { apiId: 'api', message: '', messageUuids: [], invalidNumbers: [] };
        await store.settling.recordAccepted(next.claim, answer);
      }
      next = await store.claims.claimNextBatch(CLAIM);
    }
    return all;
  };
  const accept = (old: Store, people: readonly string[], size: number) =>
    old.accepting.accept(newBroadcast('00000000-0000-4000-8000-000000000001', people, size));

  it('has one entry on the opt-out list after the upgrade, with the history of both', async () => {
    await writtenBefore(async (old) => {
      await old.optOuts.add(NOW, { ...BY, source: 'import' });
      await old.optOuts.add(OLD, { ...BY, source: 'keyword' });
      await old.optOuts.add('+14155550101', BY);
    });
    await upgrade();
    const list = await store.optOuts.list({ limit: 10, after: null });
    expect(list.items.map(({ number }) => number).sort()).toEqual(['+14155550101', NOW]);
    expect(await store.optOuts.find(NOW)).toMatchObject({ source: 'keyword' });
    expect((await store.optOuts.historyOf(NOW)).map(({ source }) => source)).toEqual(['import', 'keyword']);
    expect(await store.optOuts.find(OLD)).toBeNull();
  });

  it('lets a STOP count that was said in either spelling, whatever was said in the other', async () => {
    await writtenBefore(async (old) => {
      await old.optOuts.add(OLD, BY);
      await old.optOuts.add(NOW, BY);
      await old.optOuts.remove(NOW, BY);
      await accept(old, ['+14155550101'], 1);
    });
    await upgrade();
    expect(await store.accepting.optedOutAmong([NOW])).toEqual(new Set([NOW]));
  });

  it('texts neither spelling of somebody who said STOP from the other, though their batch waits since before', async () => {
    await writtenBefore(async (old) => {
      await accept(old, [OLD, '+14155550101', '+541123456789'], 2);
      await old.optOuts.add(NOW, BY);
      await old.optOuts.add('+5491123456789', BY);
    });
    await upgrade();
    expect(await texted()).toEqual(['+14155550101']);
    await expectNobodyMissing(store, '00000000-0000-4000-8000-000000000001');
  });

  it.each([1, 2, 5])('texts a phone once that stands twice in a broadcast, in batches of %d', async (size) => {
    await writtenBefore(async (old) => {
      await accept(old, [OLD, '+14155550101', NOW, '+610491570156', '+61491570156'], size);
    });
    await upgrade();
    expect(await texted()).toEqual([OLD, '+14155550101', '+610491570156']);
    await expectNobodyMissing(store, '00000000-0000-4000-8000-000000000001');
  });

  it('leaves the second spelling out for good, whatever becomes of its batch', async () => {
    await writtenBefore(async (old) => {
      await accept(old, [OLD, NOW, '+14155550101'], 5);
    });
    await upgrade();
    const lost = await claimNext(store);
    await store.settling.recordUnknown(lost!, { code: 'timeout', status: null, reason: 'No answer.' });
    const report = { recipient: OLD, messageUuid: 'uuid', status: 'delivered', country: 'MX' } as const;
    const rest = { sequence: 1, errorCode: null, units: 1, cost: null, token: lost!.callbackToken };
    expect(await store.reports.applyReports([{ ...report, ...rest }])).toEqual(['applied']);
    const broadcast = await store.broadcasts.find('00000000-0000-4000-8000-000000000001');
    expect(broadcast?.recipients).toMatchObject({ delivered: 1, queued: 1, cancelled: 1 });
    await expectNobodyMissing(store, '00000000-0000-4000-8000-000000000001');
  });

  it('texts nobody a second time whose other spelling was texted before the upgrade', async () => {
    await writtenBefore(async (old) => {
      await accept(old, [OLD, NOW, '+14155550101'], 1);
      const claim = await claimNext(old);
      await old.settling.recordAccepted(claim!, { apiId: 'a', message: '', messageUuids: [], invalidNumbers: [] });
    });
    await upgrade();
    expect(await texted()).toEqual(['+14155550101']);
    await expectNobodyMissing(store, '00000000-0000-4000-8000-000000000001');
  });

  it('shows one history of the phone: texts that waited, and texts that went', async () => {
    await writtenBefore(async (old) => {
      await accept(old, [OLD], 1);
    });
    await upgrade();
    const history = async () => (await store.people.participations(NOW, { limit: 10, after: null })).items;
    expect(await history()).toHaveLength(1);
    await texted();
    expect(await history()).toMatchObject([{ status: 'queued', batch: 1 }]);
  });

  it('is looked through once, in steps, and goes on where it was interrupted', async () => {
    const odd = Array.from({ length: 12_000 }, (_, index) => `+521551${String(index).padStart(7, '0')}`);
    const canonicalOf = (number: string) => phones.canonicalOf(number);
    await writtenBefore(async (old) => {
      await accept(old, odd, 1000);
      for (let claim = await claimNext(old); claim !== null; claim = await claimNext(old)) continue;
    });
    let lookedAt = 0;
    const dying = { ...phones, canonicalOf: (number: string) => (++lookedAt > 7000 ? fail() : canonicalOf(number)) };
    const fail = () => {
      throw new Error('The process ends here.');
    };
    await expect(openStore({ url: database.url, phones: dying })).rejects.toThrow('ends here');
    await upgrade();
    await store.close();
    const after = await openDatabase({ url: database.url });
    const found = await sql<{ number: string; canonical: string }>`
      select recipient_number as number, canonical_number as canonical from broadcast_recipients`.execute(after.db);
    await after.close();
    expect(found.rows).toHaveLength(odd.length);
    expect(found.rows.filter(({ number, canonical }) => canonical !== canonicalOf(number))).toEqual([]);
    await upgrade();
  });
});
