import { sql, type RawBuilder, type Transaction } from 'kysely';
import { CANARY_STATES } from '../../../domain/states/canaryState';
import { nextState } from '../../../domain/states/stateTable';
import type { Schema } from '../../engine/schema';

/**
 * Whether a canary of `broadcasts` is to be looked after: one whose broadcast is paused, or has ended, has nobody to judge it for.
 * Literals, so that the partial index is used.
 */
export const isCanaryUnderWay: RawBuilder<boolean> = sql`(
  canary_state in ('sending', 'waiting') and status in ('queued', 'processing') and hidden is null)`;

/** One of its batches is claimed anew: its time begins again when all are out. The caller holds the broadcast's row. */
export async function takeCanaryBack(tx: Transaction<Schema>, broadcastKey: number): Promise<void> {
  await tx
    .updateTable('broadcasts')
    .set({ canary_state: nextState(CANARY_STATES, 'waiting', 'back'), canary_until: null })
    .where('broadcast_key', '=', broadcastKey)
    .where('canary_state', '=', 'waiting')
    .execute();
}
