import { complaint, readOptions, TEXT, UsageError, wholeNumber } from '../src/cli/terminal/commandLine';
import { faultLines, figuresOf } from './hostility/judging/report';
import { runFuzz } from './hostility/runFuzz';
import { faultsOfRun } from './hostility/judging/verdict';
import { postgresServer, type EngineName } from './stage/scratchDatabase';

const HELP = `Sends made-up requests to the real service on this machine, with a simulated Plivo: as openapi.yaml describes them, with
something in them changed, and as bytes that no HTTP client would send. Every answer is held against the description.

  --inputs N   how many (2000)
  --seed N     repeats the inputs of an earlier run; it is printed at the start
  --engine E   sqlite (the default), or postgres: on a database of its own beside that of DATABASE_URL=postgres://…
  --only N     sends that input alone; several separated by commas
  --help       this text

Exits with 1 where anything was answered 5xx or not as described, the service ended, kept others waiting, or grew.
`;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const flags = readOptions(HELP, { inputs: TEXT, seed: TEXT, engine: TEXT, only: TEXT });
  if (flags === null) return;
  const engine = engineOf(flags.engine ?? 'sqlite');
  const seed = wholeNumber('seed', flags.seed ?? String(Date.now() % 1_000_000));
  const indexes =
    flags.only === undefined
      ? Array.from({ length: wholeNumber('inputs', flags.inputs ?? '2000') }, (_, index) => index)
      : flags.only.split(',').map((index) => wholeNumber('only', index));
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  print(`seed ${seed}`);
  const say = (line: string) => process.stderr.write(`  ${line}\n`);
  const result = await runFuzz({ engine, seed, indexes, say, signal: interrupt.signal });
  const faults = [
    ...result.faults.flatMap((fault) => faultLines(fault, seed)),
    ...faultsOfRun(result).map((fault) => `✗ ${fault}`),
  ];
  for (const line of ['', ...figuresOf(result), '', ...faults]) print(line);
  const isWell = faults.length === 0 && !interrupt.signal.aborted;
  print(isWell ? 'Nothing was wrong.' : interrupt.signal.aborted ? 'Stopped.' : 'Something is wrong.');
  process.exitCode = isWell ? 0 : 1;
}

/** @throws UsageError */
function engineOf(name: string): EngineName {
  if (name === 'sqlite') return name;
  if (name !== 'postgres') throw new UsageError('--engine is sqlite or postgres.');
  if (postgresServer() === null) throw new UsageError('--engine postgres needs DATABASE_URL=postgres://…');
  return name;
}

main().catch((error: unknown) => {
  process.stderr.write(`${complaint(error, HELP)}\n`);
  process.exitCode = 1;
});
