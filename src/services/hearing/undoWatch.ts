import type { OptOutStore } from '../../store/optOuts/optOutStore';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';

export type UndoWatchDeps = LoopDeps & { readonly optOuts: Pick<OptOutStore, 'finishUndos'> };

const LOOK_EVERY_MS = 5000;

/** Takes imports of opt-outs back to the end whose undoing a crash has interrupted. */
export const createUndoWatch = ({ optOuts, ...deps }: UndoWatchDeps): Loop =>
  createLoop(deps, {
    name: 'undo watch',
    async step() {
      await optOuts.finishUndos();
      return LOOK_EVERY_MS;
    },
  });
