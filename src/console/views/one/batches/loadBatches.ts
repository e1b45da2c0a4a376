import { ask } from '../../../api/request';
import type { Batch, BatchStatus, Broadcast, Page } from '../../../api/types';

/** Each batch comes with the ids of all its texts, so that no more are asked for than are looked through. */
const PAGE = 1000;
/** Further pages are looked through for what needs somebody only so far, unless more is asked for. */
const MOST_PAGES = 10;

/** Those with which not all is well. Those on their way are many, each for a moment: put first they would make the others jump. */
const RESTLESS: readonly BatchStatus[] = ['held', 'unconfirmed', 'failed'];

/** The first so many, and on from there until every batch is found that may need a person: pages have no filter. */
export async function loadBatches(
  { id, batches: counts }: Broadcast,
  least: number,
  signal: AbortSignal,
): Promise<readonly Batch[]> {
  const restless = RESTLESS.reduce((sum, status) => sum + counts[status], 0);
  const most = Math.max(MOST_PAGES, Math.ceil(least / PAGE));
  const limit = restless === 0 ? Math.min(PAGE, least) : PAGE;
  const found: Batch[] = [];
  let cursor = '';
  for (let page = 0; page < most; page++) {
    const { data, next } = await ask<Page<Batch>>(`broadcast/${id}/batches`, {
      query: { limit, cursor },
      signal,
    });
    found.push(...data);
    if (next === null) break;
    cursor = next;
    const isEnough = found.filter(isRestless).length >= restless;
    if (isEnough && found.length >= least) break;
  }
  return found;
}

export const isRestless = ({ status }: Batch): boolean => RESTLESS.includes(status);
