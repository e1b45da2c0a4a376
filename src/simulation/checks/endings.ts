import type { BatchStatus } from '../../domain/states/batchState';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import { waitsForAccount } from './accountFault';
import type { BatchRow, Findings } from './findings';
import type { Wrong } from './verdict';

const OPEN: ReadonlySet<BatchStatus> = new Set(['pending', 'sending', 'unconfirmed']);

/** Everything has ended, or is held or paused with a reason; and what a caller was told of exists. */
export function endings(ground: Ground, findings: Findings, wasCutOff: boolean): Wrong[] {
  return [...openBatches(ground, findings, wasCutOff), ...lostBroadcasts(ground, findings), ...putOff(ground)];
}

function openBatches(ground: Ground, { batches }: Findings, wasCutOff: boolean): Wrong[] {
  const { plan } = ground;
  const poisoned = new Set(faultsOf(plan, 'poisoned person').map(({ person }) => (plan.people[person] ?? '').slice(1)));
  const isPoisoned = ({ people }: BatchRow) => people.some((person) => poisoned.has(person));
  const isPaused = ({ status, broadcast }: BatchRow) => status === 'pending' && broadcast.status === 'paused';
  return batches
    .filter(
      (batch) => OPEN.has(batch.status) && !isPaused(batch) && !isPoisoned(batch) && !waitsForAccount(ground, batch),
    )
    .map(({ number, status, errorCode, broadcast }) => ({
      rule: 'everything ends',
      what: `${broadcast.text}: batch ${number} is still ${status} (${errorCode ?? 'no error'})${wasCutOff ? ' hours later' : ''}`,
    }));
}

/** Beyond what the caller was willing to wait: others may have to find out first that the process is gone. */
const LONGEST_PUT_OFF_MS = 30_000;

function putOff({ record, plan }: Ground): Wrong[] {
  return [...record.putOffMs].flatMap(([place, ms]) => {
    const planned = plan.broadcasts[place];
    const waitMs = planned?.waitMs ?? plan.settings.broadcastWaitMs;
    if (ms <= waitMs + LONGEST_PUT_OFF_MS) return [];
    const what = `${planned?.text ?? ''}: in progress, ${Math.round(ms / 1000)} s after its process was gone`;
    return [{ rule: 'callers are answered', what }];
  });
}

function lostBroadcasts({ record, plan }: Ground, { broadcasts }: Findings): Wrong[] {
  if (plan.settings.retentionDays > 0) return [];
  return [...record.callers].flatMap(([place, end]) => {
    const text = plan.broadcasts[place]?.text ?? '';
    if (end.kind !== 'told' || broadcasts.some(({ id }) => id === end.id)) return [];
    return [
      { rule: 'nobody dropped', what: `${text}: its caller was told that it is accepted, and it does not exist` },
    ];
  });
}
