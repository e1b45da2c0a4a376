import { BEGINNING } from '../clockwork/wallClock';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { BatchRow } from './findings';

const CLOCKS_DIFFER_MS = 2000;

/**
 * A 403 may concern the account or this batch alone, and only another batch that is taken after it tells which. Where none
 * is left, it waits for the account, as everybody is told.
 */
export function waitsForAccount({ plan, record, account }: Ground, { people, broadcast }: BatchRow): boolean {
  const barred = faultsOf(plan, 'barred person').filter(({ status }) => status === 403);
  const isBarred = barred.some(({ person }) => people.includes((plan.people[person] ?? '').slice(1)));
  const first = record.calls.find(
    (call) => call.text === broadcast.text && call.to.some((one) => people.includes(one)),
  );
  if (!isBarred || first === undefined) return false;
  const since = BEGINNING + first.at - CLOCKS_DIFFER_MS;
  return !account.messages.some(({ isOthers, at }) => !isOthers && at > since);
}
