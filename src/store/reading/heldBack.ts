import { sql } from 'kysely';
import type { Engine } from '../engine/engine';

/**
 * Until when quiet hours hold back a batch of the table or alias named; null where it may go or has gone: a time that has
 * passed holds nobody back.
 */
export function heldBackUntil(engine: Engine, batches: 'batches' | 'b') {
  const [status, notBefore] = [sql.ref(`${batches}.status`), sql.ref(`${batches}.not_before`)];
  return sql<number | null>`case when ${status} = 'pending' and ${notBefore} > ${engine.now} then ${notBefore} end`;
}
