import { ConfigurationError, parseDatabaseUrl, readDatabaseUrl } from '../../config/env';
import { openDatabaseBeside } from '../store/engine/database';
import type { Actor } from '../domain/access/actor';
import { createKeyStore } from '../store/access/keyStore';
import { readKeyCommand, runKeyCommand } from './keys/runKeys';
import { complaint, UsageError } from './terminal/commandLine';

const HELP = `Keys for programs and people that may do less than API_KEY. The service may run meanwhile.

  create --name NAME --scopes send,read   makes a key, and shows it once
         --own-only                       it sees its own broadcasts only
         --daily-recipients N             it texts so many people a day (UTC) at most
  list                                    names, scopes, first characters, last use
  rotate KEY [--overlap SECONDS]          another secret; the one before goes on for a day, or so long
  revoke KEY                              ends it

KEY is a name or an id.

  --database URL                          sqlite:PATH or postgres://… (DATABASE_URL, as the service)
  --help                                  this text
`;

/** Whoever may open the database. */
const BY_COMMAND: Actor = { id: null, name: 'npm run keys', address: null, requestId: null };

async function main(): Promise<void> {
  const command = readKeyCommand(HELP);
  if (command === null) return;
  const { database: given } = command.options;
  const url = given === undefined ? readDatabaseUrl() : parseDatabaseUrl(given);
  const database = await openDatabaseBeside({ url, actor: () => BY_COMMAND });
  try {
    await runKeyCommand(command, createKeyStore(database), (line) => console.log(line));
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigurationError ? new UsageError(error.message) : error;
  console.error(complaint(told, HELP));
  process.exitCode = 1;
});
