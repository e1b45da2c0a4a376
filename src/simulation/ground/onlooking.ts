import { sqliteEngine } from '../../store/engine/engine';
import type { Database } from '../../store/engine/database';
import { AS_STORED } from '../../store/engine/phones';
import type { Ground } from './ground';

/** The world's database for somebody outside of its processes, who waits for nobody's turn. */
export const onlooking = ({ shared, clock }: Pick<Ground, 'shared' | 'clock'>): Database => ({
  db: shared.onlooker,
  engine: sqliteEngine(clock.now),
  nextTurn: () => Promise.resolve(),
  phones: AS_STORED,
  close: () => Promise.resolve(),
});
