import type { Fault } from './fault';
import type { WorldPlan } from './worldPlan';

/** Plans with a part of this one taken away, the largest parts first. Each is a world of its own. */
export function* smallerPlans(plan: WorldPlan): Generator<WorldPlan> {
  yield* withFewerFaults(plan);
  for (let place = 0; place < plan.retries.length; place++)
    yield { ...plan, retries: plan.retries.filter((_, one) => one !== place) };
  for (let place = 0; place < plan.broadcasts.length; place++) yield* withoutBroadcast(plan, place);
  for (const share of [0.25, 0.5, 0.75, 0.9]) yield* withFewerPeople(plan, Math.floor(plan.people.length * share));
  yield* withFewerPeople(plan, plan.people.length - 1);
  yield* plainer(plan);
}

function* withFewerFaults(plan: WorldPlan): Generator<WorldPlan> {
  const { faults } = plan;
  for (let size = faults.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < faults.length; from += size)
      yield { ...plan, faults: [...faults.slice(0, from), ...faults.slice(from + size)] };
  }
}

function* withoutBroadcast(plan: WorldPlan, place: number): Generator<WorldPlan> {
  if (plan.broadcasts.length === 1) return;
  const broadcasts = plan.broadcasts.filter((_, one) => one !== place);
  const faults = plan.faults.flatMap((fault): Fault[] => {
    if (!('broadcast' in fault)) return [fault];
    if (fault.broadcast === place) return [];
    return [{ ...fault, broadcast: fault.broadcast - (fault.broadcast > place ? 1 : 0) }];
  });
  const retries = plan.retries
    .filter(({ of }) => of !== place)
    .map((retry) => ({ ...retry, of: retry.of - (retry.of > place ? 1 : 0) }));
  yield { ...plan, broadcasts, retries, faults };
}

function* withFewerPeople(plan: WorldPlan, count: number): Generator<WorldPlan> {
  if (count < 1 || count >= plan.people.length) return;
  const broadcasts = plan.broadcasts.map((broadcast) => ({
    ...broadcast,
    people: broadcast.people.filter((person) => person < count),
  }));
  if (broadcasts.some(({ people }) => people.length === 0)) return;
  const faults = plan.faults.filter((fault) => !('person' in fault) || fault.person < count);
  yield { ...plan, people: plan.people.slice(0, count), broadcasts, faults };
}

function* plainer(plan: WorldPlan): Generator<WorldPlan> {
  const { settings } = plan;
  if (plan.owners > 1) yield { ...plan, owners: 1 };
  if (settings.maxConcurrency > 1) yield { ...plan, settings: { ...settings, maxConcurrency: 1 } };
  if (plan.broadcasts.some(({ wordings }) => wordings > 1))
    yield { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, wordings: 1 })) };
  if (plan.broadcasts.some(({ canary }) => canary !== null))
    yield { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, canary: null })) };
  if (plan.broadcasts.some(({ localInMs }) => localInMs !== null))
    yield { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, localInMs: null })) };
  if (settings.senderRates !== null) yield { ...plan, settings: { ...settings, senderRates: null } };
  if (plan.broadcasts.some(({ sender }) => sender !== null))
    yield { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, sender: null })) };
  if (settings.hasPowerpack) yield { ...plan, settings: { ...settings, hasPowerpack: false } };
  if (settings.batchDelayMs > 0) yield { ...plan, settings: { ...settings, batchDelayMs: 0 } };
}
