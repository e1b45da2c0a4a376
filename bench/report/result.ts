import type { GrowthRow } from '../figures/growth';
import type { Row } from '../measure/row';

/** All that one run found. */
export type Result = {
  /** As typed, to get the same again. */
  readonly command: string;
  readonly isQuick: boolean;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly seconds: number;
  readonly machine: readonly string[];
  readonly rows: readonly Row[];
  readonly growth: readonly GrowthRow[];
  readonly notes: readonly string[];
};
