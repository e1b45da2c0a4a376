import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  Kysely,
  type LogEvent,
  PostgresDialect,
  type SqliteDatabase,
  type SqliteStatement,
  type Transaction,
} from 'kysely';
import LibsqlDatabase from 'libsql';
import pg from 'pg';
import type { Actor } from '../../domain/access/actor';
import { AtomicSqliteDialect } from './atomicSqlite';
import { type Engine, postgresEngine, sqliteEngine } from './engine';
import { migrate } from './migrations';
import { refuseMoved } from './movedFile';
import { AS_STORED, type Phones } from './phones';
import type { Schema } from './schema';
import { DatabaseInUseError, lockSqliteFile } from './sqliteLock';
import { isWorthAnotherTry } from './storageErrors';

export type Database = {
  readonly db: Kysely<Schema>;
  readonly engine: Engine;
  /** Lets others have their turn between the steps of long work: SQLite answers at once, and would let nobody in. */
  readonly nextTurn: () => Promise<void>;
  readonly phones: Phones;
  /** How the connections are used; not there where there is one alone. */
  readonly pool?: () => PoolStand;
  close(): Promise<void>;
};

export type PoolStand = {
  readonly busy: number;
  readonly idle: number;
  readonly most: number;
  /** Who waits for one to be free. */
  readonly waiting: number;
};

export type OpenOptions = {
  /** `sqlite:PATH` or `postgres://…` */
  readonly url: string;
  /** Replaces the wall clock of the engine, for tests. Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Who asks for what is done now; without it, nobody does. */
  readonly actor?: () => Actor | null;
  /** What is said of phones with several spellings; without it, each number counts as a phone. */
  readonly phones?: Phones;
  /** Replaces `setImmediate`, for simulations. */
  readonly nextTurn?: () => Promise<void>;
  /** Told of every statement after it was carried out, for tests that end the process in a certain gap. */
  readonly onStatement?: (statement: string) => void;
  /** Told once a table in which numbers of an older version are about to be brought into the canonical form. */
  readonly onNumbersReview?: (table: string) => void;
  /** To PostgreSQL, at most; ten where it is not said. */
  readonly connections?: number | undefined;
  /** Told of errors on idle PostgreSQL connections; the pool replaces the connection by itself. */
  readonly onIdleError?: (error: Error) => void;
};

/**
 * Opens a database that a service may be working on, to look and not to touch: no lock, no migration, no writing.
 *
 * @throws Error when there is no such SQLite file
 */
export function openDatabaseToRead({ url }: Pick<OpenOptions, 'url'>): Database {
  if (!url.startsWith('sqlite:')) return openPostgres({ url, readOnly: true });
  const path = url.slice('sqlite:'.length);
  if (!existsSync(path)) throw new Error(`There is no database file ${path}.`);
  const file = new LibsqlDatabase(path);
  for (const pragma of ['busy_timeout = 5000', 'query_only = on']) file.exec(`pragma ${pragma}`);
  const db = new Kysely<Schema>({ dialect: new AtomicSqliteDialect({ database: withStatementCache(file) }) });
  return { db, engine: sqliteEngine(Date.now), nextTurn: setImmediate, phones: AS_STORED, close: () => db.destroy() };
}

/**
 * Opens a SQLite file that nobody works on, against all others, to take everything out of it. Its schema stays as it is.
 *
 * @throws DatabaseInUseError when another process holds it
 * @throws Error when there is no such file
 */
export function openDatabaseToMove({ url }: Pick<OpenOptions, 'url'>): Database {
  const path = url.slice('sqlite:'.length);
  if (!existsSync(path)) throw new Error(`There is no database file ${path}.`);
  return openSqlite({ url });
}

/**
 * Opens a database that a service may be working on, for a change of a row or two. Where no service does, its schema is
 * brought up to date first; where one does, it has seen to that.
 */
export async function openDatabaseBeside(options: Pick<OpenOptions, 'url' | 'actor' | 'clock'>): Promise<Database> {
  const { url, actor, clock = Date.now } = options;
  try {
    return await openDatabase(options);
  } catch (error) {
    if (!(error instanceof DatabaseInUseError)) throw error;
  }
  const file = new LibsqlDatabase(url.slice('sqlite:'.length));
  for (const pragma of ['synchronous = full', 'busy_timeout = 5000']) file.exec(`pragma ${pragma}`);
  const db = new Kysely<Schema>({ dialect: new AtomicSqliteDialect({ database: withStatementCache(file) }) });
  return {
    db,
    engine: sqliteEngine(clock, actor),
    nextTurn: setImmediate,
    phones: AS_STORED,
    close: () => db.destroy(),
  };
}

