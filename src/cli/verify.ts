import { ConfigurationError, parseDatabaseUrl, readDatabaseUrl } from '../../config/env';
import type { Actor } from '../domain/access/actor';
import { openDatabase, openDatabaseBeside, openDatabaseToRead } from '../store/engine/database';
import { createRestoreStore } from '../store/restoring/restoreStore';
import { verifyDatabase } from '../store/upkeep/verifyStore';
import { doubtWaiting } from './restoring/doubtWaiting';
import { vouchFor } from './restoring/vouchFor';
import { complaint, FLAG, readOptions, TEXT, UsageError } from './terminal/commandLine';

const HELP = `Checks that counters, batches and people of every broadcast add up, and those of every list. The service may run meanwhile; only --after-restore and
--not-restored change anything.

  --database URL    sqlite:PATH or postgres://… (DATABASE_URL, as the service)
  --after-restore   the database was put back from a copy: at its next start the service looks for all that waits in
                    Plivo's list before it sends any of it. Stop the service first
  --not-restored    the database was not put back from a copy: what waits for Plivo's list (restore_check) goes without.
                    For when the list stays away; the service may run
  --since TIME      with --after-restore: when the copy was made, such as 2026-03-01T12:00:00Z; without it
                    the last moment that it knows of
  --help            this text

One line for each broken rule, then a closing line; exit 0 when none is broken, else 1.
`;

/** Whoever may open the database. */
const BY_COMMAND: Actor = { id: null, name: 'npm run verify', address: null, requestId: null };

async function main(): Promise<void> {
  const flags = readOptions(HELP, { database: TEXT, 'after-restore': FLAG, 'not-restored': FLAG, since: TEXT });
  if (flags === null) return;
  const since = flags.since === undefined ? null : timeOf(flags.since);
  if (since !== null && flags['after-restore'] !== true) throw new UsageError('--since goes with --after-restore.');
  if (flags['after-restore'] === true && flags['not-restored'] === true)
    throw new UsageError(
      'A database was put back or it was not: --after-restore and --not-restored exclude each other.',
    );
  const url = flags.database === undefined ? readDatabaseUrl() : parseDatabaseUrl(flags.database);
  const database = openDatabaseToRead({ url });
  try {
    // First: the copy may be of an earlier version, and is brought up to date by it.
    if (flags['after-restore'] === true) await afterRestore(url, since);
    if (flags['not-restored'] === true) await notRestored(url);
    const { broadcasts, recipients, faults } = await verifyDatabase(database, {
      onFault: (subject, rule) => console.log(`${subject}: ${rule}`),
    });
    console.log(`${broadcasts} broadcasts, ${recipients} recipients, ${faults} faults`);
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

async function afterRestore(url: string, since: number | null): Promise<void> {
  const database = await openDatabase({ url, actor: () => BY_COMMAND });
  try {
    console.log(await doubtWaiting(createRestoreStore(database), since));
  } finally {
    await database.close();
  }
}

async function notRestored(url: string): Promise<void> {
  const database = await openDatabaseBeside({ url, actor: () => BY_COMMAND });
  try {
    console.log(await vouchFor(createRestoreStore(database)));
  } finally {
    await database.close();
  }
}

/** @throws UsageError */
function timeOf(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at) && at <= Date.now()) return at;
  throw new UsageError('--since must be a time that has been, with its zone, such as 2026-03-01T12:00:00Z.');
}

main().catch((error: unknown) => {
  // A faulty DATABASE_URL is told like a faulty option.
  const told = error instanceof ConfigurationError ? new UsageError(error.message) : error;
  console.error(complaint(told, HELP));
  process.exitCode = 1;
});
