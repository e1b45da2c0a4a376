import type { Request, Response } from 'express';
import type { JudgedEntry } from '../../services/accepting/planning/entryJudge';
import { streamCsv, type CsvCell } from '../views/csvAnswer';

const COLUMNS = ['submitted', 'number', 'country', 'verdict', 'reason'] as const satisfies (keyof JudgedEntry)[];

/** Whether a preview is to be answered as the cleaned list. */
export const wantsCsv = (req: Request): boolean => req.accepts(['application/json', 'text/csv']) === 'text/csv';

/** Writes what became of each entry of a submitted list, in its order. */
export const streamPreviewCsv = (res: Response, judged: AsyncGenerator<JudgedEntry[]>): Promise<void> =>
  streamCsv(res, 'recipients.csv', COLUMNS, rowsOf(judged));

async function* rowsOf(judged: AsyncGenerator<JudgedEntry[]>): AsyncGenerator<CsvCell[][]> {
  for await (const entries of judged) yield entries.map((entry) => COLUMNS.map((column) => entry[column]));
}
