import { sql } from 'kysely';
import { openDatabaseToRead } from '../../src/store/engine/database';
import { databaseUrlOf, type TestService } from './testService';

/** Every row of every table, as text: what a thief of the database could read. */
export async function storedRows(test: TestService): Promise<string> {
  const database = openDatabaseToRead({ url: databaseUrlOf(test) });
  try {
    const tables = await database.db.introspection.getTables();
    const rows = tables.map(async ({ name }) => {
      const found = await sql`select * from ${sql.table(name)}`.execute(database.db);
      return [name, found.rows];
    });
    return JSON.stringify(await Promise.all(rows), (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  } finally {
    await database.close();
  }
}
