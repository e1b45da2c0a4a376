import { openDatabase } from '../../../src/store/engine/database';
import { schemaStanding } from '../../../src/store/engine/migrations';
import { copyDatabase, type DatabaseCopy } from '../../support/databaseCopy';
import { nameSqliteFile, type TestDatabase } from '../../support/testDatabase';

describe('a start that is killed while it brings an SQLite file up to date', () => {
  let file: TestDatabase;
  beforeEach(() => {
    file = nameSqliteFile();
  });
  afterEach(() => file.drop());

  it('leaves a file that the next one opens, at whichever statement that was', async () => {
    const copies: Promise<DatabaseCopy>[] = [];
    let statements = 0;
    const first = await openDatabase({
      url: file.url,
      // What is on the disk now is what a kill would leave.
      onStatement: () => {
        if (statements++ % 9 === 0) copies.push(copyDatabase(file.url));
      },
    });
    await first.close();
    expect(copies.length).toBeGreaterThan(20);
    for (const copy of await Promise.all(copies)) {
      const next = await openDatabase({ url: copy.url });
      expect(await schemaStanding(next.db as never, next.engine)).toMatchObject({ missing: 0, foreign: [] });
      await next.close();
      await copy.drop();
    }
  });
});
