import type { Fault } from '../faults/fault';
import type { WorldPlan } from '../faults/worldPlan';
import type { CallFate } from '../plivo/callFates';

export type PlannedFate = { readonly fate: CallFate; readonly fault: Fault };

/** What the plan has in store for single calls, by their number in the world. */
export function createFates({ faults }: WorldPlan): ReadonlyMap<number, PlannedFate> {
  const fates = new Map<number, PlannedFate>();
  for (const fault of faults) {
    const fate = fateOf(fault);
    if (fate !== null && 'call' in fault) fates.set(fault.call, { fate, fault });
  }
  return fates;
}

function fateOf(fault: Fault): CallFate | null {
  switch (fault.kind) {
    case 'lost request':
      return { kind: 'lost request', loss: fault.loss };
    case 'lost answer':
      return { kind: 'lost answer', loss: fault.loss, share: 1 };
    case 'partial acceptance':
      return { kind: 'lost answer', loss: fault.loss, share: fault.share };
    case 'late acceptance':
      return { kind: 'late', pastTimeoutMs: fault.pastTimeoutMs };
    default:
      return null;
  }
}
