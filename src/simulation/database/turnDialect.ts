import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Life } from '../clockwork/timeline';
import { isChange, type SharedDatabase } from './sharedDatabase';
import type { Hold, TurnLock } from './turnLock';

/** A process's way to the shared database. */
export type TurnDialectDeps = {
  readonly shared: SharedDatabase;
  readonly lock: TurnLock;
  readonly life: Life;
  /** Resolves when the process may carry out its next statement; never, where it has ended by then. */
  readonly turn: () => Promise<void>;
  /** Before a statement is carried out; throws where the world lets it fail. */
  readonly before: (sql: string, parameters: readonly unknown[]) => void;
  /** After it was carried out. Returns false where the process ends at this moment and hears nothing of it. */
  readonly after: (sql: string, hasChanged: boolean) => boolean;
};

/** Kysely on a database on which every statement of every process waits for its turn in the order of the world. */
export const createTurnDialect = (deps: TurnDialectDeps): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => createDriver(deps),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

type TurnConnection = DatabaseConnection & {
  /** Its transaction. */
  hold: Hold | null;
  /** The transaction has written something. Until then it need not be known to the database: nobody else has a turn. */
  hasBegun: boolean;
};

const READS = /^\s*select\b/i;

function createDriver(deps: TurnDialectDeps): Driver {
  const { shared, lock, life, turn } = deps;

  /** Within an open transaction, or as one of its own. */
  async function execute<R>(connection: TurnConnection, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { hold } = connection;
    await turn();
    if (hold !== null) {
      if (!lock.holds(hold)) throw new ConnectionCutError();
      if (!connection.hasBegun && !READS.test(sql)) {
        shared.run('begin', []);
        connection.hasBegun = true;
      }
      return await carryOut<R>(deps, sql, parameters);
    }
    const own = await lock.take(life);
    try {
      return await carryOut<R>(deps, sql, parameters);
    } finally {
      lock.free(own);
    }
  }

  async function begin(connection: TurnConnection): Promise<void> {
    connection.hold = await lock.take(life);
  }

  /** A commit that fails leaves the transaction open for the rollback that follows it. */
  async function commit({ hold, hasBegun }: TurnConnection): Promise<void> {
    if (hasBegun) await turn();
    if (hold === null || !lock.holds(hold)) throw new ConnectionCutError();
    if (hasBegun) await carryOut(deps, 'commit', []);
    lock.free(hold);
  }

  async function rollBack({ hold }: TurnConnection): Promise<void> {
    await turn();
    if (hold === null || !lock.holds(hold)) return;
    shared.rollBack();
    lock.free(hold);
  }

  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(createConnection(execute)),
    beginTransaction: (connection) => begin(connection as TurnConnection),
    commitTransaction: (connection) => commit(connection as TurnConnection),
    rollbackTransaction: (connection) => rollBack(connection as TurnConnection),
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}

function createConnection(
  execute: <R>(connection: TurnConnection, query: CompiledQuery) => Promise<QueryResult<R>>,
): TurnConnection {
  const connection: TurnConnection = {
    hold: null,
    hasBegun: false,
    executeQuery: (query) => execute(connection, query),
    streamQuery() {
      throw new Error('Nothing is streamed here.');
    },
  };
  return connection;
}

function carryOut<R>(
  { shared, before, after }: TurnDialectDeps,
  sql: string,
  parameters: readonly unknown[],
): Promise<QueryResult<R>> {
  before(sql, parameters);
  const result = shared.run(sql, parameters);
  const isHeard = after(sql, isChange(sql, result));
  return isHeard ? Promise.resolve(result as QueryResult<R>) : new Promise(() => undefined);
}

/** What PostgreSQL says to who stood still within a transaction: it was rolled back meanwhile (25P03). */
export class ConnectionCutError extends Error {
  readonly code = '25P03';
  constructor() {
    super('terminating connection due to idle-in-transaction timeout');
  }
}
