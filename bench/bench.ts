import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { complaint, engineChoice, FLAG, readOptions, TEXT, UsageError } from '../src/cli/terminal/commandLine';
import { FIGURES, type FigureName } from './figures/figure';
import { verdictOf } from './measure/row';
import { FULL_PLAN, QUICK_PLAN } from './plan';
import { benchmarksPage } from './report/page';
import type { Result } from './report/result';
import { figuresTable, growthTable, inColumns } from './report/table';
import { runBench } from './runBench';
import { dropAllScratch } from './stage/scratchDatabase';

const HELP = `Measures the service against its floors and against a tutorial-style server, all on this machine and in one run.

  --quick        small sizes, under a minute: says whether everything works, judges nothing
  --engine NAME  sqlite, postgres or both (both, PostgreSQL where DATABASE_URL=postgres://… names a server);
                 databases are made for the run and dropped
  --only LIST    of ${FIGURES.join(',')}
  --growth       also from 1,000 to 10 million recipients; takes half an hour or more
  --write        writes docs/benchmarks.md
  --help         this text

Exits with 0 unless something broke: being slow is no fault of a run.
`;

const PAGE = join(__dirname, '../../docs/benchmarks.md');

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const flags = readOptions(HELP, { quick: FLAG, engine: TEXT, only: TEXT, growth: FLAG, write: FLAG });
  if (flags === null) return;
  endCleanly();
  const result = await runBench({
    engine: engineChoice(flags.engine),
    only: figuresOf(flags.only),
    growth: flags.growth === true,
    plan: flags.quick === true ? QUICK_PLAN : FULL_PLAN,
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    say: (line) => process.stderr.write(`  ${line}\n`),
  });
  for (const line of closingLines(result)) print(line);
  if (flags.write === true) {
    mkdirSync(dirname(PAGE), { recursive: true });
    writeFileSync(PAGE, benchmarksPage(result));
    print(`Written to docs/benchmarks.md`);
  }
}

function figuresOf(list: string | undefined): FigureName[] {
  if (list === undefined) return [...FIGURES];
  const wanted = list.split(',').filter((name) => name !== '');
  const unknown = wanted.find((name) => !(FIGURES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new UsageError(`--only knows ${FIGURES.join(', ')}, not "${unknown}".`);
  return FIGURES.filter((name) => wanted.includes(name));
}

function closingLines(result: Result): string[] {
  const { rows, growth, notes, machine, isQuick, seconds } = result;
  const missed = rows.filter((row) => verdictOf(row) === 'not met').length;
  const judged = rows.filter((row) => verdictOf(row) !== null).length;
  return [
    '',
    ...machine,
    '',
    ...inColumns(figuresTable(rows, !isQuick)),
    ...(growth.length === 0 ? [] : ['', ...inColumns(growthTable(growth))]),
    '',
    ...notes,
    isQuick
      ? 'Everything works. Sizes were too small for the goals, so nothing was judged.'
      : `${judged - missed} of ${judged} goals met.`,
    `${Math.round(seconds)} s`,
  ];
}

/** Databases on a server would outlive an interrupted run; processes and folders go with this process. */
function endCleanly(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void dropAllScratch().finally(() => process.exit(130)));
  }
}

main().catch(async (error: unknown) => {
  const told = complaint(error, HELP);
  process.stderr.write(error instanceof UsageError ? told : `The bench broke: ${told}\n`);
  await dropAllScratch();
  process.exit(1);
});
