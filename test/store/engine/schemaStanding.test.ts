import type { Kysely } from 'kysely';
import { openDatabase, openDatabaseToRead } from '../../../src/store/engine/database';
import { schemaStanding } from '../../../src/store/engine/migrations';
import { createInboundTokenStore } from '../../../src/store/hearing/inboundTokenStore';
import { createTestDatabase, ENGINES, type TestDatabase } from '../../support/testDatabase';

describe.each(ENGINES)('a look at a database of %s that a service works on', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(engine);
  });
  afterAll(() => database.drop());

  async function look() {
    const open = openDatabaseToRead(database);
    try {
      const { applied, missing, foreign } = await schemaStanding(open.db as unknown as Kysely<never>, open.engine);
      return {
        isWhole: applied > 0 && missing === 0,
        missing,
        foreign,
        token: await createInboundTokenStore(open).made(),
      };
    } finally {
      await open.close();
    }
  }

  it('tells how its schema stands to this version, and the inbound token once it was made', async () => {
    const open = await openDatabase(database);
    expect(await look()).toEqual({ isWhole: true, missing: 0, foreign: [], token: null });
    const token = await createInboundTokenStore(open).current();
    expect((await look()).token).toBe(token);
    const steps = (open.db as unknown as Kysely<{ kysely_migration: { name: string; timestamp: string } }>).updateTable(
      'kysely_migration',
    );
    await steps.set({ name: '9999_tomorrow' }).where('name', 'like', '0025%').execute();
    expect(await look()).toMatchObject({ isWhole: false, missing: 1, foreign: ['9999_tomorrow'] });
    await open.close();
  });
});
