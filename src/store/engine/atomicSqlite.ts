import { SqliteAdapter, SqliteDialect } from 'kysely';

/**
 * Kysely's dialect, but that migrations run in one transaction. Kysely takes SQLite for a database whose changes of the schema
 * stand outside of transactions, as MySQL's do; SQLite's stand within (sqlite.org/lang_transaction.html). Statement by
 * statement, a kill in the middle of a start left a file that no start ever opened again: "duplicate column name".
 */
export class AtomicSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new AtomicSqliteAdapter();
  }
}

class AtomicSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
