import { complaint, readOptions, TEXT, UsageError, wholeNumber } from '../src/cli/terminal/commandLine';
import { soakFigures } from './endurance/report';
import { runSoak } from './endurance/runSoak';
import { faultsOfSoak } from './endurance/verdict';

const HELP = `Lets the real service work on this machine under a mixed load, with a simulated Plivo and its delivery reports, and
watches its memory, its open files, its database, and how long others wait.

  --minutes M  how long (1)
  --seed N     of the order of the load (1)
  --help       this text

Exits with 1 where memory or open files go on growing, an answer is not as expected, or somebody does not get exactly one text.
`;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const flags = readOptions(HELP, { minutes: TEXT, seed: TEXT });
  if (flags === null) return;
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  const result = await runSoak({
    minutes: minutesOf(flags.minutes ?? '1'),
    seed: wholeNumber('seed', flags.seed ?? '1'),
    say: (line) => process.stderr.write(`  ${line}\n`),
    signal: interrupt.signal,
  });
  const faults = faultsOfSoak(result).map((fault) => `✗ ${fault}`);
  for (const line of ['', ...soakFigures(result), '', ...faults]) print(line);
  const isWell = faults.length === 0 && !interrupt.signal.aborted;
  print(isWell ? 'Nothing was wrong.' : interrupt.signal.aborted ? 'Stopped.' : 'Something is wrong.');
  process.exitCode = isWell ? 0 : 1;
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= 600)) throw new UsageError('--minutes must be a number above 0, 600 at most.');
  return minutes;
}

main().catch((error: unknown) => {
  process.stderr.write(`${complaint(error, HELP)}\n`);
  process.exitCode = 1;
});
