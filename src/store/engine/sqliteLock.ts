import { closeSync, existsSync, mkdirSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import LibsqlDatabase from 'libsql';

/** Another process has the SQLite file open; two would send the same batches. */
export class DatabaseInUseError extends Error {
  constructor(path: string, what = `Another process is using the database file ${path}.`, remedy = STOP_THE_OTHER) {
    super(`${what} One process per SQLite file: ${remedy}`);
    this.name = 'DatabaseInUseError';
  }
}

const STOP_THE_OTHER = 'stop the other one, set another DATABASE_URL, or use PostgreSQL to run several instances.';

/** Holds a database file against all other processes until it is closed. */
export type SqliteLock = {
  /** By what path the file is to be opened, whatever links lead there: SQLite's log lies beside it. */
  readonly path: string;
  close(): void;
};

/**
 * The lock is an exclusive transaction on a file beside the database: the operating system frees it however the
 * process ends, and others may still read the database itself. It goes by the one real path of the file, so that nobody
 * gets past it by a link. Makes the folder and the file where they are missing, for nobody but this user: numbers and
 * texts stand in it.
 *
 * @throws DatabaseInUseError when another process holds it, or might by another name
 */
export function lockSqliteFile(name: string): SqliteLock {
  const path = realPathOf(name);
  refuseSecondName(path);
  for (const file of [path, `${path}-lock`]) makeForUsAlone(file);
  const lock = new LibsqlDatabase(`${path}-lock`);
  try {
    lock.exec('pragma locking_mode = exclusive');
    lock.exec('begin exclusive');
    return { path, close: () => lock.close() };
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') throw new DatabaseInUseError(path);
    throw error;
  }
}

/** SQLite gives the log beside a file the permissions of that file; a file that is there keeps those that somebody gave it. */
function makeForUsAlone(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** Also of a file that is not there yet, and of a link that leads to none. */
function realPathOf(name: string): string {
  mkdirSync(dirname(name), { recursive: true, mode: 0o700 });
  const path = unlessMissing(() => realpathSync.native(name));
  if (path !== null) return path;
  const inFolder = join(realpathSync.native(dirname(name)), basename(name));
  const target = unlessMissing(() => readlinkSync(inFolder));
  return target === null ? inFolder : realPathOf(resolve(dirname(inFolder), target));
}

function unlessMissing<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}

/** SQLite keeps a log for each name of a file, and loses what is in the other one. */
function refuseSecondName(path: string): void {
  const names = statSync(path, { throwIfNoEntry: false })?.nlink ?? 1;
  if (names === 1) return;
  throw new DatabaseInUseError(
    path,
    `The database file ${path} has ${names} names (hard links), by any of which another process may be using it.`,
    'keep the name that DATABASE_URL gives it and remove the others.',
  );
}
