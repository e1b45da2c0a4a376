import type { EngineName } from '../stage/scratchDatabase';
import { median, type Samples } from './samples';

export type Unit = 'ms' | 'µs' | 'MB' | '/s';

export type Measured = { readonly samples: Samples; readonly unit: Unit };

/** How a ratio is to be read: 3 times the time is bad, 3 times as fast is good. */
export type Ratio = { readonly samples: Samples; readonly of: 'the time' | 'the speed' };

export type Goal = {
  /** What is held against it: our figure, or its ratio to the floor or baseline. */
  readonly of: 'ours' | 'ratio';
  readonly kind: 'at most' | 'at least';
  readonly value: number;
};

/** One line of the result. */
export type Row = {
  readonly figure: string;
  /** Null where no database takes part. */
  readonly engine: EngineName | null;
  readonly ours: Measured;
  /** Processor time of the service; null where there is no /proc to tell. */
  readonly cpu?: Measured | null;
  /** The floor or baseline it is held against, with the processor time of its process. */
  readonly against?: { readonly name: string; readonly measured: Measured; readonly cpu?: Measured | null };
  readonly ratio?: Ratio;
  readonly goal?: Goal;
};

export type Verdict = 'ok' | 'not met';

export function verdictOf({ ours, ratio, goal }: Row): Verdict | null {
  if (goal === undefined) return null;
  const value = median(goal.of === 'ratio' ? (ratio?.samples ?? []) : ours.samples);
  return (goal.kind === 'at most' ? value <= goal.value : value >= goal.value) ? 'ok' : 'not met';
}

/** Null where one round could not be measured: half a median says nothing. */
export function measuredOrNull(samples: readonly (number | null)[], unit: Unit): Measured | null {
  const known = samples.filter((sample) => sample !== null);
  return known.length === samples.length && known.length > 0 ? { samples: known, unit } : null;
}
