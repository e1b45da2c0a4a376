import { type RawBuilder, sql } from 'kysely';
import type { Engine } from '../engine/engine';

/**
 * How long a process that is writing a broadcast, or keeps a caller waiting, may be silent. It renews its lease several
 * times in this; when it dies, an idempotency key is busy for so long and no longer.
 */
export const LEASE_MS = 5000;

/** No lease ends later, not even of an older version; such a one is left over from a clock that was set back. */
const LONGEST_AHEAD_MS = 60_000;

/** Whether a lease has run out. */
export const isLapsed = (engine: Engine, until: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`(${until} <= ${engine.now} or ${until} > ${engine.now} + ${LONGEST_AHEAD_MS})`;
