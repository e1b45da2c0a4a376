import type { SendOutcome } from '../../domain/outcome/sendOutcome';
import type { Timers } from '../../domain/time/timers';

/** Watches for calls that are lost one after the other: each puts people at stake of whom nobody then knows anything. */
export type Brake = {
  /** How a call ended. */
  note(outcome: SendOutcome): void;
  /** Whether so many in a row were lost that only one at a time is to be made. */
  isOn(): boolean;
  /** In how many milliseconds the next batch may be claimed. */
  untilClear(): number;
};

/** One or two are lost now and then; three in a row are no chance. */
const LOST_IN_A_ROW = 3;
/** After one that was lost, those that were under way beside it may end before another is begun. */
const QUIET_MS = 100;

export function createBrake({ monotonicMs }: Pick<Timers, 'monotonicMs'>): Brake {
  let lost = 0;
  let clearAt = -Infinity;
  return {
    note({ kind }) {
      if (kind === 'not_made') return;
      lost = kind === 'unknown' ? lost + 1 : 0;
      if (kind === 'unknown') clearAt = monotonicMs() + QUIET_MS;
    },
    isOn: () => lost >= LOST_IN_A_ROW,
    untilClear: () => Math.max(0, clearAt - monotonicMs()),
  };
}
