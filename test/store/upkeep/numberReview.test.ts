import { createNumberReading } from '../../../src/domain/numbers/phoneNumber';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';
import { openDatabase, openDatabaseToRead, type Database } from '../../../src/store/engine/database';
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

  it('shows one history of somebody who was left out when the broadcast came in', async () => {
    await writtenBefore(async (old) => {
      const broadcast = newBroadcast('00000000-0000-4000-8000-000000000001', ['+14155550101'], 1);
      await old.accepting.accept({ ...broadcast, optedOut: [OLD], submitted: 2 });
    });
    await upgrade();
    const history = await store.people.participations(NOW, { limit: 10, after: null });
    expect(history.items).toMatchObject([{ status: 'optedOut' }]);
  });

  it('keeps of three spellings the strongest word and the earliest time', async () => {
    await writtenBefore(async (old) => {
      await old.optOuts.add('+5215512345678', { ...BY, source: 'keyword' });
      await old.optOuts.add('+52015512345678', { ...BY, source: 'api' });
      await old.optOuts.add('+520445512345678', { ...BY, source: 'import' });
    });
    await upgrade();
    const list = await store.optOuts.list({ limit: 10, after: null });
    expect(list.items.find(({ number }) => number === '+525512345678')).toMatchObject({ source: 'keyword' });
    expect(await store.optOuts.historyOf('+525512345678')).toHaveLength(3);
  });

  describe('that holds many', () => {
    const odd = Array.from({ length: 12_000 }, (_, index) => `+521551${String(index).padStart(7, '0')}`);
    const canonicalOf = (number: string): string => phones.canonicalOf(number);
    beforeEach(async () => {
      await writtenBefore(async (old) => {
        await accept(old, odd, 1000);
        for (let claim = await claimNext(old); claim !== null; claim = await claimNext(old)) continue;
        await old.optOuts.import('import', odd.slice(0, 2000));
      });
    });

    const afterwards = async <T>(look: (db: Database['db']) => Promise<T>): Promise<T> => {
      const after = openDatabaseToRead({ url: database.url });
      const found = await look(after.db);
      await after.close();
      return found;
    };
    const expectAllBroughtIn = async () => {
      const rows = await afterwards(async (db) => ({
        people: await db.selectFrom('broadcast_recipients').select(['recipient_number', 'canonical_number']).execute(),
        optOuts: await db.selectFrom('opt_outs').select('recipient_number').execute(),
        events: await db.selectFrom('opt_out_events').select('recipient_number').execute(),
        reviews: await db.selectFrom('number_reviews').select('done_at').execute(),
      }));
      const listed = odd.slice(0, 2000).map(canonicalOf);
      expect(rows.people.map((row) => row.canonical_number).sort()).toEqual(odd.map(canonicalOf).sort());
      expect(rows.people.map((row) => row.recipient_number).sort()).toEqual([...odd].sort());
      expect(rows.optOuts.map((row) => row.recipient_number).sort()).toEqual([...listed].sort());
      expect(rows.events.map((row) => row.recipient_number).sort()).toEqual([...listed].sort());
      expect(rows.reviews.map((row) => row.done_at === null)).toEqual([false, false, false, false]);
    };

    it('says which tables have to change, once each, and nothing once that is done', async () => {
      const tables: string[] = [];
      const onNumbersReview = (table: string) => tables.push(table);
      store = await openStore({ url: database.url, phones, onNumbersReview });
      expect(tables).toEqual(['opt_outs', 'opt_out_events', 'broadcast_recipients']);
      await store.close();
      store = await openStore({ url: database.url, phones, onNumbersReview });
      expect(tables).toHaveLength(3);
    });

    it('is looked through once, and goes on where it was interrupted', async () => {
      let steps = 0;
      const dieOnTheWay = () => {
        if (++steps > 20) throw new Error('The process ends here.');
        return Promise.resolve();
      };
      await expect(openStore({ url: database.url, phones, nextTurn: dieOnTheWay })).rejects.toThrow('ends here');
      let lookedAt = 0;
      const counting = { ...phones, canonicalOf: (number: string) => (lookedAt++, canonicalOf(number)) };
      store = await openStore({ url: database.url, phones: counting });
      expect(lookedAt).toBeLessThan(16_000);
      await expectAllBroughtIn();
      await store.close();
      lookedAt = 0;
      store = await openStore({ url: database.url, phones: counting });
      expect(lookedAt).toBe(0);
    });

    it('changes some few hundred rows a step, by some few statements, between which others get their turn', async () => {
      const found: number[] = [0];
      const statements: number[] = [0];
      let executed = 0;
      const look = async () => {
        const { people } = await afterwards((db) =>
          db
            .selectFrom('broadcast_recipients')
            .select(({ fn }) => fn.count<number | bigint>('canonical_number').as('people'))
            .executeTakeFirstOrThrow(),
        );
        found.push(Number(people));
        statements.push(executed);
      };
      store = await openStore({ url: database.url, phones, nextTurn: look, onStatement: () => executed++ });
      expect(Math.max(...stepsBetween(found))).toBeLessThanOrEqual(500);
      expect(Math.max(...stepsBetween(statements).slice(1))).toBeLessThanOrEqual(8);
      await expectAllBroughtIn();
    });

    if (engine === 'postgres')
      it('is looked through by all instances that start together, and is right though each leaves some to the others', async () => {
        const others = await Promise.all([1, 2].map(() => openStore({ url: database.url, phones })));
        await upgrade();
        await expectAllBroughtIn();
        for (const other of others) await other.close();
      });
  });

  if (engine === 'postgres')
    it('leaves off the list whoever is taken off it by another instance while it is looked through', async () => {
      await writtenBefore(async (old) => {
        for (let index = 0; index < 600; index++) await old.optOuts.add(`+52155123${10000 + index}`, BY);
      });
      const other = await openDatabase({ url: database.url });
      let hasLeft = false;
      const leave = async () => {
        if (!hasLeft) await storeOn(other).optOuts.remove('+5215512310599', BY);
        hasLeft = true;
      };
      store = await openStore({ url: database.url, phones, nextTurn: leave });
      await other.close();
      expect(await store.optOuts.find('+525512310599')).toBeNull();
      expect((await store.optOuts.historyOf('+525512310599')).map(({ event }) => event)).toEqual([
        'opted_out',
        'opted_in',
      ]);
    });
});

const stepsBetween = (values: readonly number[]): number[] =>
  values.slice(1).map((value, index) => value - (values[index] ?? 0));
