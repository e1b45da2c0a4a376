import { inGroups } from '../../../src/cli/terminal/inGroups';
import { inColumns } from '../../report/table';
import type { Fault, Tally } from './findings';
import { KINDS } from '../making/input';
import type { FuzzResult } from '../runFuzz';
import { LONG_WAIT_MS } from './verdict';

const SHOWN_BYTES = 600;
const HEAD = ['inputs', '', 'answered well', 'refused (4xx)', 'later (503)', 'failed (5xx)', 'no answer due'];

/** The figures of a run, in columns. */
export function figuresOf(result: FuzzResult): string[] {
  const { tallies, operations, waits, memoryMb, seconds, slowest } = result;
  const rows = KINDS.map((kind) => rowOf(kind, tallies[kind]));
  const total = KINDS.reduce((sum, kind) => sum + tallies[kind].inputs, 0);
  const longest = Math.max(0, ...waits.map(({ ms }) => ms));
  const longestBusy = Math.max(0, ...waits.map(({ ms, busyMs }) => Math.min(ms, busyMs ?? 0)));
  const figures: [string, string][] = [
    ['inputs', `${inGroups(total)} in ${Math.round(seconds)} s`],
    ['operations answered well', `${operations.well.size} of ${operations.tried.size}`],
    ['slowest input', slowest === null ? '–' : `${Math.round(slowest.ms)} ms (input ${slowest.index})`],
    [
      'others asked meanwhile',
      `${inGroups(waits.length)} times, ${waits.filter(({ isWell }) => !isWell).length} not answered 200`,
    ],
    ['longest wait of another', `${Math.round(longest)} ms, of service's own work ${Math.round(longestBusy)} ms`],
    [`waits over ${LONG_WAIT_MS} ms`, String(waits.filter(({ ms }) => ms > LONG_WAIT_MS).length)],
    ['memory of the service', `${megabytes(memoryMb.before)} after a tenth, ${megabytes(memoryMb.after)} at the end`],
  ];
  const width = Math.max(...figures.map(([name]) => name.length));
  return [
    ...inColumns({ head: HEAD, lines: rows }),
    '',
    ...figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...notReached(operations),
  ];
}

const rowOf = (kind: string, { inputs, well, refused, later, failed, unanswered }: Tally): string[] => [
  kind,
  ...[inputs, well, refused, later, failed, unanswered].map(inGroups),
];

const megabytes = (size: number | null): string => (size === null ? '–' : `${Math.round(size)} MB`);

function notReached({ well, tried }: FuzzResult['operations']): string[] {
  const missing = [...tried].filter((name) => !well.has(name));
  return missing.length === 0 ? [] : [`Only ever refused: ${missing.join(', ')}`];
}

/** A fault with what is needed to see it again. */
export function faultLines({ index, input, what, times }: Fault, seed: number): string[] {
  if (index === null || input === null) return [`✗ ${what}`];
  const bytes = Buffer.concat(input.pieces.map((piece) => piece.bytes));
  const shown = JSON.stringify(bytes.toString('latin1', 0, SHOWN_BYTES));
  return [
    `✗ ${what}${times === 1 ? '' : ` (${times} times)`}`,
    `  ${input.kind} (${input.note}), made for ${input.operationId}: npm run fuzz -- --seed ${seed} --only ${index}`,
    `  ${shown}${bytes.length > SHOWN_BYTES ? ` … (${inGroups(bytes.length)} bytes)` : ''}`,
  ];
}
