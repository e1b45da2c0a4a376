import type { Fault, FaultKind } from '../faults/fault';
import type { WorldPlan } from '../faults/worldPlan';
import type { PlivoNature } from '../plivo/plivoNature';

type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

export const faultsOf = <Kind extends FaultKind>({ faults }: WorldPlan, kind: Kind): FaultOf<Kind>[] =>
  faults.filter((fault): fault is FaultOf<Kind> => fault.kind === kind);

/** The oddities of a plan that make its Plivo what it is. */
export function natureOf(plan: WorldPlan, clockOffsetMs: number): PlivoNature {
  const digits = (person: number) => (plan.people[person] ?? '').replace('+', '');
  const [invalid] = faultsOf(plan, 'invalid people');
  const [lag] = faultsOf(plan, 'list lags');
  return {
    clockOffsetMs,
    invalidPeople: new Set(invalid?.people.map(digits)),
    invalidAs: invalid?.as ?? 'text',
    barredPeople: new Map(
      faultsOf(plan, 'barred person').map(({ person, status }) => [digits(person), status === 400 ? '400' : '403']),
    ),
    lag: lag ?? { ms: 0, share: 0 },
    masksNumbers: faultsOf(plan, 'list masks').length > 0,
    hasTotalCount: faultsOf(plan, 'list has no total').length === 0,
    replacedSenderShare: faultsOf(plan, 'sender replaced')[0]?.share ?? 0,
    zoneMinutes: plan.seed % 2 === 0 ? 0 : 330,
  };
}
