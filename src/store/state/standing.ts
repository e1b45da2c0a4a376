import { sql, type RawBuilder } from 'kysely';

/**
 * Whether somebody relies on nobody being texted by a broadcast any more, by its row: all of it failed, and its caller was
 * answered with an error, or its idempotency key stands for another one.
 */
export const standsForNothing = (): RawBuilder<boolean> => sql`(${wasTold()} or ${lostItsKey()})`;

/** Its caller was waiting when it failed. */
export const wasTold = (): RawBuilder<boolean> => sql`(status = 'failed' and waiting_until is not null)`;

/** Another request has used it. */
export const lostItsKey = (): RawBuilder<boolean> => sql`(request_hash is not null and idempotency_key is null)`;
