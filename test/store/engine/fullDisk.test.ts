import { sql } from 'kysely';
import { inTransaction, openDatabase, type Database } from '../../../src/store/engine/database';
import { isStorageUnavailable } from '../../../src/store/engine/storageErrors';
import { createTestDatabase, type TestDatabase } from '../../support/testDatabase';

describe('a full disk under SQLite', () => {
  let file: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    file = await createTestDatabase('sqlite');
    database = await openDatabase({ url: file.url });
  });
  afterAll(async () => {
    await database.close();
    await file.drop();
  });

  const addOptOut = (number: string) =>
    inTransaction(database.db, (tx) =>
      tx
        .insertInto('opt_outs')
        .values({ recipient_number: number, source: 'x' as 'api', opted_out_at: 0 })
        .execute(),
    );
  const growTo = (pages: number) => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(database.db);

  it('is told as such, so that the caller tries again, and what was there before is kept', async () => {
    await inTransaction(database.db, (tx) =>
      tx.insertInto('opt_outs').values({ recipient_number: 'before', source: 'api', opted_out_at: 0 }).execute(),
    );
    await growTo(1);
    const failure: unknown = await inTransaction(database.db, (tx) =>
      tx
        .insertInto('opt_outs')
        .values({ recipient_number: 'x'.repeat(1_000_000), source: 'api', opted_out_at: 0 })
        .execute(),
    ).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SQLITE_FULL' });
    expect(isStorageUnavailable(failure)).toBe(true);

    await growTo(1_000_000);
    const kept = await database.db.selectFrom('opt_outs').select('recipient_number').execute();
    expect(kept).toEqual([{ recipient_number: 'before' }]);
  });

  it('does not hide other errors either', async () => {
    await expect(addOptOut('+14155550101')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_CHECK' });
  });
});
