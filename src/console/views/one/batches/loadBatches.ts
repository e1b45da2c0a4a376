import { ask } from '../../../api/request';
import type { Batch, BatchStatus, Broadcast, Page } from '../../../api/types';

/** Each batch comes with the ids of all its texts, so that no more are asked for than are looked at. */
const PAGE = 1000;
/** Of those that may need a person; once some are settled, others come. */
const MOST_RESTLESS = 100;

/** Those with which not all is well. Those on their way are many, each for a moment: put first they would make the others jump. */
const RESTLESS: readonly BatchStatus[] = ['held', 'unconfirmed', 'failed'];

/** The first so many, and those wherever they stand that may need a person; in their order. */
export async function loadBatches(
  { id, batches: counts }: Broadcast,
  least: number,
  signal: AbortSignal,
): Promise<readonly Batch[]> {
  const page = (query: Readonly<Record<string, string | number>>) =>
    ask<Page<Batch>>(`broadcast/${id}/batches`, { query, signal });
  const found = new Map<number, Batch>();
  let cursor = '';
  while (found.size < least) {
    const { data, next } = await page({ limit: Math.min(PAGE, least - found.size), cursor });
    for (const batch of data) found.set(batch.number, batch);
    if (next === null) return [...found.values()];
    cursor = next;
  }
  for (const status of RESTLESS.filter((one) => counts[one] > 0)) {
    const { data } = await page({ status, limit: MOST_RESTLESS });
    for (const batch of data) found.set(batch.number, batch);
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

export const isRestless = ({ status }: Batch): boolean => RESTLESS.includes(status);
