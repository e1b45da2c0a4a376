import type { Result } from './result';
import { figuresTable, growthTable, inMarkdown } from './table';

/** What stands above and below the figures; the figures come from the run alone. */
const HOW = `## How it is measured

The service, the simulated Plivo, the load generator, the baseline and each floor are processes of their own on one machine.
A figure is the median of its rounds, with the lowest and the highest beside it; the rounds of all that is compared
take turns, and a ratio is taken round by round, so that whatever slows the machine down for a while slows down both. "Its CPU" is
the processor time of the service process: for one request, for one report, for one person, for one start; that of
PostgreSQL is not in it.

| figure | ours | held against |
| --- | --- | --- |
| accept, JSON | from the first byte of the request to the last of the answer: parsed, validated, de-duplicated, opted-out people removed (1 in 100, of a list of 10,000), durable | \`JSON.parse\` of the same body alone; the database's own driver writing the same batches in one transaction; the baseline with the same body, measured once at this very size: its time grows faster than the list |
| accept, texts of their own | a list with names and codes and a message that names them, so that everybody gets another text | the same list in the same form with one text for all |
| accept, the largest | the same in a fresh process. Meanwhile somebody else asks for \`/health/live\` and for another broadcast every 20 ms; the longest of these waits counts | \`JSON.parse\` of the same body; for formats that are streamed, \`node:http\` that reads the same body and does nothing |
| delivery reports | signed (V3), each about another person of a real broadcast, 64 kept connections, answered 204 when committed | an Express route with \`express.urlencoded()\` that answers 204 and does nothing, and \`node:http\` that does nothing, with the same bytes |
| dispatch | from the first byte of \`POST /broadcast\` until the last batch is taken by Plivo and recorded, no delay between calls | the baseline's loop of \`messages.create\` of Plivo's SDK, warmed up, with the list in memory and nothing kept; the database's own driver writing a row for each person, one durable transaction a batch |
| status | \`GET /broadcast/{id}\` one after another, of a large broadcast that was paused in the middle of its dispatch | the same for a broadcast of 10 |
| start | from starting the process to the first 200 of \`/health/ready\`, asked every 20 ms | Node starting and ending with an empty program |

The baseline is in \`bench/baseline\`: what one gets by following the usual tutorials. Reports are sent over raw sockets, each exactly
once: autocannon repeats one list on every connection and ends on its own ticks. Broadcasts whose acceptance is measured are not
dispatched meanwhile (\`PLIVO_BATCH_DELAY_MS\` of a day). With Plivo at 100 ms, the default of four calls at once cannot be more than
four times as fast as the baseline; the goal is held against \`PLIVO_MAX_CONCURRENCY=16\`.`;

/** `docs/benchmarks.md`. */
export function benchmarksPage(result: Result): string {
  const { command, date, seconds, machine, rows, growth, notes, isQuick } = result;
  const sections = [
    '# Benchmarks',
    `Written by \`${command}\` on ${date.slice(0, 10)}, in ${Math.round(seconds)} s. Do not edit: run it again.`,
    machine.map((line) => `- ${line}`).join('\n'),
    ...(isQuick ? ['This was a run with `--quick`: the sizes are too small for the goals, so nothing is judged.'] : []),
    '## Figures',
    inMarkdown(figuresTable(rows, !isQuick)).join('\n'),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
    ...(growth.length === 0
      ? []
      : [
          '## As it grows',
          'Plivo at no latency, 16 calls at once, each line in a fresh database, once.',
          inMarkdown(growthTable(growth)).join('\n'),
        ]),
    HOW,
  ];
  return `${sections.join('\n\n')}\n`;
}
