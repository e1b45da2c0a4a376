import { parseArgs } from 'node:util';
import { ConfigurationError, parseDatabaseUrl, readDatabaseUrl } from '../../config/env';
import { openDatabaseToRead } from '../store/engine/database';
import { verifyDatabase } from '../store/upkeep/verifyStore';

const HELP = `Checks that counters, batches and people of every broadcast add up. The service may run meanwhile; nothing is changed.

  --database URL   sqlite:PATH or postgres://… (DATABASE_URL, as the service)
  --help           this text

One line for each broken rule, then a closing line; exit 0 when none is broken, else 1.
`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help === true) {
    console.log(HELP);
    return;
  }
  const url = flags.database === undefined ? readDatabaseUrl() : parseDatabaseUrl(flags.database);
  const database = openDatabaseToRead({ url });
  try {
    const { broadcasts, recipients, faults } = await verifyDatabase(database, {
      onFault: (broadcastId, rule) => console.log(`broadcast ${broadcastId}: ${rule}`),
    });
    console.log(`${broadcasts} broadcasts, ${recipients} recipients, ${faults} faults`);
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

function readFlags() {
  try {
    return parseArgs({ options: { database: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError || error instanceof ConfigurationError ? `${message}\n\n${HELP}` : message);
  process.exitCode = 1;
});
