import { verdictOf, type Row } from '../measure/row';
import type { GrowthRow } from '../figures/growth';
import * as words from './words';

/** A head and lines, as text that people and Markdown lay out in their own ways. */
export type Table = { readonly head: readonly string[]; readonly lines: readonly (readonly string[])[] };

export function figuresTable(rows: readonly Row[], isJudged: boolean): Table {
  return {
    head: ['figure', 'engine', 'ours', 'its CPU', 'floor or baseline', 'ratio', 'goal', 'result'],
    lines: rows.map((row) => [
      row.figure,
      row.engine ?? '',
      words.measured(row.ours),
      words.cpu(row.cpu),
      words.against(row),
      words.ratio(row.ratio),
      row.goal === undefined ? '' : words.goal(row.goal, row.ours.unit),
      isJudged ? (verdictOf(row) ?? '') : '',
    ]),
  };
}

export function growthTable(rows: readonly GrowthRow[]): Table {
  return {
    head: [
      'recipients',
      'engine',
      'accept',
      'dispatch',
      'delivery reports',
      'status',
      'memory of the service',
      'database',
    ],
    lines: rows.map((row) => [
      `${row.broadcasts === 1 ? '' : `${row.broadcasts} x `}${row.recipients.toLocaleString('en-US')}`,
      row.engine,
      `${words.number(row.acceptMs)} ms`,
      `${words.number(row.dispatchPerSecond)}/s`,
      `${words.number(row.reportsPerSecond)}/s`,
      `${words.number(row.statusUs)} µs`,
      row.peakMb === null ? '–' : `${words.number(row.peakMb)} MB`,
      `${words.number(row.databaseMb)} MB`,
    ]),
  };
}

/** In columns, for a terminal. */
export function inColumns({ head, lines }: Table): string[] {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function inMarkdown({ head, lines }: Table): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)];
}
