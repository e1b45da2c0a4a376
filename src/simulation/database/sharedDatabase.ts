import { Kysely, SqliteDialect, type QueryResult, type SqliteDatabase } from 'kysely';
import LibsqlDatabase from 'libsql';
import { sqliteEngine } from '../../store/engine/engine';
import { migrate } from '../../store/engine/migrations';
import type { Schema } from '../../store/engine/schema';

/** The one database in memory that all processes of a world use, and one world after another. */
export type SharedDatabase = {
  /** Carries a statement out at once. */
  run(sql: string, parameters: readonly unknown[]): QueryResult<unknown>;
  /** A process has written something that it has not committed: what is read now may never be so. */
  isInTransaction(): boolean;
  /** Ends what a process left open that died within a transaction. */
  rollBack(): void;
  /** As it was before the first world. */
  empty(): void;
  /** What is committed at this moment. */
  copy(): DatabaseCopy;
  /** As it was when the copy was made. */
  putBack(copy: DatabaseCopy): void;
  /** Past all turns and locks, for those who look on. */
  readonly onlooker: Kysely<Schema>;
};

/** The rows of each table. */
export type DatabaseCopy = readonly Table[];

type Table = { readonly name: string; readonly rows: readonly Record<string, unknown>[] };

export async function openSharedDatabase(): Promise<SharedDatabase> {
  const file = new LibsqlDatabase(':memory:');
  file.exec('pragma foreign_keys = on');
  const prepare = cachedStatements(file);
  const onlooker = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: { prepare, close: () => file.close() } }),
  });
  await migrate(onlooker as Kysely<never>, sqliteEngine(Date.now));
  const tables = tablesOf(file);
  return {
    onlooker,
    run(sql, parameters) {
      const statement = prepare(sql);
      if (statement.isReader) return { rows: statement.all(parameters) };
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
    },
    isInTransaction: () => file.inTransaction,
    rollBack() {
      if (file.inTransaction) file.exec('rollback');
    },
    empty() {
      fill(file, tables);
      const hasSequence =
        file.prepare(`select 1 from sqlite_master where name = 'sqlite_sequence'`).get() !== undefined;
      if (hasSequence) file.exec('delete from sqlite_sequence');
    },
    copy() {
      if (file.inTransaction) throw new Error('What is not committed is in no copy.');
      return tables.map(({ name }) => ({ name, rows: rowsOf(file, name) }));
    },
    putBack(copy) {
      fill(file, copy);
    },
  };
}

type Prepared = ReturnType<SqliteDatabase['prepare']> & { readonly isReader: boolean };

/** Asking a statement whether it has rows costs as much as carrying out a small one. */
function cachedStatements(file: LibsqlDatabase.Database): (sql: string) => Prepared {
  const statements = new Map<string, Prepared>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = file.prepare(sql) as unknown as ReturnType<SqliteDatabase['prepare']>;
    const prepared = Object.assign(statement, { isReader: statement.reader });
    statements.set(sql, prepared);
    return prepared;
  };
}

/** What a migration wrote, such as the row of the pacing, belongs to an empty database. */
function tablesOf(file: LibsqlDatabase.Database): Table[] {
  const names = file
    .prepare(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'`,
    )
    .all() as { name: string }[];
  return names.map(({ name }) => ({
    name,
    rows: rowsOf(file, name),
  }));
}

const rowsOf = (file: LibsqlDatabase.Database, name: string) =>
  file.prepare(`select * from "${name}"`).all() as Record<string, unknown>[];

function fill(file: LibsqlDatabase.Database, tables: readonly Table[]): void {
  if (file.inTransaction) file.exec('rollback');
  file.exec('pragma foreign_keys = off');
  for (const { name, rows } of tables) {
    file.exec(`delete from "${name}"`);
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join(', ');
      file
        .prepare(`insert into "${name}" (${columns.map((one) => `"${one}"`).join(', ')}) values (${places})`)
        .run(Object.values(row));
    }
  }
  file.exec('pragma foreign_keys = on');
}

export const isChange = (sql: string, { rows, numAffectedRows = 0n }: QueryResult<unknown>): boolean =>
  numAffectedRows > 0n || (rows.length > 0 && /^\s*(insert|update|delete)\b/i.test(sql));
