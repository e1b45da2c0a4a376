import type { BatchStatus } from '../../domain/states/batchState';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { BatchRow, Findings } from './findings';
import type { Wrong } from './verdict';

const OPEN: ReadonlySet<BatchStatus> = new Set(['pending', 'sending', 'unconfirmed']);

/** Everything has ended, or is held or paused with a reason; and what a caller was told of exists. */
export function endings(ground: Ground, findings: Findings, wasCutOff: boolean): Wrong[] {
  return [...openBatches(ground, findings, wasCutOff), ...lostBroadcasts(ground, findings)];
}

function openBatches({ plan }: Ground, { batches }: Findings, wasCutOff: boolean): Wrong[] {
  const poisoned = new Set(faultsOf(plan, 'poisoned person').map(({ person }) => (plan.people[person] ?? '').slice(1)));
  const isPoisoned = ({ people }: BatchRow) => people.some((person) => poisoned.has(person));
  const isPaused = ({ status, broadcast }: BatchRow) => status === 'pending' && broadcast.status === 'paused';
  return batches
    .filter((batch) => OPEN.has(batch.status) && !isPaused(batch) && !isPoisoned(batch))
    .map(({ number, status, errorCode, broadcast }) => ({
      rule: 'everything ends',
      what: `${broadcast.text}: batch ${number} is still ${status} (${errorCode ?? 'no error'})${wasCutOff ? ' hours later' : ''}`,
    }));
}

function lostBroadcasts({ record, plan }: Ground, { broadcasts }: Findings): Wrong[] {
  return [...record.callers].flatMap(([place, end]) => {
    const text = plan.broadcasts[place]?.text ?? '';
    if (end.kind !== 'told' || broadcasts.some(({ id }) => id === end.id)) return [];
    return [
      { rule: 'nobody dropped', what: `${text}: its caller was told that it is accepted, and it does not exist` },
    ];
  });
}
