/**
 * SQLSTATE classes: 40 = transaction rolled back (deadlock, serialization), safe to run again. SQLite's, where a command has
 * written between what the transaction read and what it wants to write.
 */
const WORTH_ANOTHER_TRY = new Set(['40001', '40P01', 'SQLITE_BUSY_SNAPSHOT']);

/**
 * The database cannot do its work at present: it is away, restarting, full, read-only or overloaded.
 * PostgreSQL: classes 08 (connection), 53 (resources), 57P (shutdown), 25006 (read-only), 25P03
 * (idle within a transaction).
 * SQLite: its primary result codes. Node: socket errors. ABANDONED: our own, a broadcast took too long to be written.
 */
const UNAVAILABLE =
  /^(ABANDONED|08\d{3}|08P01|53\w{3}|57P0[1-5]|25006|25P03|SQLITE_(BUSY|FULL|READONLY|IOERR|CANTOPEN|LOCKED|NOMEM)\w*|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN|NOSPC|ROFS))$/;

/** Texts of errors that carry no code: node-postgres when a connection ends under a query or the pool has none free. */
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

export function isWorthAnotherTry(error: unknown): boolean {
  return WORTH_ANOTHER_TRY.has(codeOf(error));
}

/** True when trying again later may help; the caller of the API gets a 503. */
export function isStorageUnavailable(error: unknown): boolean {
  if (isWorthAnotherTry(error) || UNAVAILABLE.test(codeOf(error))) return true;
  return error instanceof Error && UNAVAILABLE_TEXT.test(error.message);
}

// Not 57P03: a server that is starting up refuses the connection before anything is asked of it.
const LOST_CONNECTION = /^(08\d{3}|08P01|57P0[1245]|E(CONNRESET|PIPE))$/;
const LOST_CONNECTION_TEXT = /Connection terminated|Client has encountered a connection error/;

/**
 * The connection ended under a transaction: its commit may or may not have been carried out. SQLite's errors are not of
 * this kind: with them nothing is committed.
 */
export function mayHaveCommitted(error: unknown): boolean {
  return LOST_CONNECTION.test(codeOf(error)) || (error instanceof Error && LOST_CONNECTION_TEXT.test(error.message));
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
