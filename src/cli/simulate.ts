import { availableParallelism } from 'node:os';
import { FAULT_KINDS, type FaultKind } from '../simulation/faults/fault';
import { runSimulation } from './simulate/runSimulation';
import { complaint, FLAG, readOptions, TEXT, UsageError, wholeNumber } from './terminal/commandLine';

const HELP = `Plays the whole engine in worlds of its own: a virtual clock, one seeded order of every timer, statement and answer, a
model of Plivo, and faults at any step. Then it counts the texts that everybody got.

  --seeds N        worlds (500)
  --from S         the first seed (0)
  --seed S         one world, step by step
  --trace          every step of every world
  --small          every step of what is left of a wrong world once all is taken away that can be
  --without KINDS  leaves kinds of faults out, separated by commas
  --shrink N       makes the first N wrong worlds as small as they stay wrong (1)
  --workers N      processes (as many as there are processors)
  --help           this text
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, {
    seeds: TEXT,
    from: TEXT,
    seed: TEXT,
    without: TEXT,
    shrink: TEXT,
    workers: TEXT,
    trace: FLAG,
    small: FLAG,
  });
  if (flags === null) return;
  const single = flags.seed === undefined ? null : wholeNumber('seed', flags.seed);
  const isWell = await runSimulation({
    from: single ?? wholeNumber('from', flags.from ?? '0'),
    count: single === null ? wholeNumber('seeds', flags.seeds ?? '500') : 1,
    without: faultKinds(flags.without),
    isTraced: flags.trace === true || (single !== null && flags.small !== true),
    isSmallTraced: flags.small === true,
    shrinks: wholeNumber('shrink', flags.shrink ?? '1'),
    workers: wholeNumber('workers', flags.workers ?? String(availableParallelism())),
    print: (line) => console.log(line),
  });
  process.exit(isWell ? 0 : 1);
}

/** @throws UsageError for a kind that there is not */
function faultKinds(list = ''): FaultKind[] {
  const names = list.split(',').filter((name) => name !== '');
  return names.map((name) => {
    const kind = FAULT_KINDS.find((one) => one === name);
    if (kind === undefined) throw new UsageError(`--without knows no "${name}". There are: ${FAULT_KINDS.join(', ')}.`);
    return kind;
  });
}

main().catch((error: unknown) => {
  console.error(complaint(error, HELP));
  process.exit(1);
});
