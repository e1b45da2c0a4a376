import type { Choices } from '../choices';
import { leaseMsOf } from './serviceEnvironment';

/** The smallest call: who fits in it goes in one call, whatever instance accepts the broadcast. */
export const SMALLEST_BATCH = 50;
const LARGEST_BATCH = 200;
const LONGEST_TIMEOUT_MS = 1500;

/** The longest lease that any of the settings brings about. */
export const LONGEST_LEASE_MS = leaseMsOf(LONGEST_TIMEOUT_MS);

/** Settings that instances of one service may differ in, as during the roll-out of new ones. */
export function drawSettings(choices: Choices): Record<string, string> {
  return {
    PLIVO_BULK_MESSAGE_LIMIT: String(choices.between(SMALLEST_BATCH, LARGEST_BATCH)),
    PLIVO_TIMEOUT_MS: String(choices.pick([400, 800, LONGEST_TIMEOUT_MS])),
    PLIVO_BATCH_DELAY_MS: String(choices.pick([0, 5, 5, 25, 60])),
    PLIVO_CALL_SPACING_MS: String(choices.pick([0, 5, 20])),
    PLIVO_MAX_CONCURRENCY: String(choices.pick([1, 2, 4, 12])),
  };
}
