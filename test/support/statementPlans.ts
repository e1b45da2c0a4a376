import { sql } from 'kysely';
import type { Database } from '../../src/store/engine/database';

/** How a database goes about the statements of a store. */
export type StatementPlans = {
  /** Given to `openDatabase`. */
  readonly onStatement: (statement: string) => void;
  forget(): void;
  /** The plan of the first statement that has these words, with `parameter` for each of its parameters. */
  planOf(database: Database, words: string, parameter: number): Promise<string>;
};

export function watchStatements(): StatementPlans {
  const statements: string[] = [];
  return {
    onStatement: (statement) => void statements.push(statement),
    forget: () => void statements.splice(0),
    async planOf(database, words, parameter) {
      const statement = statements.find((one) => one.includes(words))!.replaceAll(/\?|\$\d+/g, String(parameter));
      const isSqlite = database.engine.kind === 'sqlite';
      return await database.db.connection().execute(async (one) => {
        // A table of a few rows is read whole, whatever indexes it has.
        if (!isSqlite) await sql`set enable_seqscan = off`.execute(one);
        const { rows } = await sql
          .raw<Record<string, unknown>>(`explain ${isSqlite ? 'query plan ' : ''}${statement}`)
          .execute(one);
        return rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n');
      });
    },
  };
}
