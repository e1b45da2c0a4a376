import { runCrashTest } from './crash/runCrashTest';
import { endEverything } from './crash/stage/ending';
import { complaint, engineChoice, FLAG, readOptions, TEXT, wholeNumber } from './terminal/commandLine';

const HELP = `Kills and freezes the service, cuts its connections, restarts its database, lets Plivo stumble, and counts the
texts that everybody got.

  --rounds N       (20); on PostgreSQL one more for every six, with restarts of a server of our own
  --seed N         repeats the choices of an earlier run; it is printed at the start
  --engine NAME    sqlite, postgres or both (both); PostgreSQL needs DATABASE_URL=postgres://…, and gets a database of its own
  --recipients N   in each round (1500)
  --instances N    of the service on PostgreSQL (3)
  --points N       of the crashes and freezes on purpose so many, at random; without it one in each place
  --points-only    only the crashes and freezes on purpose, one in each place
  --no-points      without them
  --keep           leave databases and logs where they are
  --help           this text
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, {
    rounds: TEXT,
    seed: TEXT,
    engine: TEXT,
    recipients: TEXT,
    instances: TEXT,
    points: TEXT,
    'points-only': FLAG,
    'no-points': FLAG,
    keep: FLAG,
  });
  if (flags === null) return;
  const engine = engineChoice(flags.engine);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void endWith(130));
  const isWell = await runCrashTest({
    engine,
    rounds: flags['points-only'] === true ? 0 : wholeNumber('rounds', flags.rounds ?? '20'),
    seed: wholeNumber('seed', flags.seed ?? String(Date.now() % 1_000_000)),
    recipients: wholeNumber('recipients', flags.recipients ?? '1500'),
    instances: wholeNumber('instances', flags.instances ?? '3'),
    points: pointsOf(flags),
    keep: flags.keep === true,
    print: (line) => {
      if (!isEnding) console.log(line);
    },
  });
  if (!isEnding) process.exit(isWell ? 0 : 1);
}

/** @throws UsageError */
function pointsOf(flags: { readonly points?: string | undefined; readonly 'no-points'?: boolean | undefined }): number {
  if (flags['no-points'] === true) return 0;
  return flags.points === undefined ? Infinity : wholeNumber('points', flags.points);
}

/** From then on, what goes wrong is only what was broken off. */
let isEnding = false;

/** Asked for a second time, at once. */
async function endWith(code: number): Promise<void> {
  if (!isEnding) {
    isEnding = true;
    await endEverything();
  }
  process.exit(code);
}

main().catch(async (error: unknown) => {
  if (isEnding) return;
  console.error(complaint(error, HELP));
  await endWith(1);
});
