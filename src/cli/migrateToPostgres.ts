import { ConfigurationError, parseDatabaseUrl } from '../../config/env';
import { runMove } from './moving/runMove';
import { complaint, readOptions, TEXT, UsageError } from './terminal/commandLine';

const HELP = `Moves everything from a SQLite file to an empty PostgreSQL database, and checks it: rows of each table, and verify.
Stop the service first.

  --from URL   sqlite:PATH
  --to URL     postgres://USER:PASSWORD@HOST/DATABASE
  --help       this text

Exit 0 when everything was moved, else 1 with the reason. No service starts on the file any more once it has moved.
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { from: TEXT, to: TEXT });
  if (flags === null) return;
  const { from, to } = flags;
  if (from?.startsWith('sqlite:') !== true) throw new UsageError('--from must be sqlite:PATH.');
  if (to?.startsWith('postgres') !== true) throw new UsageError('--to must be postgres://….');
  await runMove({ from: parseDatabaseUrl(from), to: parseDatabaseUrl(to), print: (line) => console.log(line) });
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigurationError ? new UsageError(error.message) : error;
  console.error(complaint(told, HELP));
  process.exitCode = 1;
});
