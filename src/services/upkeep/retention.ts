import type { RetentionStore } from '../../store/upkeep/retentionStore';
import { createLoop, type Loop, type LoopDeps } from './loop';

export type RetentionDeps = LoopDeps & {
  readonly retention: RetentionStore;
  /** How long what has ended is kept, in milliseconds; null for ever, but what was half removed goes. */
  readonly ageMs: number | null;
};

const LOOK_EVERY_MS = 60_000;
/** Between two steps, so that removing never takes more than a part of the database's time. */
const REST_MS = 20;

/** Removes old broadcasts and texts, a little at a time. */
export const createRetention = ({ retention, ageMs, ...deps }: RetentionDeps): Loop =>
  createLoop(deps, {
    name: 'retention',
    step: async () => ((await retention.removeSome(ageMs)) ? REST_MS : LOOK_EVERY_MS),
  });
