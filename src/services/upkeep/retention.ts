import type { ListStore } from '../../store/audience/listStore';
import type { RetentionStore } from '../../store/upkeep/retentionStore';
import { createLoop, type Loop, type LoopDeps } from './loop';

export type RetentionDeps = LoopDeps & {
  readonly retention: RetentionStore;
  readonly lists: Pick<ListStore, 'removeSome'>;
  /** How long what has ended is kept, in milliseconds; null for ever, but what was half removed goes. */
  readonly ageMs: number | null;
};

const LOOK_EVERY_MS = 60_000;
/** Between two steps, so that removing never takes more than a part of the database's time. */
const REST_MS = 20;

/** Removes old broadcasts and texts, and what lists no longer have, a little at a time. */
export const createRetention = ({ retention, lists, ageMs, ...deps }: RetentionDeps): Loop =>
  createLoop(deps, {
    name: 'retention',
    step: async () => ((await retention.removeSome(ageMs)) || (await lists.removeSome()) ? REST_MS : LOOK_EVERY_MS),
  });
