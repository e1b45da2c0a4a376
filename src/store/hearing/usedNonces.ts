import { sql, type Kysely, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Somebody uses the signature of another text. */
export class NonceTakenError extends Error {
  constructor() {
    super('The nonce came with another text before.');
  }
}

/** Plivo gives up on a text after seven minutes; whoever finds a signature in the log of a proxy comes later. */
const REMEMBERED_MS = 24 * 60 * 60_000;
const AT_ONCE = 1000;

/**
 * From now on the nonces are this text's, at every instance: V2 signs neither body nor time, so that who has seen its headers
 * once could post whatever they like with them. Plivo repeats a text with its uuid, with the same nonce or another.
 *
 * @throws NonceTakenError when one came with another text before
 */
export async function takeNonces(
  tx: Transaction<Schema>,
  engine: Engine,
  nonces: readonly string[],
  messageUuid: string,
): Promise<void> {
  // In one order, in which they are locked.
  for (const nonce of [...nonces].sort()) {
    const { rows } = await sql<{ owner: string }>`
      insert into used_nonces as n (nonce, plivo_message_uuid, ends_at)
      values (${nonce}, ${messageUuid}, ${engine.now} + ${REMEMBERED_MS})
      on conflict (nonce) do update set plivo_message_uuid = n.plivo_message_uuid
      returning plivo_message_uuid as owner`.execute(tx);
    if (rows[0]?.owner !== messageUuid) throw new NonceTakenError();
  }
}

/** Removes a little of what need not be remembered any more; false where nothing is. */
export async function forgetNonces(db: Kysely<Schema>, engine: Engine): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from used_nonces where nonce in (
      select nonce from used_nonces where ends_at <= ${engine.now} order by ends_at limit ${AT_ONCE})`.execute(db);
  return numAffectedRows > 0n;
}
