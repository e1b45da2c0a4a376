import { createTestDatabase, type TestDatabase } from '../../support/testDatabase';
import { DatabaseInUseError } from '../../../src/store/engine/database';
import { openStore } from '../../../src/store/store';

describe('an SQLite file', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase('sqlite');
  });
  afterEach(() => database.drop());

  it('is refused to whoever comes second, with what to do instead', async () => {
    const first = await openStore({ url: database.url });
    const second = openStore({ url: database.url });
    await expect(second).rejects.toThrow(DatabaseInUseError);
    await expect(second).rejects.toThrow(/stop the other one.*PostgreSQL/);
    await first.close();
  });

  it('is free again once it was closed, with all that is in it', async () => {
    const first = await openStore({ url: database.url });
    await first.pacing.recordFault({ code: 'test', status: 402, reason: 'A test.' }, () => 1000);
    await first.close();
    const second = await openStore({ url: database.url });
    expect(await second.pacing.currentFault()).toMatchObject({ code: 'test', status: 402 });
    await second.close();
  });
});
