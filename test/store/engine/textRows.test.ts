import { sql } from 'kysely';
import { ENGINES } from '../../support/testDatabase';
import { openStoreFixture, type StoreFixture } from '../../support/storeFixture';
import { postgresEngine, sqliteEngine } from '../../../src/store/engine/engine';

const COLUMNS = { number: 'integer', at: 'bigint', name: 'text', text: 'text' } as const;

describe.each(ENGINES)('many texts as rows, on %s', (kind) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(kind);
  });
  afterEach(() => fixture.close());

  const engine = kind === 'sqlite' ? sqliteEngine(() => 0) : postgresEngine(() => 0);

  it('come out as they went in, however long heads are and whatever texts hold', async () => {
    const rows = [
      { head: [1, 1_800_000_000_000, 'a'], text: 'Hi Ann' },
      { head: [1_234_567, 0, '["+14155550101","+14155550102"]'], text: ' blanks stay ' },
      { head: [3, 9_007_199_254_740_991, ''], text: 'ä 🎉 \\ " \' \n {,}' },
      { head: [40_000_000, 12_345_678, 'x'.repeat(5000)], text: '' },
      { head: [5, 5, 'NULL'], text: null },
    ];
    const found = await sql`
      select number, at, name, text from ${engine.textRows(rows, COLUMNS)} as r`.execute(fixture.db);
    expect(found.rows).toEqual(rows.map(({ head: [number, at, name], text }) => ({ number, at, name, text })));
  });
});
