import { ConfigurationError, parseDatabaseUrl, readDatabaseUrl } from '../../config/env';
import { openDatabaseToRead } from '../store/engine/database';
import { verifyDatabase } from '../store/upkeep/verifyStore';
import { complaint, readOptions, TEXT, UsageError } from './terminal/commandLine';

const HELP = `Checks that counters, batches and people of every broadcast add up, and those of every list. The service may run meanwhile; nothing is changed.

  --database URL   sqlite:PATH or postgres://… (DATABASE_URL, as the service)
  --help           this text

One line for each broken rule, then a closing line; exit 0 when none is broken, else 1.
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { database: TEXT });
  if (flags === null) return;
  const url = flags.database === undefined ? readDatabaseUrl() : parseDatabaseUrl(flags.database);
  const database = openDatabaseToRead({ url });
  try {
    const { broadcasts, recipients, faults } = await verifyDatabase(database, {
      onFault: (subject, rule) => console.log(`${subject}: ${rule}`),
    });
    console.log(`${broadcasts} broadcasts, ${recipients} recipients, ${faults} faults`);
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  // A faulty DATABASE_URL is told like a faulty option.
  const told = error instanceof ConfigurationError ? new UsageError(error.message) : error;
  console.error(complaint(told, HELP));
  process.exitCode = 1;
});
