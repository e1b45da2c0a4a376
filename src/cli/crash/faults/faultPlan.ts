import type { Fault } from '../../../simulator/simulator';
import type { Choices } from '../choices';

type Plan = (choices: Choices) => Fault;

/** Plivo took the texts, and we are not told. */
const TAKEN: readonly [Plan, ...Plan[]] = [
  () => ({ kind: 'accept-then-reset' }),
  () => ({ kind: 'accept-then-hang' }),
  () => ({ kind: 'accept-then-500' }),
  () => ({ kind: 'garbage-202' }),
  () => ({ kind: 'truncated' }),
  ({ between }) => ({ kind: 'slow', delayMs: between(100, 2000) }),
];
/** Plivo took nothing, and we cannot know: the message list has to be asked, twice. */
const NOT_TAKEN: readonly [Plan, ...Plan[]] = [
  () => ({ kind: 'reset' }),
  () => ({ kind: 'hang' }),
  () => ({ kind: 'null-body' }),
  () => ({ kind: 'html' }),
  ({ pick }) => ({ kind: 'status', status: pick([500, 502, 504]) }),
];
/** Plivo says that it took nothing. */
const REFUSED: readonly [Plan, ...Plan[]] = [
  ({ between }) => ({ kind: 'status', status: 429, times: between(3, 12) }),
  ({ between }) => ({ kind: 'status', status: 503, times: between(1, 5) }),
  ({ pick }) => ({ kind: 'status', status: pick([401, 402, 403]) }),
];
/** The list itself stumbles. */
const LIST: readonly [Plan, ...Plan[]] = [
  () => ({ kind: 'status', status: 429, target: 'list' }),
  () => ({ kind: 'status', status: 503, target: 'list' }),
  () => ({ kind: 'hang', target: 'list' }),
  () => ({ kind: 'reset', target: 'list' }),
];

/**
 * The faults of a round, in the order in which they are let loose. Few need the message list, which Plivo allows 20
 * requests a minute: without delivery reports, that is all faults after which we do not know.
 */
export function planFaults(choices: Choices, withReports: boolean): Fault[] {
  const plans: Plan[] = [];
  const draw = (from: readonly [Plan, ...Plan[]], count: number) => {
    for (let drawn = 0; drawn < count; drawn++) plans.push(choices.pick(from));
  };
  draw(TAKEN, choices.between(1, withReports ? 5 : 1));
  draw(NOT_TAKEN, choices.between(0, 1));
  draw(REFUSED, choices.between(0, 2));
  draw(LIST, choices.chance(0.25) ? 1 : 0);
  return plans
    .map((plan) => ({ plan, at: choices.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ plan }) => plan(choices));
}
