import { sql, type Kysely } from 'kysely';
import type { Schema } from '../../src/store/engine/schema';
import type { EngineName } from './testDatabase';

/** How a database goes about the statements of a store. */
export type StatementPlans = {
  /** Given to `openStoreFixture`. */
  readonly onStatement: (statement: string) => void;
  forget(): void;
  /** The plan of the first statement that has these words, with `parameter` for each of its parameters. */
  planOf(db: Kysely<Schema>, words: string, parameter: number): Promise<string>;
};

export function watchStatements(engine: EngineName): StatementPlans {
  const isSqlite = engine === 'sqlite';
  const statements: string[] = [];
  return {
    onStatement: (statement) => void statements.push(statement),
    forget: () => void statements.splice(0),
    async planOf(db, words, parameter) {
      const statement = statements.find((one) => one.includes(words))!.replaceAll(/\?|\$\d+/g, String(parameter));
      return await db.connection().execute(async (one) => {
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
