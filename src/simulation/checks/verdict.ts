import type { FaultKind } from '../faults/fault';
import type { WorldCounts } from '../ground/worldRecord';

/** One thing that must not be. `rule` is the invariant's name. */
export type Wrong = { readonly rule: string; readonly what: string };

/** What has become of a world. */
export type Verdict = {
  readonly wrongs: readonly Wrong[];
  /** Of all broadcasts, each person in each of them counted. */
  readonly people: number;
  readonly texts: number;
  /** Of one broadcast to one person; `least` among those who got any. */
  readonly textsPerPerson: { readonly least: number; readonly most: number };
  readonly heldBatches: number;
  /** Texts that left after a STOP that came between the claim and the call. */
  readonly lateStops: number;
  readonly counts: WorldCounts;
  readonly faults: readonly (readonly [FaultKind, number])[];
  readonly calls: number;
  readonly statements: number;
  readonly virtualMs: number;
};
