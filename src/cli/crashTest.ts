import { parseArgs } from 'node:util';
import { runCrashTest } from './crash/runCrashTest';

const HELP = `Kills the service at random moments, lets Plivo stumble, and counts the texts that everybody got.

  --rounds N       (20)
  --seed N         repeats the choices of an earlier run; it is printed at the start
  --engine NAME    sqlite, postgres or both (both); PostgreSQL needs DATABASE_URL=postgres://…, and gets a database of its own
  --recipients N   in each round (1500)
  --instances N    of the service on PostgreSQL (3)
  --points-only    only the crashes on purpose, one in each gap
  --no-points      without them
  --keep           leave databases and logs where they are
  --help           this text
`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help === true) {
    console.log(HELP);
    return;
  }
  const engine = flags.engine ?? 'both';
  if (engine !== 'both' && engine !== 'sqlite' && engine !== 'postgres')
    throw new UsageError('--engine must be sqlite, postgres or both.');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  const isWell = await runCrashTest({
    engine,
    rounds: flags['points-only'] === true ? 0 : whole('rounds', flags.rounds, 20),
    seed: whole('seed', flags.seed, Date.now() % 1_000_000),
    recipients: whole('recipients', flags.recipients, 1500),
    instances: whole('instances', flags.instances, 3),
    points: flags['no-points'] !== true,
    keep: flags.keep === true,
    print: (line) => console.log(line),
  });
  process.exit(isWell ? 0 : 1);
}

function readFlags() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      options: {
        rounds: text,
        seed: text,
        engine: text,
        recipients: text,
        instances: text,
        'points-only': flag,
        'no-points': flag,
        keep: flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${name} must be a whole number, 0 or more.`);
  return Number(value);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${HELP}` : message);
  process.exit(1);
});
