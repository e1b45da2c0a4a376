import { green, red, unknown, type Check } from '../check';
import type { ClockFacts } from '../facts';
import { whyNotAsked } from './refused';

const NAME = 'clock';
const MOST_MS = 30_000;
/** Plivo tells whole seconds: on average half of one has gone by since. */
const HALF_A_SECOND = 500;

export function judgeClock({ outcome, now }: ClockFacts): Check {
  if (outcome.kind === 'refused') return unknown(NAME, ...whyNotAsked(outcome));
  const aheadMs = now - (outcome.at + HALF_A_SECOND);
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= MOST_MS) return green(NAME, `${seconds} s from Plivo's`);
  return red(
    NAME,
    `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Plivo's`,
    'Have this machine set its clock by the network (NTP): texts of an unknown outcome are looked up by their time.',
  );
}
