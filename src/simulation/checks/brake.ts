import type { Ground } from '../ground/ground';
import type { Wrong } from './verdict';

/** So many calls in a row, made within so long, may be lost before nothing goes on as if all were well. */
const MOST_LOST = 15;
const WITHIN_MS = 15_000;

/** Where nobody can know what becomes of calls, not everybody is put at stake at once. */
export function brake({ record }: Ground): Wrong[] {
  let row: number[] = [];
  let worst = 0;
  for (const { at, isLost } of record.calls) {
    row = isLost ? [...row.filter((earlier) => earlier > at - WITHIN_MS), at] : [];
    worst = Math.max(worst, row.length);
  }
  if (worst <= MOST_LOST) return [];
  return [{ rule: 'a brake on losses', what: `${worst} lost calls in a row within ${WITHIN_MS / 1000} s` }];
}
