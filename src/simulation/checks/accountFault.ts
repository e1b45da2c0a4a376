import { BEGINNING } from '../clockwork/wallClock';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { BatchRow } from './findings';

const CLOCKS_DIFFER_MS = 2000;
/** So many of the last calls are looked at. */
const LATEST = 20;

/**
 * A 403 may concern the account or this batch alone: only another batch that is taken between two of them tells which. Where
 * there is none, it waits for the account, as everybody is told.
 */
export function waitsForAccount({ plan, record, account }: Ground, { people, broadcast }: BatchRow): boolean {
  const barred = faultsOf(plan, 'barred person').filter(({ status }) => status === 403);
  if (!barred.some(({ person }) => people.includes((plan.people[person] ?? '').slice(1)))) return false;
  const refused = record.calls
    .filter((call) => !call.isLost && call.text === broadcast.text && call.to.some((one) => people.includes(one)))
    .map(({ at }) => BEGINNING + at);
  const taken = account.messages.filter(({ isOthers }) => !isOthers).map(({ at }) => at);
  const isBetween = (first: number, again: number) =>
    taken.some((at) => at > first + CLOCKS_DIFFER_MS && at < again - CLOCKS_DIFFER_MS);
  const last = refused.at(-1);
  // Earlier ones may have met an outage, or a caller that died before it heard of them.
  return (
    last === undefined ||
    !refused
      .slice(1)
      .slice(-LATEST)
      .some((first) => isBetween(first, last))
  );
}