/**
 * Opens the database and brings its schema up to date.
 *
 * @throws DatabaseInUseError when another process holds the SQLite file
 * @throws DatabaseMovedError when the SQLite file has moved to another database
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = options.url.startsWith('sqlite:') ? openSqlite(options) : openPostgres(options);
  try {
    if (database.engine.kind === 'sqlite') await refuseMoved(database.db);
    await migrate(database.db as Kysely<never>, database.engine);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

const IN_MEMORY = ':memory:';

function openSqlite({
  url,
  clock,
  actor,
  nextTurn = setImmediate,
  onStatement,
  phones = AS_STORED,
}: OpenOptions): Database {
  const name = url.slice('sqlite:'.length);
  // In memory there is no file, and nobody else.
  const lock = name === IN_MEMORY ? null : lockSqliteFile(name);
  const file = new LibsqlDatabase(lock?.path ?? name);
  // secure_delete: who is erased is no longer in the file either. Of claims that took 2.6 s of processor time, 0.1 s more, and
  // no longer by the clock; `fast` leaves nearly all there.
  // FULL: a commit is on the disk before its caller goes on. One fsync per commit, measured with strace.
  for (const pragma of [
    'journal_mode = wal',
    'synchronous = full',
    'foreign_keys = on',
    'secure_delete = on',
    'busy_timeout = 5000',
    'cache_size = -65536',
  ]) {
    file.exec(`pragma ${pragma}`);
  }
  const db = new Kysely<Schema>({
    dialect: new AtomicSqliteDialect({ database: withStatementCache(file) }),
    ...tracing(onStatement),
  });
  return {
    db,
    engine: sqliteEngine(clock ?? Date.now, actor),
    nextTurn,
    phones,
    async close() {
      writeBack(file);
      await db.destroy();
      lock?.close();
    },
  };
}

/**
 * A full disk makes SQLite roll back by itself; Kysely's own rollback would then fail and hide the reason, which callers
 * need to know that it is worth trying again.
 */
function rollbackWhereNeeded(file: LibsqlDatabase.Database): SqliteStatement {
  return {
    reader: false,
    all: () => [],
    run() {
      if (file.inTransaction) file.exec('rollback');
      return { changes: 0, lastInsertRowid: 0 };
    },
    iterate: () => [][Symbol.iterator](),
  };
}

/** Kysely prepares each statement anew; keeping it prepared saves two thirds of the time of a small query. */
function withStatementCache(file: LibsqlDatabase.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => {
      statements.clear();
      file.close();
    },
    prepare: (query) => {
      if (query === 'rollback') return rollbackWhereNeeded(file);
      const known = statements.get(query);
      if (known !== undefined) return known;
      const statement = file.prepare(query) as unknown as SqliteStatement;
      if (statements.size > 500) statements.clear();
      statements.set(query, statement);
      return statement;
    },
  };
}

const INT8: number = pg.types.builtins.INT8;
const parserOf = (oid: number, format?: 'text' | 'binary'): unknown =>
  oid === INT8 ? Number : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format);

function openPostgres({
  url,
  clock,
  actor,
  nextTurn = setImmediate,
  onIdleError,
  onStatement,
  phones = AS_STORED,
  connections = 10,
  readOnly = false,
}: OpenOptions & { readOnly?: boolean }): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
    connectionTimeoutMillis: 5000,
    // A process that hangs within a transaction must not keep its locks from the others until it is ended.
    idle_in_transaction_session_timeout: 10_000,
    // Counts and milliseconds are below 2^53; as strings they would only be parsed again.
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  pool.on('error', (error) => onIdleError?.(error));
  // A connection that breaks between two statements of a transaction says so as an event, which without a listener ends
  // the process. The next statement fails, and that is where it is dealt with.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // Of a statement for 500 people that takes 5 ms it makes one of 400 ms. Before version 11 there is none.
    client.query('set jit = off').catch(() => undefined);
  });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), ...tracing(onStatement) });
  return {
    db,
    engine: postgresEngine(clock ?? null, actor),
    nextTurn,
    phones,
    pool: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      most: connections,
      waiting: pool.waitingCount,
    }),
    close: () => db.destroy(),
  };
}

/** All in one file, for whoever copies it, and with nothing left of who was erased; unless somebody reads, or the disk is full. */
function writeBack(file: InstanceType<typeof LibsqlDatabase>): void {
  try {
    for (const pragma of ['busy_timeout = 0', 'wal_checkpoint(truncate)']) file.exec(`pragma ${pragma}`);
  } catch {
    // All is kept beside the file, then.
  }
}

const tracing = (onStatement: OpenOptions['onStatement']) =>
  onStatement === undefined ? {} : { log: (event: LogEvent) => onStatement(event.query.sql) };

/** Runs `work` in one transaction, again (at most twice) where PostgreSQL ended it to break a deadlock. */
export async function inTransaction<T>(db: Kysely<Schema>, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
  for (let triesLeft = 2; ; triesLeft--) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (triesLeft === 0 || !isWorthAnotherTry(error)) throw error;
    }
  }
}
